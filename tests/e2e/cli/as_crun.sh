#!/usr/bin/env bash
# Called as crun: its help, statuses, tables, and what it takes for done already.
# peers: crun
. "$(dirname "$0")/../../tools/harness.sh"
need jq

if [ "$(basename "$RUNTIME")" != crun ]; then
  ln -s "$RUNTIME" crun
  RUNTIME=$PWD/crun
fi

expect_fail 1 'please specify a command' -- "$RUNTIME"
expect_fail 1 'unknown command nosuch' -- "$RUNTIME" nosuch
expect_ok "$RUNTIME" --help
expect_match "$OUT" '^Usage: .*crun \[OPTION'
expect_match "$OUT" '^COMMANDS:$'
for verb in create delete exec kill list pause ps resume run spec start state update; do
  expect_ok "$RUNTIME" $verb --help
  expect_match "$OUT" "^Usage: .*$verb"
done
expect_fail 64 -- "$RUNTIME" run --nosuch x
expect_fail 1 'please specify a ID' -- "$RUNTIME" run
expect_fail 1 'maximum of 1|exactly 1' -- "$RUNTIME" start a b

id=$(id_of one)
make_bundle b sleep 60
expect_ok runtime run -d -b b "$id" </dev/null
pid=$(runtime state "$id" | jq .pid)
expect_match "$(runtime list | head -1)" '^NAME +PID       STATUS   BUNDLE PATH                             CREATED                        OWNER$'
expect_match "$(runtime list | tail -1)" "^$id $pid +running  $PWD/b +20"
expect_eq "$(runtime list -f json | jq -r '.[0].status')" running
expect_eq "$(runtime ps "$id" | paste -sd' ')" "PID $pid"
expect_eq "$(runtime ps -f json "$id" | jq -c .)" "[$pid]"
for verb in pause pause resume resume update; do expect_ok runtime $verb "$id"; done
status=1
if "$RUNTIME" --version | grep -q '^crun version 1\.8\.'; then status=255; fi # as it was before
expect_fail $status -- runtime exec "$id" nosuch </dev/null
expect_ok runtime delete -f "$id"
mkdir s
expect_ok "$RUNTIME" spec -b s -f other.json
expect_eq "$(ls s)" other.json
