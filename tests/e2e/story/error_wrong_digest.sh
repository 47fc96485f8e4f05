#!/usr/bin/env bash
# A layer whose bytes are not those its digest promises is refused by name, and nothing of it stays.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

busybox_image layout:latest --cmd true
start_registry --layout layout
layer=$(jq -r '.layers[0].digest' "layout/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' layout/index.json)")
printf 'x' | dd of="layout/blobs/sha256/${layer#*:}" bs=1 seek=1000 conv=notrunc status=none
expect_fail 1 "^error: pull $REGISTRY/sample" "${layer:7:12}" digest -- oci pull "$REGISTRY/sample"
expect_nothing_half_written
