#!/usr/bin/env bash
# CVE-2023-25809: what is read-only of the cgroups is so in all of its mounts, also with a user namespace and without one of cgroups.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of ro)
make_bundle b sh -c 'grep " /sys/fs/cgroup" /proc/mounts; find /sys/fs/cgroup -name cgroup.procs | while read f; do { echo 0 >$f; } 2>/dev/null && echo WRITTEN $f; done; true'
chmod 755 . b b/rootfs
cp b/config.json plain.json
user='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
for more in . "$user"; do
  for space in '.linux.namespaces |= map(select(.type != "cgroup"))' '.linux.namespaces |= (map(select(.type != "cgroup")) + [{type: "cgroup"}])'; do
    jq "$more | $space" plain.json >b/config.json
    expect_eq "$(jq -r '.mounts[] | select(.destination == "/sys/fs/cgroup") | .options | index("ro") != null' b/config.json)" true
    expect_ok runtime run -b b "$id" </dev/null
    expect_contains "$OUT" " /sys/fs/cgroup"
    expect_eq "$(awk '$2 ~ "^/sys/fs/cgroup" && $4 !~ /^ro(,|$)/' <<<"$OUT")" "" "writable ($space)"
    expect_not_contains "$OUT" WRITTEN
  done
done
