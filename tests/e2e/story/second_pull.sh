#!/usr/bin/env bash
# A second pull fetches no blob.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

busybox_image layout:latest --cmd true
start_registry --layout layout
expect_ok oci pull "$REGISTRY/sample"
first=$(grep -c 'GET .*/blobs/.* 200' "$REGISTRY_LOG")
expect_eq "$first" 2 "blobs fetched at first"
expect_ok oci pull "$REGISTRY/sample"
expect_eq "$(grep -c 'GET .*/blobs/' "$REGISTRY_LOG")" "$first" "blobs fetched in all"
