#!/usr/bin/env bash
# What umoci 0.6 does in its corners, seen by running it, and so do we.
. "$(dirname "$0")/_layers.sh"

expect_ok umoci init --layout "$L"
expect_eq "$(jq -c . "$L/index.json")" '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}'
expect_ok umoci new --image "$L:a"
refused config --image "$L:a" --tag ''
refused config --image "$L:a" --config.env =A
refused config --image "$L:a" --config.label =A
refused insert --image "$L:a" --tag '' --whiteout dir
expect_ok umoci --log INFO ls --layout "$L"
expect_ok umoci raw help
expect_contains "$OUT" 'umoci raw - '
expect_ok umoci raw help unpack
expect_contains "$OUT" 'umoci raw unpack - '
expect_fail 1 -- umoci ls --nosuch
expect_contains "$OUT" 'Incorrect Usage: '
expect_contains "$OUT" 'umoci list - '

mkdir "$SCRATCH/src"
echo new >"$SCRATCH/src/f"
chown 5:6 "$SCRATCH/src/f"
expect_ok umoci insert --image "$L:a" --rootless "$SCRATCH/src" /dir
expect_ok umoci insert --image "$L:a" --whiteout /dir/gone

# A rootfs that is there already: the layers go upon it, whiteouts too, and it stays when they cannot.
R=$SCRATCH/r
mkdir -p "$R/dir"
echo mine | tee "$R/mine" "$R/dir/mine" "$R/dir/gone" >"$R/dir/f"
expect_ok umoci raw unpack --image "$L:a" "$R"
expect_eq "$(cat "$R/mine" "$R/dir/mine" "$R/dir/f")" $'mine\nmine\nnew'
expect_no_file "$R/dir/gone"
expect_eq "$(stat -c %u:%g "$R/dir/f")" 0:0
ln -s r "$SCRATCH/link"
echo old >"$R/dir/f"
expect_ok umoci raw unpack --image "$L:a" "$SCRATCH/link"
expect_eq "$(cat "$R/dir/f")" new
cp -a "$L" "$SCRATCH/bad"
layer=$(umoci stat --json --image "$L:a" | jq -r '.manifest.blob.layers[1].digest')
printf x | dd of="$SCRATCH/bad/blobs/sha256/${layer#sha256:}" conv=notrunc status=none
expect_fail 1 -- umoci raw unpack --image "$SCRATCH/bad:a" "$R"
expect_eq "$(cat "$R/mine")" mine
touch "$SCRATCH/file"
expect_fail 1 -- umoci raw unpack --image "$L:a" "$SCRATCH/file"
expect_file "$SCRATCH/file"

# The image's command is taken as it is; a user by name needs a rootfs; nothing stands beside a rootless bundle's files.
expect_ok umoci config --image "$L:a" --config.entrypoint '' --tag empty
expect_ok umoci raw config --image "$L:empty" "$SCRATCH/c.json"
expect_eq "$(jq -c '[.process.args, .root.path, .hostname]' "$SCRATCH/c.json")" '[[""],".","umoci-default"]'
expect_ok umoci raw config --image "$L:a" --rootfs "$SCRATCH/nosuch" "$SCRATCH/c.json"
expect_eq "$(jq -r .root.path "$SCRATCH/c.json")" "$SCRATCH/nosuch"
expect_ok umoci config --image "$L:a" --config.user named --tag named
expect_ok umoci raw config --image "$L:named" "$SCRATCH/c.json"
expect_fail 1 -- umoci raw config --image "$L:named" --rootfs "$SCRATCH/nosuch" "$SCRATCH/c.json"
expect_ok umoci unpack --rootless --image "$L:a" "$SCRATCH/b"
expect_eq "$(cd "$SCRATCH/b" && echo * | sed 's/_[0-9a-f]*\./_H./')" 'config.json rootfs sha256_H.mtree umoci.json'
expect_eq "$(jq -c '.mounts[] | select(.destination == "/sys" or .destination == "/etc/resolv.conf") | .type' \
  "$SCRATCH/b/config.json" | sort -u)" '"bind"'

expect_ok umoci unpack --image "$L:a" "$SCRATCH/folders/above/b"
expect_eq "$(cd "$SCRATCH" && stat -c %a folders folders/above folders/above/b | tr '\n' ' ')" '755 755 700 '

# Blobs that stand in their descriptors are taken from there; those that are others than the digest says are not.
cp -a "$L" "$SCRATCH/e"
embed() { # embed PYTHON: edits the manifest m of $SCRATCH/e:a, blob(descriptor) being its base64
  python3 - "$SCRATCH/e" "$1" <<'PYTHON'
import base64, hashlib, json, os, sys
layout, code = sys.argv[1:]
path = lambda d: layout + "/blobs/sha256/" + d["digest"][7:]
blob = lambda d: base64.b64encode(open(path(d), "rb").read()).decode()
index = json.load(open(layout + "/index.json"))
entry = next(m for m in index["manifests"] if m["annotations"]["org.opencontainers.image.ref.name"] == "a")
m = json.load(open(path(entry)))
exec(code)
text = json.dumps(m).encode()
entry.update(digest="sha256:" + hashlib.sha256(text).hexdigest(), size=len(text))
open(path(entry), "wb").write(text)
json.dump(index, open(layout + "/index.json", "w"))
PYTHON
}
embed 'for d in [m["config"], *m["layers"]]: d["data"] = blob(d); os.rename(path(d), layout + "/" + d["digest"][7:])'
expect_ok umoci raw unpack --image "$SCRATCH/e:a" "$SCRATCH/er"
expect_eq "$(cat "$SCRATCH/er/dir/f")" new
expect_eq "$(umoci stat --json --image "$SCRATCH/e:a" | jq -c .config.blob.os)" '"linux"'
expect_ok umoci gc --layout "$SCRATCH/e"
embed 'm["layers"][0]["data"] = m["layers"][1]["data"]'
expect_fail 1 -- umoci raw unpack --image "$SCRATCH/e:a" "$SCRATCH/er2"
embed 'm["layers"][0]["data"] = "!"'
expect_fail 1 -- umoci raw unpack --image "$SCRATCH/e:a" "$SCRATCH/er2"
expect_no_file "$SCRATCH/er2"
rm -r "$SCRATCH/e/blobs"
expect_fail 1 -- umoci ls --layout "$SCRATCH/e"

# What root writes into another's layout is that one's.
if [ "$(id -u)" = 0 ]; then
  chown -R 1234:4321 "$L"
  expect_ok umoci config --image "$L:a" --author x
  expect_ok umoci new --image "$L:other"
  expect_eq "$(find "$L" ! -uid 1234 -o ! -gid 4321)" ''
fi
