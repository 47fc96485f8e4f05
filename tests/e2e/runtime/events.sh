#!/usr/bin/env bash
# events tells what a container uses, when it runs out of memory, and ends with it.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/runtime/cgroups.bash"

id=$(id_of events)
make_bundle b sleep 60
edit_config b '.linux.resources = {devices: [{allow: false, access: "rwm"}], memory: {limit: 33554432, swap: 33554432}, pids: {limit: 50}}'
expect_fail 1 'does not exist' -- runtime events --stats "$id"
expect_ok runtime run -d -b b "$id" </dev/null
expect_ok runtime events --stats "$id"
expect_eq "$(jq -c '[.type, .id, .data.pids.current, .data.pids.limit, .data.memory.usage.limit,
  (.data.cpu.usage.total > 0), (.data.memory.usage.usage > 0), (.data.memory.raw | length > 3)]' <<<"$OUT")" \
  "[\"stats\",\"$id\",1,50,33554432,true,true,true]"
for bad in 5x -1s 0s ''; do expect_fail 1 -- runtime events --interval "$bad" "$id"; done

# As long as it lives, at the interval; then it ends by itself.
background WATCH runtime events --interval 100ms "$id" >seen
three() { [ "$(wc -l <seen)" -ge 3 ]; }
wait_for 10 three
run_captured runtime exec "$id" sh -c 'x=a; while :; do x=$x$x; done' </dev/null
told() { grep -q '"type": *"oom"' seen; }
wait_for 10 told
expect_ok runtime kill "$id" KILL
ended() { ! kill -0 "$WATCH"; }
wait_for 10 ended
expect_fail 1 'not running' -- runtime events --stats "$id"
expect_ok runtime delete "$id"
