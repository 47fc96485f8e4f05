#!/usr/bin/env bash
# delete right after kill waits for the process to be gone.
. "$(dirname "$0")/../../tools/harness.sh"

make_bundle b sh -c 'for i in 1 2 3 4 5 6 7 8 9; do sleep 60 & done; sleep 60'
for round in 1 2 3 4 5 6 7 8 9 10; do
  expect_ok runtime run -d -b b "$(id_of "$round")" </dev/null >/dev/null
  expect_ok runtime kill "$(id_of "$round")" KILL
  expect_ok runtime delete "$(id_of "$round")"
done
