#!/usr/bin/env bash
# config.md: process is required when start is called, not before.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of none)
make_bundle b true
edit_config b 'del(.process)'
expect_ok runtime create -b b "$id" </dev/null
expect_eq "$(runtime state "$id" | jq -r .status)" created
expect_fail 1 'process: missing' -- runtime start "$id"
stopped() { [ "$(runtime state "$id" | jq -r .status)" = stopped ]; }
wait_for 10 stopped
expect_ok runtime delete "$id"
expect_fail 1 'process: missing' -- runtime run -b b "$id" </dev/null
expect_fail 1 'does not exist' -- runtime state "$id"
