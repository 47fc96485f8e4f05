#!/usr/bin/env bash
# No descriptor of ours or our caller's reaches the program but those named by --preserve-fds; nothing of the host's
# environment either.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of fds)
bundle() { rm -rf b && make_bundle b "$@"; }
bundle sh -c 'ls /proc/self/fd | paste -sd" "; env'
edit_config b '.process.env = ["PATH=/bin", "HOME=/"]'
SECRET=x expect_ok runtime run -b b "$id" </dev/null 5</ 9</etc
expect_eq "$(head -1 <<<"$OUT")" "0 1 2 3"
expect_not_contains "$OUT" SECRET

bundle sh -c 'cat <&4; ls /proc/self/fd | paste -sd" "'
echo handed >handed
expect_ok runtime run --preserve-fds 2 -b b "$id" </dev/null 3</dev/null 4<handed 5</
expect_eq "$(paste -sd' ' <<<"$OUT")" "handed 0 1 2 3 4 5"
expect_fail any 'descriptor 3 is not open' -- runtime run --preserve-fds 1 -b b "$id" </dev/null

# What waits to be started has none of it either.
bundle sleep 60
expect_ok runtime create -b b "$id" </dev/null
expect_eq "$(tr -d '\0' <"/proc/$(runtime state "$id" | jq .pid)/environ")" ""
expect_ok runtime delete --force "$id"
