#!/usr/bin/env bash
# A tag the registry does not have.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

busybox_image layout:latest --cmd true
start_registry --layout layout
expect_fail any "^error: pull $REGISTRY/sample:nosuch" 'not found|unknown' -- oci pull "$REGISTRY/sample:nosuch"
expect_nothing_half_written
