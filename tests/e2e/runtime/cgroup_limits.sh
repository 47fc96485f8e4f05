#!/usr/bin/env bash
# Limits of linux.resources are those of the container's cgroup, from before its program starts; nothing stays behind.
# peers: runc
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/runtime/cgroups.bash"

id=$(id_of limits)
make_bundle b sleep 60
edit_config b '.linux.resources = {
  devices: [{allow: false, access: "rwm"}],
  memory: {limit: 67108864, reservation: 33554432, swap: 134217728},
  cpu: {shares: 512, quota: 20000, period: 100000},
  pids: {limit: 17}}'
expect_ok runtime create -b b "$id" </dev/null
pid=$(pid_of "$id")

limits() {
  expect_eq "$(setting "$pid" memory memory.limit_in_bytes memory.max)" 67108864 memory
  if is_v2; then
    expect_eq "$(setting "$pid" memory - memory.swap.max)" 67108864 swap
    expect_eq "$(setting "$pid" cpu - cpu.max)" "20000 100000" cpu.max
  else
    expect_eq "$(setting "$pid" memory memory.memsw.limit_in_bytes -)" 134217728 swap
    expect_eq "$(setting "$pid" cpu cpu.cfs_quota_us -)" 20000 quota
    expect_eq "$(setting "$pid" cpu cpu.cfs_period_us -)" 100000 period
    expect_eq "$(setting "$pid" cpu cpu.shares -)" 512 shares
  fi
  expect_eq "$(setting "$pid" memory memory.soft_limit_in_bytes memory.low)" 33554432 reservation
  expect_eq "$(setting "$pid" pids pids.max pids.max)" 17 pids
}
limits
expect_ok runtime start "$id"
limits

# In every hierarchy, the named one and the v2 side of a hybrid machine included.
while IFS=: read -r _ controllers path; do
  controllers=${controllers#name=}
  if [ -z "$controllers" ] && ! is_v2; then controllers=unified; fi
  [ -e "/sys/fs/cgroup/$controllers/cgroup.procs" ] || continue
  expect_match "$path" "$id\$"
done <"/proc/$pid/cgroup"

expect_ok runtime kill "$id" KILL
expect_ok runtime delete "$id"
expect_eq "$(folders_named "$id")" "" "cgroups left behind"
