#!/usr/bin/env bash
# A container with a detached exec ends when it is killed: its pid namespace waits for the orphan to be reaped.
# peers: runc
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of detached)
make_bundle b sleep 60
expect_ok runtime run -d -b b "$id" </dev/null >/dev/null 2>&1
expect_ok runtime exec -d --pid-file exec.pid "$id" sleep 50 </dev/null
expect_eq "$(cut -d' ' -f2 "/proc/$(cat exec.pid)/stat")" "(sleep)"
expect_ok runtime kill "$id" KILL
stopped() { [ "$(runtime state "$id" | jq -r .status)" = stopped ]; }
wait_for 10 stopped
wait_for 10 test ! -e "/proc/$(cat exec.pid)"
expect_ok runtime delete "$id"
