#!/usr/bin/env bash
# update changes the limits that are named, by flags and by JSON, up and down, and leaves the others; a refused one changes
# nothing.
# peers: runc
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/runtime/cgroups.bash"

id=$(id_of update)
make_bundle b sleep 60
edit_config b '.linux.resources = {
  devices: [{allow: false, access: "rwm"}],
  memory: {limit: 67108864, swap: 134217728},
  cpu: {shares: 512, quota: 20000, period: 100000},
  pids: {limit: 17}}'
expect_ok runtime run -d -b b "$id" </dev/null
pid=$(pid_of "$id")
memory() { setting "$pid" memory memory.limit_in_bytes memory.max; }
both() { # memory and swap together, as v1 counts
  if is_v2; then
    echo $(($(memory) + $(setting "$pid" memory - memory.swap.max)))
  else
    setting "$pid" memory memory.memsw.limit_in_bytes -
  fi
}
pids() { setting "$pid" pids pids.max pids.max; }
quota() { if is_v2; then setting "$pid" cpu - cpu.max; else echo "$(setting "$pid" cpu cpu.cfs_quota_us -) $(setting "$pid" cpu cpu.cfs_period_us -)"; fi; }

expect_ok runtime update --pids-limit 42 "$id"
expect_eq "$(pids)" 42
expect_eq "$(memory) $(both) $(quota)" "67108864 134217728 20000 100000" "what was not named"
expect_ok runtime update --memory 32m --memory-swap 64m "$id"
expect_eq "$(memory) $(both)" "33554432 67108864" down
expect_ok runtime update --memory 256M --memory-swap 512M "$id"
expect_eq "$(memory) $(both)" "268435456 536870912" up
expect_ok runtime update --cpu-quota 50000 --cpu-period 200000 "$id"
expect_eq "$(quota)" "50000 200000"
expect_ok runtime update --cpu-quota 30000 "$id"
expect_eq "$(quota)" "30000 200000" "the period stays"
expect_ok runtime update --pids-limit -1 "$id"
expect_eq "$(pids)" max

# Idle and back; other updates meanwhile do not touch the weight it has not got.
if [ "$RUNTIME" = "$OCI" ] && [ "$(setting "$pid" cpu cpu.idle cpu.idle 2>/dev/null)" = 0 ]; then
  expect_ok runtime update --cpu-idle 1 "$id"
  expect_eq "$(setting "$pid" cpu cpu.idle cpu.idle)" 1
  expect_ok runtime update --pids-limit 50 "$id"
  expect_ok runtime update --cpu-idle 0 "$id"
  expect_eq "$(setting "$pid" cpu cpu.idle cpu.idle)" 0
fi

# JSON, from a file and from standard input; zeros change nothing.
echo '{"pids": {"limit": 20}, "cpu": {"shares": 0}, "memory": {"limit": 134217728, "swap": 0}}' >limits.json
expect_ok runtime update -r limits.json "$id"
expect_eq "$(pids) $(memory)" "20 134217728"
expect_ok runtime update --resources - "$id" <<<'{"pids": {"limit": 21}}'
expect_ok runtime update --resources=- "$id" <<<'{"pids": {"limit": 22}}'
expect_eq "$(pids) $(memory)" "22 134217728"

# Refused: what is no limit, what contradicts itself, what is not there.
for flags in '--memory lots' '--pids-limit many' '--cpu-quota 1x' '--resources /nonexistent'; do
  expect_fail 1 -- runtime update $flags "$id"
done
expect_fail 1 -- runtime update --resources - "$id" <<<'{"pids": {"limit": "x"}}'
expect_fail 1 -- runtime update --resources - "$id" <<<'[]'
expect_fail 1 -- runtime update --pids-limit 9 --cpuset-cpus 4711 "$id"
expect_eq "$(pids) $(memory) $(quota)" "22 134217728 30000 200000" "after what was refused"
expect_ok runtime update --resources - "$id" <<<'{"memory": {"limit": 134217728, "checkBeforeUpdate": true}}'
expect_fail 1 'usage' -- runtime update --resources - "$id" <<<'{"memory": {"limit": 4096, "checkBeforeUpdate": true}}'
expect_eq "$(memory)" 134217728
expect_fail 1 'does not exist' -- runtime update --pids-limit 9 "$(id_of nosuch)"
expect_ok runtime delete --force "$id"
