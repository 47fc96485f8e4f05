#!/usr/bin/env bash
# Cgroups that were made beneath the container's, and processes in them, go with it.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/runtime/cgroups.bash"

id=$(id_of nested)
make_bundle b sh -c 'sleep 61 & exec sleep 62'
edit_config b '.linux.namespaces |= map(select(.type != "pid"))'
expect_ok runtime run -d -b b "$id" </dev/null >/dev/null
two() { [ "$(runtime ps --format json "$id" | jq length)" = 2 ]; }
wait_for 10 two
pid=$(pid_of "$id")
folder=$(cgroup_of "$pid" pids)
mkdir -p "$folder/inner/most"
other=$(runtime ps --format json "$id" | jq ".[] | select(. != $pid)")
echo "$other" >"$folder/inner/most/cgroup.procs"
expect_ok runtime delete --force "$id"
expect_eq "$(folders_named "$id")" "" "cgroups left behind"
if grep -qs '^State:.[^Z]' "/proc/$other/status"; then fail "a process is left"; fi
