#!/usr/bin/env bash
# A capability the runtime has not got itself cannot be given: that is said, and the container runs without it (config.md).
. "$(dirname "$0")/../../tools/harness.sh"
need setpriv

id=$(id_of caps)
make_bundle b grep CapEff /proc/self/status
edit_config b '.process.capabilities = ({"bounding": ["CAP_CHOWN", "CAP_SYS_TIME"]} | .effective = .bounding | .permitted = .bounding)'
without=(setpriv --bounding-set -sys_time "$OCI" --root "$ROOT")
expect_ok "${without[@]}" run -b b "$id" </dev/null
expect_match "$ERR" 'warning: process.capabilities: CAP_SYS_TIME left out'
expect_match "$OUT" '0000000000000001'
edit_config b '.process.args = ["sleep", "60"]'
expect_ok "${without[@]}" run -d -b b "$id" </dev/null
expect_ok "${without[@]}" exec --cap CAP_SYS_TIME --cap CAP_KILL "$id" grep CapEff /proc/self/status
expect_match "$ERR" 'CAP_SYS_TIME left out'
expect_ok "$OCI" --root "$ROOT" delete --force "$id"
