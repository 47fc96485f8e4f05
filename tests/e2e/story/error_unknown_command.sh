#!/usr/bin/env bash
# A command the image does not have, or may not execute: docker's exit codes and texts, and nothing stays.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

make_rootfs busybox-rootfs
echo "not a program" >busybox-rootfs/etc/text
make_image layout:latest --layer busybox-rootfs --cmd true >/dev/null
expect_ok oci pull oci:layout:latest
image=$(jq -r '.manifests[0].annotations["org.opencontainers.image.ref.name"]' "$STORE/index.json")
expect_fail 127 'nosuchprogram' 'executable file not found in \$PATH' -- oci run "$image" nosuchprogram
expect_fail 127 '/no/such' 'no such file or directory' -- oci run "$image" /no/such
expect_fail 126 '/etc/text' 'permission denied' -- oci run "$image" /etc/text
expect_eq "$(ls -A "$STORE/.oci/containers")" ""

expect_ok oci unpack
edit_config bundle '.process.args = ["nosuchprogram"]'
expect_fail 1 'nosuchprogram' 'executable file not found in \$PATH' -- oci run -b bundle "$(id_of nosuch)"
expect_eq "$(ls "$ROOT" 2>/dev/null)" "" "container state"
