#!/usr/bin/env bash
# The start of a container opens nothing on the host but what it needs: no time zone, no locale, no names of users.
. "$(dirname "$0")/../../tools/harness.sh"
need strace

id=$(id_of traced)
make_bundle b true
expect_ok strace -o trace -e trace=open,openat,openat2 "$OCI" --root "$ROOT" --log log --debug run -b b "$id" </dev/null
expect_not_contains "$(grep -E 'localtime|zoneinfo|locale|nsswitch|"/etc/passwd|gconv' trace || true)" '"'
