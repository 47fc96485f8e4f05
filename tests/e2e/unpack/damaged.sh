#!/usr/bin/env bash
# Blobs that are not what the manifest or the config says, found when they are unpacked: the error names layer, expected and
# got, and no rootfs stays. Blobs that are no files are not opened as ones.
. "$(dirname "$0")/_unpack.sh"

make_layout <<'PYTHON'
tar = Layer().file("f", b"content" * 1000).tar()
other = digest(b"other")
layout.image("diff-id", [gzipped(tar)], diff_ids=[other])
layout.image("second-diff-id", [gzipped(tar), gzipped(tar + bytes(512))], diff_ids=[digest(tar), digest(tar)])
layout.image("few", [gzipped(tar)], diff_ids=[])
layout.image("many", [gzipped(tar)], diff_ids=[digest(tar)] * 2)
layout.image("type", [Blob(tar, "application/x-other", tar)])
layout.image("rootfs-type", [tar], config={"rootfs": {"type": "other", "diff_ids": [digest(tar)]}})
PYTHON
expect_fail 1 "layer sha256:.*diff_id is sha256:.*config says sha256:$(printf other | sha256sum | cut -c1-64)" -- unpack diff-id
expect_no_file b/rootfs
expect_fail 1 'diff_id' -- unpack second-diff-id
expect_no_file b/rootfs
for tag in few many type rootfs-type; do
  expect_fail 1 -- unpack "$tag"
  expect_no_file b/rootfs
done

make_layout store <<'PYTHON'
layout.image("good", [gzipped(Layer().file("f", os.urandom(300000)).tar())])
PYTHON
blob=store/blobs/$(jq -r .manifests[0].digest store/index.json | tr : /)
layer=store/blobs/$(jq -r .layers[0].digest "$blob" | tr : /)
cp "$layer" good
damage() { # WHAT COMMAND: damages the layer's blob by COMMAND, then puts it right
  eval "$2"
  expect_fail 1 "${3:-sha256}" -- unpack good store
  expect_no_file b/rootfs
  rm -rf "$layer" && cp good "$layer"
}
damage cut 'truncate -s -10 "$layer"'
damage grown 'printf x >>"$layer"'
damage changed 'printf x | dd of="$layer" bs=1 seek=100 conv=notrunc 2>/dev/null' 'digest'
damage trailer 'printf xxxx | dd of="$layer" bs=1 seek=$(($(stat -c %s "$layer") - 4)) conv=notrunc 2>/dev/null' 'digest'
damage fifo 'rm "$layer" && mkfifo "$layer"'
damage link 'mv "$layer" elsewhere && ln -s "$SCRATCH/elsewhere" "$layer"'
damage folder 'rm "$layer" && mkdir "$layer"'
damage gone 'rm "$layer"'
expect_ok unpack good store

# What is there already is left alone.
echo mine >b/rootfs/f
expect_fail 1 'rootfs already' '^hint: ' -- timeout 20 "$OCI" unpack --rootfs-only "oci:$SCRATCH/store:good" "$SCRATCH/b"
expect_eq "$(cat b/rootfs/f)" mine

# A blob that changed in the store since it was pulled, and that nobody else has.
stored=$STORE/${layer#store/}
if [ -e "$stored" ]; then
  printf x | dd of="$stored" bs=1 seek=100 conv=notrunc 2>/dev/null
  expect_fail 1 "(layer|blob) (sha256:)?${layer##*/}" 'wrong digest' -- unpack good store
  expect_no_file b/rootfs
fi
