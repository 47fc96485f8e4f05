#!/usr/bin/env bash
# A container cannot have more processes or memory than its limits say.
# peers: runc
. "$(dirname "$0")/../../tools/harness.sh"

make_bundle b sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 5 & done; echo all'
edit_config b '.linux.resources = {pids: {limit: 4}}'
expect_fail any -- runtime run -b b "$(id_of pids)"
expect_not_contains "$OUT" all
expect_contains "$ERR" "can't fork"

edit_config b --argjson args "$(json_array sh -c 'tail -c 100000000 /dev/zero; echo status $?')" \
  '.process.args = $args | .linux.resources = {memory: {limit: 33554432, swap: 33554432}}'
expect_ok runtime run -b b "$(id_of memory)"
expect_contains "$OUT" "status 137"
