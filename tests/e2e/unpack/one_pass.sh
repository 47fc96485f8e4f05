#!/usr/bin/env bash
# `pull --unpack`, and `unpack` of what is not in the store: layers are unpacked while they arrive. What was there before,
# whole or in part, right or wrong, gives the same tree; what fails or is told to stop leaves no bundle.
. "$(dirname "$0")/_unpack.sh"

make_layout <<'PYTHON'
noise = os.urandom(1 << 20)
first = Layer().dir("d").file("d/lower", b"lower").file("gone", b"x")
for i in range(40):
    first.file(f"d/{i:02}", noise[i * 20000 : (i + 1) * 20000])
second = Layer().file("d/upper", b"upper").file(".wh.gone").file("noise", noise[:400000])
tars = [first.tar(), second.tar()]
layout.image("latest", [gzipped(tars[0]), zstd_frames(tars[1])])
layout.image("twice", [gzipped(tars[0]), gzipped(tars[0]), gzipped(tars[1])])
layout.image("hostile", [gzipped(tars[0]), gzipped(Layer().file("x").file("x/y").tar()), gzipped(tars[1])])
layout.image("diff-id", [gzipped(tars[0]), gzipped(tars[1])], diff_ids=[digest(tars[0])] * 2)
PYTHON
manifest=img/blobs/$(jq -r '.manifests[0].digest' img/index.json | tr : /)
lower=$(jq -r '.layers[0].digest' "$manifest") upper=$(jq -r '.layers[1].digest' "$manifest")
part() { printf '%s/.oci/partial/%s' "$STORE" "${1/:/-}"; }
fresh() { rm -rf "$STORE" b; }
expect_right() { # the bundle b and the store are as they should be
  expect_ok "$COMPARE" wanted b/rootfs
  expect_file "$STORE/blobs/${lower/://}"
  expect_file "$STORE/blobs/${upper/://}"
  expect_eq "$(find "$STORE/.oci/partial" -mindepth 1)" "" "parts"
}

start_registry --layout img
# In two steps: what one must give.
expect_ok oci pull "$REGISTRY/x"
expect_ok oci unpack "$REGISTRY/x" b
cp -a b/rootfs wanted
expect_eq "$(cat wanted/d/upper wanted/d/lower)" upperlower
expect_no_file wanted/gone

fresh
expect_ok oci pull --unpack "$REGISTRY/x" b
expect_eq "$OUT" "$(jq -r '.manifests[0].digest' img/index.json)"
expect_right
expect_eq "$(stat -c %a b)" 700
expect_eq "$(jq -r .root.path b/config.json)" rootfs
fresh
expect_ok oci unpack -q "$REGISTRY/x" b
expect_eq "$OUT$ERR" b
expect_right
rm -rf b
expect_ok oci pull --unpack "$REGISTRY/x" -b b --rootfs-only # all of it is there
expect_right
expect_no_file b/config.json
rm -rf b
rm "$STORE/blobs/${lower/://}" # a layer beneath one that is there
expect_ok oci pull --unpack "$REGISTRY/x" b
expect_right
rm -rf b
expect_ok oci pull --unpack "$REGISTRY/x:twice" b
expect_right

# Parts of an earlier pull: good, and damaged, which is noticed only at the end.
for damage in no yes; do
  fresh
  expect_ok oci pull "$REGISTRY/x:hostile" # another image; its blobs go
  head -c 300000 "img/blobs/${lower/://}" >"$(part "$lower")"
  rm -f "$STORE/blobs/${lower/://}"
  if [ "$damage" = yes ]; then printf xxxx | dd of="$(part "$lower")" bs=1 seek=100000 conv=notrunc status=none; fi
  expect_ok oci pull --unpack "$REGISTRY/x" b
  expect_right
done

# Half of a layer is unpacked before the other half is sent.
background SLOW python3 "$TESTS/tools/registry.py" --layout img --fault "hold=${lower#*:}" 2>slow.log >/dev/null
wait_for 30 grep -q 'listening on' slow.log
HOLDING=127.0.0.1:$(sed -nE 's/.*listening on [^ ]*:([0-9]+).*/\1/p' slow.log)
fresh
background PULL oci pull --unpack "$HOLDING/x" b >/dev/null 2>err
wait_for 30 test -s b/rootfs/d/10
expect_no_file "$STORE/blobs/${lower/://}"
wait_for 30 test -e "$STORE/blobs/${upper/://}" # the next layer comes meanwhile
expect_no_file b/rootfs/d/upper
touch img/go
wait "$PULL" || fail "$(cat err)"
expect_right
rm img/go

# Told to stop while it waits.
fresh
background PULL oci pull --unpack "$HOLDING/x" b >/dev/null 2>&1
wait_for 30 test -s b/rootfs/d/10
kill "$PULL"
STATUS=0
wait "$PULL" || STATUS=$?
expect_eq "$STATUS" 143
expect_no_file b
touch img/go

# What fails leaves no bundle.
fails() { # PATTERN ARG…
  fresh
  expect_fail 1 "$1" -- timeout 60 "$OCI" "${@:2}" b
  expect_no_file b
}
fails "^error: unpack $REGISTRY/x:hostile: layer sha256:.*: /x/y: " pull --unpack "$REGISTRY/x:hostile"
fails "^error: unpack .*diff_id is" unpack "$REGISTRY/x:diff-id"
background FLIP python3 "$TESTS/tools/registry.py" --layout img --fault "flip=${upper#*:}" 2>flip.log >/dev/null
wait_for 30 grep -q 'listening on' flip.log
FLIPPING=127.0.0.1:$(sed -nE 's/.*listening on [^ ]*:([0-9]+).*/\1/p' flip.log)
fails "^error: pull .*blob $upper: wrong digest" pull --unpack "$FLIPPING/x"
mkdir -p b/rootfs
expect_fail 1 'bundle b: there is a rootfs already' -- oci pull --unpack "$REGISTRY/x" b
expect_file b/rootfs
expect_fail 1 'nothing is to be unpacked' '^hint: oci pull --unpack' -- oci pull "$REGISTRY/x" b
expect_fail 2 'not found' -- oci pull --unpack "$REGISTRY/x:none" c
expect_no_file c
