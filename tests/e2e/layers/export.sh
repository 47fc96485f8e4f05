#!/usr/bin/env bash
# An exported image is its unpacked rootfs; diff says what changed in a bundle, and between images.
. "$(dirname "$0")/_layers.sh"

mkdir -p "$SCRATCH/one/etc" "$SCRATCH/two/etc"
echo a >"$SCRATCH/one/etc/a"
echo b >"$SCRATCH/one/b"
ln -s b "$SCRATCH/one/link"
echo 2 >"$SCRATCH/two/b"
touch "$SCRATCH/two/etc/.wh.a"
make_image "$L:one" --layer "$SCRATCH/one" >/dev/null
make_image "$L:two" --layer "$SCRATCH/one" --layer "$SCRATCH/two" >/dev/null

expect_ok oci export -q "oci:$L:two" "$SCRATCH/two.tar"
mkdir "$SCRATCH/x"
tar -xf "$SCRATCH/two.tar" -C "$SCRATCH/x"
expect_ok oci unpack -q --mtree "oci:$L:two" "$SCRATCH/b"
python3 "$TESTS/tools/compare_trees.py" "$SCRATCH/b/rootfs" "$SCRATCH/x" || fail 'the export is not the rootfs'
oci export -q "oci:$L:two" - | cmp - "$SCRATCH/two.tar" || fail 'the same image, other bytes'
expect_fail 2 -- oci export -q "oci:$L:nosuch" "$SCRATCH/none.tar"
expect_no_file "$SCRATCH/none.tar"

expect_ok oci diff "$SCRATCH/b"
expect_eq "$OUT" ''
echo more >>"$SCRATCH/b/rootfs/b"
rm "$SCRATCH/b/rootfs/link"
touch "$SCRATCH/b/rootfs/new"
expect_ok oci diff "$SCRATCH/b"
expect_match "$OUT" 'changed +/b \(size'
expect_match "$OUT" 'removed +/link'
expect_match "$OUT" 'added +/new'
expect_ok oci diff --format json -q "oci:$L:one" "oci:$L:two"
expect_contains "$(jq -c 'map([.kind,.path])' <<<"$OUT")" '["removed","/etc/a"]'
