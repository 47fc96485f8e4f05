#!/usr/bin/env bash
# create, start, exec and run: states, statuses, streams, and nothing left.
# peers: runc
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of life)
make_bundle b sh -c 'echo out; echo err >&2; exit 7'
expect_fail 7 err -- runtime run -b b "$id" </dev/null
expect_eq "$OUT" out
expect_no_file "$ROOT/$id"

make_bundle w sleep 60
expect_ok runtime create -b w --pid-file pid "$id" </dev/null
expect_match "$(od -An -c pid | tr -d ' \n')" '^[0-9]+$'
expect_eq "$(runtime state "$id" | jq -r .status)" created
expect_eq "$(runtime state "$id" | jq -r .pid)" "$(cat pid)"
expect_eq "$(runtime exec "$id" echo early </dev/null)" early
expect_ok runtime start "$id"
expect_eq "$(runtime state "$id" | jq -r .status)" running
expect_fail 1 -- runtime start "$id"
expect_fail 5 -- runtime exec "$id" sh -c 'exit 5' </dev/null
background second runtime exec --pid-file exec.pid "$id" sleep 50 </dev/null
wait_for 10 test -s exec.pid
expect_eq "$(tr '\0' ' ' <"/proc/$(cat exec.pid)/cmdline")" "sleep 50 "
expect_eq "$(cut -d: -f3 "/proc/$(cat pid)/cgroup" | sort -u)" "$(cut -d: -f3 "/proc/$(cat exec.pid)/cgroup" | sort -u)"
expect_ok runtime delete --force "$id"
