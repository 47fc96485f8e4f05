#!/usr/bin/env bash
# `oci info` says what is so: kernel, cgroups, store, states; and what a user lacks without root.
. "$(dirname "$0")/../../tools/harness.sh"
need jq

make_rootfs rootfs
make_image layout:latest --layer rootfs --config '{"Cmd": ["id"]}' >/dev/null
expect_ok oci info --format json
expect_eq "$(jq -c '[.store.images, .store.bytes]' <<<"$OUT")" '[0,0]'
expect_ok oci pull oci:layout:latest
make_bundle b sleep 60
expect_ok oci run -d -b b "$(id_of one)" </dev/null
expect_ok oci info --format json
expect_eq "$(jq -r .host.kernel <<<"$OUT")" "$(uname -r)"
expect_eq "$(jq -r .oci.version <<<"$OUT")" "$(oci --version | awk 'NR == 1 { print $NF }')"
expect_eq "$(jq -r '.store | [.path, .images, .bytes] | join(" ")' <<<"$OUT")" "$STORE 1 $(find "$STORE/blobs" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')"
expect_eq "$(jq -r '.runtime | [.root, .containers] | join(" ")' <<<"$OUT")" "$ROOT 1"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then mode=v2; else mode='(v1|hybrid|none)'; fi
expect_match "$(jq -r .cgroups.mode <<<"$OUT")" "^$mode\$"
expect_eq "$(jq -r .rootless.user <<<"$OUT")" "$(id -un)"
expect_ok oci delete --force "$(id_of one)"

expect_ok oci info
expect_match "$OUT" "^  kernel +$(uname -r)\$"
expect_fail 1 'neither text nor json' -- oci info --format yaml
