#!/usr/bin/env bash
# A store that cannot be made or written.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

busybox_image layout:latest --cmd true
echo "a file" >file
expect_fail 1 "^error: " "$SCRATCH/file" -- oci --store "$SCRATCH/file" pull oci:layout:latest
expect_eq "$(cat file)" "a file"
expect_fail 1 "open store $SCRATCH/file: .*not a directory" -- oci --store "$SCRATCH/file" images

# Even root cannot write to a file system mounted read-only.
mkdir readonly
mount -t tmpfs -o ro none readonly
at_exit umount "$SCRATCH/readonly"
expect_fail 1 "^error: " "$SCRATCH/readonly" '[Rr]ead-only file system' -- oci --store "$SCRATCH/readonly/store" pull oci:layout:latest
