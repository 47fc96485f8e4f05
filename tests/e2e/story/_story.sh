# Shared by the stories: pull -> unpack -> run, and what an image's parts are compared with.

# pull_unpack_run REF [RUN-ARG…]: into ./bundle; what the container printed is in OUT.
pull_unpack_run() {
  local ref=$1
  shift
  expect_ok oci pull "$ref"
  expect_ok oci unpack
  expect_file bundle/config.json
  expect_ok oci run "$@"
}

# same_as_umoci LAYOUT:TAG: bundle/rootfs is what umoci makes of that image.
same_as_umoci() {
  need "$UMOCI"
  "$UMOCI" unpack --image "$1" umoci >/dev/null 2>umoci.log || fail "umoci: $(cat umoci.log)"
  expect_ok python3 "$TESTS/tools/compare_trees.py" bundle/rootfs umoci/rootfs
}

# Whole blobs, no reference, nothing temporary: what a failed pull may leave.
expect_nothing_half_written() {
  local blob
  if [ ! -e "$STORE" ]; then return; fi
  if [ -e "$STORE/index.json" ]; then expect_eq "$(jq '.manifests | length' "$STORE/index.json")" 0 "references in the store"; fi
  for blob in "$STORE"/blobs/sha256/*; do
    if [ -f "$blob" ]; then expect_eq "$(sha256sum <"$blob" | cut -d' ' -f1)" "$(basename "$blob")" "digest of a stored blob"; fi
  done
  expect_eq "$(find "$STORE/.oci/tmp" "$STORE/.oci/containers" -mindepth 1 2>/dev/null)" "" "temporary files"
}

# busybox_image LAYOUT:TAG [MAKE-IMAGE-ARG…]
busybox_image() {
  local target=$1
  shift
  make_rootfs busybox-rootfs
  make_image "$target" --layer busybox-rootfs "$@" >/dev/null
}
