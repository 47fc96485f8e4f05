#!/usr/bin/env bash
# kill --all reaches every process of a container that shares the host's pids, and is no error when it has stopped.
# peers: runc
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of all)
make_bundle b sh -c 'sleep 61 & sleep 62 & exec sleep 63'
edit_config b '.linux.namespaces |= map(select(.type != "pid"))'
expect_ok runtime run -d -b b "$id" </dev/null >/dev/null
three() { [ "$(runtime ps --format json "$id" | jq length)" = 3 ]; }
wait_for 10 three
expect_ok runtime ps --format json "$id"
pids=$(jq -r '.[]' <<<"$OUT")
expect_ok runtime kill --all "$id" KILL
gone() {
  local pid
  for pid in $pids; do if grep -qs '^State:.[^Z]' "/proc/$pid/status"; then return 1; fi; done
}
wait_for 10 gone
expect_ok runtime kill --all "$id" 9
expect_ok runtime delete "$id"
