#!/usr/bin/env bash
# `docker save`'s form, written by skopeo, pulls and runs.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

need skopeo
busybox_image layout:latest --cmd echo --cmd 'out of an archive'
skopeo copy --quiet --insecure-policy oci:layout:latest docker-archive:saved.tar:example/saved:1
expect_ok oci pull docker-archive:saved.tar
expect_ok oci unpack
expect_ok oci run
expect_eq "$OUT" "out of an archive"
