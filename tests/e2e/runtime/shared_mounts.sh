#!/usr/bin/env bash
# Without a mount namespace of its own a container's mounts are made where the runtime is: on a private cover over its root file
# system, so that delete, a failed create and a killed one leave none, and what was mounted there before stays.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of shared)
make_bundle b sh -c 'grep -c . /proc/self/mountinfo; cat /given/file; (echo x >/given/new) 2>&1; sleep 60'
root=$(realpath b/rootfs)
mkdir given b/rootfs/before && echo seen >given/file
mount -t tmpfs before b/rootfs/before && at_exit umount "$root/before"
touch b/rootfs/before/kept
edit_config b --arg given "$PWD/given" '.linux.namespaces |= map(select(.type != "mount")) | .root.readonly = true
  | .mounts += [{destination: "/given", type: "bind", source: $given, options: ["rbind", "ro"]}]
  | .linux.maskedPaths = ["/proc/kcore", "/etc"] | .linux.readonlyPaths = ["/proc/sys"]'
mkdir -p b/rootfs/given b/rootfs/etc
here() { grep " $root" /proc/self/mountinfo | grep -v "$root/before " | wc -l; }

runtime create -b b "$id" </dev/null >out 2>&1 || fail "create: $(cat out)"
[ "$(here)" -gt 3 ] || fail "the mounts are not here"
expect_ok runtime start "$id"
saw() { grep -qi read-only out; }
wait_for 10 saw
expect_eq "$(sed -n 2p out)" seen
expect_ok runtime delete --force "$id"
expect_eq "$(here)" 0 "mounts that delete left"
expect_file b/rootfs/before/kept

# The root file system may be a mount itself, an engine's: a create that fails before it has covered it lets it be.
mount --rbind b/rootfs b/rootfs && at_exit umount -R "$root"
edit_config b '.linux.resources.cpu.cpus = "9999"'
expect_fail any cpu -- runtime create -b b "$id" </dev/null
expect_eq "$(here)" 1 "mounts that are the engine's"
mountpoint -q b/rootfs || fail "the engine's mount is gone"
edit_config b 'del(.linux.resources) | .process.args = ["/nosuch"]'
expect_fail any nosuch -- runtime create -b b "$id" </dev/null
expect_eq "$(here)" 1 "mounts that a failed create left"
expect_file b/rootfs/before/kept
