#!/usr/bin/env bash
# The process beside a foreground container removes its cgroup as soon as the container has died: a kill that would thaw
# the cgroup then has done its work.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/runtime/cgroups.bash"
need strace

id=$(id_of removed)
make_bundle b sleep 60
expect_ok runtime run -d -b b "$id" </dev/null
pid=$(pid_of "$id")
if is_v2; then file=$(cgroup_of "$pid" freezer)/cgroup.freeze; else file=$(cgroup_of "$pid" freezer)/freezer.state; fi
expect_ok strace -o trace -P "$file" -e inject=write:error=ENODEV "$OCI" --root "$ROOT" kill "$id" KILL
grep -q INJECTED trace || fail "nothing was injected: $(cat trace)"
expect_ok runtime delete --force "$id"
