#!/usr/bin/env bash
# Each flag of `oci spec` makes exactly the change that flags.table has for it, with the flag as its source; every flag of
# `oci spec --help` is in the table.
. "$(dirname "$0")/../../tools/harness.sh"

make_rootfs rootfs
printf 'web:x:101:102:Web:/srv/web:/bin/sh\n' >>rootfs/etc/passwd
printf 'wheel:x:10:root,web\nweb:x:102:\n' >>rootfs/etc/group
mkdir other
printf '# comment\n\nA=1\nB=two words\n' >vars
mknod disk b 7 0 || skip "may not make device nodes"
export SCRATCH FROM_CALLER=mine
ZONE=local
if [ -f /usr/share/zoneinfo/UTC ]; then ZONE=UTC; fi
export ZONE
oci spec --rootfs rootfs -o template.json -- true
jq '.hostname = "of-template" | .vendor = {kept: true}' template.json >changed.json
mv changed.json template.json
python3 "$TESTS/e2e/specgen/flags.py" "$OCI" rootfs "$TESTS/e2e/specgen/flags.table" "$@" || fail "see above"

# What says something only with an image.
make_image layout:volumes --layer rootfs --config '{"Cmd": ["true"], "Volumes": {"/data": {}}}' >/dev/null
make_image layout:other --layer rootfs --platform linux/s390x --config '{"Cmd": ["true"]}' >/dev/null
mounts() { expect_ok oci spec oci:layout:volumes "$@" -o - && jq -c '[.mounts[] | select(.destination == "/data")]' <<<"$OUT"; }
expect_eq "$(mounts --image-volume ignore)" '[]'
expect_eq "$(mounts --image-volume tmpfs)" \
  '[{"destination":"/data","type":"tmpfs","source":"tmpfs","options":["nosuid","nodev","rprivate","tmpcopyup"]}]'
expect_ok oci spec oci:layout:other --platform linux/s390x -o -
expect_eq "$(jq -r '.annotations["org.opencontainers.image.architecture"]' <<<"$OUT")" s390x
expect_ok oci spec oci:layout:other --platform linux/arm64 -o -
expect_contains "$ERR" "this image is for linux/s390x, not for linux/arm64"
