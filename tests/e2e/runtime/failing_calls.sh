#!/usr/bin/env bash
# Each system call of run, create, exec and delete fails in turn: a message and a status, nothing left, and delete --force removes what
# a call that removes could not. And the process is killed at each: delete --force removes all.
# labels: long
# timeout: 900
. "$(dirname "$0")/../../tools/harness.sh"
need strace python3

id=$(id_of faulty)
make_bundle b true
make_bundle b-sleeps sleep 600
at_exit runtime delete --force "$id"
fails() { expect_ok python3 "$TESTS/tools/fail_calls.py" "$OCI" "$ROOT" b "$id" "$@"; }
for error in EIO ENOMEM EPERM KILL; do
  for command in run create exec delete; do fails "$command" "$error"; done
  for command in run exec; do fails "$command" "$error" --children; done
done
