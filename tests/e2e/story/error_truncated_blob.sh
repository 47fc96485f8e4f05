#!/usr/bin/env bash
# A layer that ends early is refused by name; no reference to the image is written.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

busybox_image layout:latest --cmd true
start_registry --layout layout
layer=$(jq -r '.layers[0].digest' "layout/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' layout/index.json)")
truncate -s 5000 "layout/blobs/sha256/${layer#*:}"
expect_fail 1 "^error: pull $REGISTRY/sample" "${layer:7:12}" 'short|size|bytes|truncated' -- oci pull "$REGISTRY/sample"
expect_nothing_half_written
