#!/usr/bin/env bash
# A container's pid that is somebody else's now: it is stopped, and the other process never gets a signal.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of reused)
make_bundle b sleep 60
expect_ok runtime run -d -b b "$id" </dev/null
real=$(runtime state "$id" | jq .pid)
background other sleep 60
jq ".pid = $other" <"$ROOT/$id/state.json" >state && cat state >"$ROOT/$id/state.json"
expect_eq "$(runtime state "$id" | jq -r .status)" stopped
expect_fail 1 "container not running" -- runtime kill "$id" KILL
expect_ok runtime delete --force "$id"
expect_ok kill -0 "$other"
# What is in the cgroup is the container's, and went with it.
if grep -qs '^State:.[^Z]' "/proc/$real/status"; then fail "the container still runs"; fi
