#!/usr/bin/env bash
# kill: signals by name and number; the texts that engines look for.
# peers: runc
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of kill)
make_bundle b sh -c 'trap "echo usr1" USR1; trap "echo term; exit 3" TERM; echo ready; while :; do sleep 0.05; done'
for signal in TERM SIGTERM 15; do
  background pid runtime run -b b "$id" >out
  wait_for 10 grep -q ready out
  expect_ok runtime kill "$id" USR1
  wait_for 10 grep -q usr1 out
  expect_ok runtime kill "$id" "$signal"
  status=0
  wait "$pid" || status=$?
  expect_eq "$status" 3 "after $signal"
done

expect_ok runtime run -d -b b "$id" </dev/null >/dev/null
expect_fail 1 -- runtime kill "$id" NOSUCH
expect_ok runtime kill "$id" KILL
stopped() { [ "$(runtime state "$id" | jq -r .status)" = stopped ]; }
wait_for 10 stopped
expect_fail 1 "container not running|no such process" -- runtime kill "$id" TERM
expect_ok runtime delete "$id"
expect_fail 1 "does not exist" -- runtime kill "$id" KILL
