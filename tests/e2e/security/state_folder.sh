#!/usr/bin/env bash
# CVE-2024-25621, CVE-2021-41091: what we make for ourselves is for its owner alone, whatever the umask: state, store, bundles.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of mode)
make_bundle b sleep 60
umask 0
expect_ok runtime create -b b --pid-file pid "$id" </dev/null
expect_match "$(stat -c %a "$ROOT")" '^7[01][01]$'
expect_eq "$(find "$ROOT/$id" -printf '%y %m\n' | awk '($1 == "d" || $1 == "f" || $1 == "s") && $2 !~ /^[0-7]00$/')" "" "open to others"
others=$(setpriv --reuid 65534 --regid 65534 --clear-groups ls "$ROOT/$id" 2>&1) && fail "others read the state: $others"
expect_eq "$(stat -c %a pid)" 644
expect_ok runtime delete --force "$id"

make_rootfs rootfs
make_image layout:latest --layer rootfs --config '{"Cmd": ["id"]}' >/dev/null
expect_ok oci pull oci:layout:latest
expect_ok oci unpack
expect_eq "$(stat -c %a "$STORE/.oci")" 700
expect_eq "$(stat -c %a bundle)" 700
