#!/usr/bin/env bash
# No descriptor of ours or our caller's reaches the program but those named by --preserve-fds, and none is a way out by
# the working folder (CVE-2024-21626, CVE-2016-9962); nothing of the host's environment either.
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

bundle pwd
for fd in 3 4 5 6 7 8 9 10 11 12 33; do
  edit_config b --arg d "/proc/self/fd/$fd" '.process.cwd = $d'
  expect_fail any -- runtime run -b b "$id" </dev/null 33</
done
bundle sleep 60
expect_ok runtime run -d -b b "$id" </dev/null
for fd in 3 5 7 9; do expect_fail any -- runtime exec --cwd "/proc/self/fd/$fd" "$id" pwd </dev/null; done

# What waits to be started shows a file in memory that cannot be written, not our program (CVE-2019-5736).
other=$(id_of waits)
expect_ok runtime create -b b "$other" </dev/null
pid=$(runtime state "$other" | jq .pid)
expect_not_contains "$(readlink "/proc/$pid/exe")" "$OCI"
expect_fail any -- sh -c "echo >>/proc/$pid/exe"
expect_eq "$(tr -d '\0' <"/proc/$pid/environ")" ""
expect_ok runtime delete --force "$other"
expect_ok runtime delete --force "$id"
