#!/usr/bin/env bash
# buildah with oci as its runtime: run and its exit codes, volumes, users, capabilities, a terminal, RUN of a Dockerfile.
# timeout: 300
. "$(dirname "$0")/../tools/harness.sh"
need buildah script

make_rootfs rootfs
mkdir volume && echo outside >volume/file
cat >containers.conf <<'CONF'
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=20000:20000"]
CONF
export CONTAINERS_CONF=$SCRATCH/containers.conf BUILDAH_RUNTIME=$RUNTIME BUILDAH_ISOLATION=oci
printf '#!/bin/sh\nexec buildah --root "%s/storage" --runroot "%s/runroot" --storage-driver vfs "$@"\n' "$SCRATCH" "$SCRATCH" >build
chmod +x build
in_it() { ./build run --network none "$@"; }

expect_ok ./build from --cgroup-parent "/$OCI_TEST_ID" --name one scratch
at_exit ./build rm --all
expect_ok ./build add one rootfs /
expect_ok in_it one -- echo from buildah
expect_eq "$OUT" "from buildah"
expect_fail 7 -- in_it one -- sh -c 'exit 7'
expect_fail any nosuchprogram -- in_it one -- nosuchprogram
expect_fail any 'ermission denied' -- in_it one -- /etc/passwd
expect_eq "$(in_it -v "$SCRATCH/volume:/v:ro" one -- cat /v/file)" outside
expect_fail any 'Read-only' -- in_it -v "$SCRATCH/volume:/v:ro" one -- touch /v/new
expect_eq "$(in_it --user 1000:2000 one -- sh -c 'id -u; id -g' | paste -sd' ')" "1000 2000"
expect_eq "$(in_it --hostname named --env A=b --workingdir /tmp one -- sh -c 'hostname; echo $A; pwd' | paste -sd' ')" "named b /tmp"
expect_eq "$(in_it --cap-drop all one -- grep CapEff /proc/self/status | cut -f2)" 0000000000000000
expect_match "$(in_it --cap-add CAP_NET_RAW one -- grep CapEff /proc/self/status | cut -f2)" '[2367abef]...$' # bit 13
expect_eq "$(in_it one -- grep Seccomp: /proc/self/status | cut -f2)" 2
expect_match "$(script -qec "./build run --network none -t one -- sh -c 'test -t 0 && test -t 1 && echo both'" /dev/null </dev/null)" both
expect_ok in_it one -- sh -c 'echo kept >/kept'
expect_eq "$(in_it one -- cat /kept)" kept
expect_ok ./build commit one made
expect_ok ./build rm one

printf 'FROM localhost/made\nRUN test "$(cat /kept)" = kept && echo built >/built\nRUN cat /sys/fs/cgroup/memory/memory.limit_in_bytes >/limit || true\n' >Dockerfile
expect_ok ./build bud --network none --memory 64m --cgroup-parent "/$OCI_TEST_ID" --pull-never -t second .
expect_ok ./build from --pull-never --name two localhost/second
expect_eq "$(in_it two -- cat /built)" built
if [ ! -e /sys/fs/cgroup/cgroup.controllers ]; then expect_match "$(in_it two -- cat /limit)" '^[0-9]+$'; fi
printf 'FROM localhost/made\nRUN exit 9\n' >Dockerfile
expect_fail any 'exit status 9' -- ./build bud --network none --pull-never -t third .
expect_ok ./build rm two

# root inside is another user outside
if unshare -U true 2>/dev/null; then
  expect_ok ./build from --pull-never --userns-uid-map 0:100000:65536 --userns-gid-map 0:100000:65536 --name shifted localhost/made
  expect_eq "$(in_it shifted -- sh -c 'id -u; awk "{ print \$2 }" /proc/self/uid_map; stat -c %u /kept' | paste -sd' ')" "0 100000 0"
  expect_ok ./build rm shifted
fi
find /sys/fs/cgroup -depth -type d -path "*/$OCI_TEST_ID*" -exec rmdir {} +
