#!/usr/bin/env bash
# crun's --regex for kill and delete, its version and log options.
. "$(dirname "$0")/../../tools/harness.sh"
need jq

make_bundle b sleep 1000
for name in one two other; do expect_ok runtime run -d -b b "$(id_of "$name")" </dev/null >/dev/null 2>&1; done
at_exit runtime delete -f -r "$OCI_TEST_ID"
expect_fail 1 '--regex \[: ' -- oci delete -r '['
expect_ok oci kill -r "^$(id_of t)wo$" KILL
wait_for 10 sh -c "[ \"\$('$OCI' --root '$ROOT' state '$(id_of two)' | jq -r .status)\" = stopped ]"
expect_eq "$(oci state "$(id_of one)" | jq -r .status)" running
expect_ok oci delete --regex "$(id_of two)"
expect_ok oci delete --force --regex "$OCI_TEST_ID-o"
expect_eq "$(oci list -q)" ""
expect_ok oci delete --regex nothing-like-that

ln -s "$OCI" crun && ln -s "$OCI" runc
expect_ok ./crun --version
expect_match "$OUT" '^crun version '
expect_match "$OUT" '\+SECCOMP'
expect_ok ./runc --version
expect_match "$OUT" '^runc version '
expect_match "$OUT" '^commit: '
expect_fail 1 -- ./crun --log-level error --log "file:$SCRATCH/log" --root "$ROOT" state nosuch
expect_match "$(cat log)" 'nosuch'
expect_fail 1 '--log-level' -- ./crun --log-level loud list
