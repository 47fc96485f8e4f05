#!/usr/bin/env bash
# What is to be written to a device goes into it: /dev/null is no file to be replaced. By links here, so that a failure harms nobody.
. "$(dirname "$0")/../../tools/harness.sh"

make_rootfs rootfs
make_image layout:latest --layer rootfs --config '{"Cmd": ["id"]}' >/dev/null
expect_ok oci pull oci:layout:latest
mknod null c 1 3 || skip "cannot make a device"
still() { expect_eq "$(stat -c '%F %t:%T' null)" "character special file 1:3" "$1"; }
expect_ok oci spec --rootfs rootfs -o null -- sh
still "spec -o"
expect_ok oci export oci:layout:latest null
still export
expect_ok oci copy --digestfile null oci:layout:latest oci:copy:latest
still "copy --digestfile"
expect_ok oci copy oci:layout:latest oci-archive:null
still "copy to an archive"
make_bundle b true
expect_ok oci run -b b --pid-file null "$(id_of one)"
still --pid-file

start_registry --login me:secret
expect_fail 1 'null: not a regular file' -- oci login --authfile null --tls-verify=false -u me -p secret "$REGISTRY"
still "login --authfile"
