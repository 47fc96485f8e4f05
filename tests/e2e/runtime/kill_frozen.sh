#!/usr/bin/env bash
# A container whose cgroup is frozen dies of KILL all the same, and delete --force ends it.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/runtime/cgroups.bash"

id=$(id_of frozen)
make_bundle b sleep 60
freeze() {
  pid=$(pid_of "$id")
  if is_v2; then echo 1 >"$(cgroup_of "$pid" freezer)/cgroup.freeze"; else echo FROZEN >"$(cgroup_of "$pid" freezer)/freezer.state"; fi
  paused() { [ "$(runtime state "$id" | jq -r .status)" = paused ]; }
  wait_for 10 paused
}
expect_ok runtime run -d -b b "$id" </dev/null
freeze
expect_ok runtime kill "$id" KILL
expect_ok runtime delete "$id"
expect_ok runtime run -d -b b "$id" </dev/null
freeze
expect_ok runtime delete --force "$id"
expect_eq "$(folders_named "$id")" "" "cgroups left behind"
