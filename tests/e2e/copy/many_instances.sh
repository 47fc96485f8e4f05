#!/usr/bin/env bash
# An index that names the same index a hundred times, and that one again: each document is read once, and no memory is filled.
. "$(dirname "$0")/../../tools/harness.sh"
need python3

mkdir tree
echo x >tree/file
make_image layout:leaf --layer tree >/dev/null
python3 - <<'END'
import hashlib, json, os
index = json.load(open("layout/index.json"))
entry = {key: value for key, value in index["manifests"][0].items() if key != "annotations"}
INDEX = "application/vnd.oci.image.index.v1+json"

def add(entries, name):
    data = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode()
    digest = hashlib.sha256(data).hexdigest()
    with open("layout/blobs/sha256/" + digest, "wb") as file:
        file.write(data)
    made = {"mediaType": INDEX, "digest": "sha256:" + digest, "size": len(data)}
    index["manifests"].append(dict(made, annotations={"org.opencontainers.image.ref.name": name}))
    return made

for level in range(1, 7):
    entry = add([entry] * 100, "level%d" % level)
add([dict(index["manifests"][0], annotations={"n": str(n)}) for n in range(10001)], "wide")
json.dump(index, open("layout/index.json", "w"))
END

cat >limited.py <<'END'
import os, sys
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
if usage.ru_maxrss > 256 << 10: # with sanitizers three times what it is
    sys.exit(f"{usage.ru_maxrss >> 10} MiB: {sys.argv[1:]}")
sys.exit(os.waitstatus_to_exitcode(status))
END
limited() { expect_ok timeout 30 python3 limited.py "$OCI" "$@"; }
limited copy -q --all oci:layout:level6 oci:copied:level6
expect_eq "$(ls copied/blobs/sha256 | wc -l)" 9 "six indexes, and one image of three blobs"
limited inspect --all oci:layout:level6
expect_eq "$(jq length <<<"$OUT")" 100 "named a hundred times by one index, which is looked at once"
limited verify oci:layout:level6
expect_fail 1 'more than 10000 images' -- oci inspect --all oci:layout:wide

start_registry
limited copy -q --all oci:layout:level6 "docker://$REGISTRY/a:1"
limited copy -q --all "docker://$REGISTRY/a:1" dir:out
expect_eq "$(ls out | wc -l)" 10 "the same, with a version file" 
