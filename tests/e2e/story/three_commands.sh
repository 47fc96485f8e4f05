#!/usr/bin/env bash
# The three commands of the README: pull, unpack, run, each without naming what the one before made.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

busybox_image layout:latest --cmd sh --cmd=-c --cmd 'echo from inside; id -u; pwd'
start_registry
push layout:latest library/sample:latest

pull_unpack_run "$REGISTRY/library/sample"
expect_eq "$OUT" $'from inside\n0\n/'

# An image, run at once: other commands, and the image's own; nothing of the container stays.
expect_ok oci run "$REGISTRY/library/sample" echo "of my own"
expect_eq "$OUT" "of my own"
expect_fail 7 -- oci run "$REGISTRY/library/sample:latest" sh -c 'exit 7'
expect_eq "$(ls -A "$STORE/.oci/containers")" ""
