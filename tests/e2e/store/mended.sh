#!/usr/bin/env bash
# A blob that was damaged in the store is fetched again by pull, the others are not.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/store/_store.sh"

two_images
start_registry --layout layout
expect_ok oci pull "$REGISTRY/x:one"
manifest=$STORE/blobs/${ONE/://}
fetched() { grep -c 'GET .*/blobs/.* 200' "$REGISTRY_LOG" || true; }
expect_eq "$(fetched)" 0 "blobs fetched that are there"

spoil() { printf 'xyz' | dd of="$1" bs=1 seek=20 conv=notrunc status=none; }
mended() { # FETCHED
  expect_fail 1 'fault' -- oci verify --quiet
  : >"$REGISTRY_LOG"
  expect_ok oci pull "$REGISTRY/x:one"
  expect_eq "$(fetched)" "$1" "blobs fetched"
  expect_ok oci verify --quiet
}
config=$STORE/blobs/$(jq -r '.config.digest' "$manifest" | tr : /)
spoil "$STORE/blobs/${SHARED/://}"
mended 1
spoil "$config"
mended 1
spoil "$manifest"
mended 0
echo more >>"$STORE/blobs/${SHARED/://}"
rm "$config"
mended 2
spoil "$STORE/blobs/${SHARED/://}"
expect_ok oci pull --unpack "$REGISTRY/x:one" bundle
expect_contains "$ERR" 'it is fetched again'
expect_file bundle/rootfs/noise
expect_ok oci verify --quiet
