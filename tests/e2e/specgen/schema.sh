#!/usr/bin/env bash
# Every config.json fits the schema of runtime-spec. $OCI_SPECS names the folder the specifications lie in.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/specgen/_specgen.sh"

SCHEMA=${OCI_SPECS:-$SOURCE/../shared/specs}/runtime-spec/schema
[ -d "$SCHEMA" ] || skip "no schema of runtime-spec at $SCHEMA"
python3 -c 'import jsonschema' 2>/dev/null || skip "needs python3-jsonschema"

check_schema() {
  expect_ok python3 - "$SCHEMA" "$1/config.json" <<'PYTHON'
import json, os, sys
import jsonschema
folder, path = sys.argv[1:]
store = {}
for name in os.listdir(folder):
    with open(os.path.join(folder, name)) as f:
        schema = json.load(f)
    store["file://" + os.path.join(folder, name)] = schema
top = store["file://" + os.path.join(folder, "config-schema.json")]
import warnings
warnings.simplefilter("ignore")
resolver = jsonschema.RefResolver("file://" + folder + "/config-schema.json", top, store)
errors = list(jsonschema.Draft7Validator(top, resolver=resolver).iter_errors(json.load(open(path))))
for error in errors:
    print("/".join(map(str, error.absolute_path)), error.message[:200], file=sys.stderr)
sys.exit(1 if errors else 0)
PYTHON
}

mkdir template rootless
expect_ok oci spec -b template
check_schema template
expect_ok oci spec --rootless -b rootless
check_schema rootless

unpack_image '{"Cmd": ["id"], "Volumes": {"/data": {}}, "Labels": {"a": "b"}, "ExposedPorts": {"80/tcp": {}}, "StopSignal": "TERM"}'
check_schema bundle
unpack_image '{"Cmd": ["id"], "User": "5:6"}' -t -e A=1 -h box -w /tmp -v /tmp:/mnt:ro --read-only --cap-drop ALL --memory 64m \
  --pids-limit 10 --net host
check_schema bundle
unpack_image '{}' --entrypoint /bin/sh --cap-add ALL -- -c true
check_schema bundle
