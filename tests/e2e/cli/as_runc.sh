#!/usr/bin/env bash
# Called as runc: its help, its usage errors and statuses, its form of errors, its tables; options as Go takes them.
# peers: runc
. "$(dirname "$0")/../../tools/harness.sh"
need jq

if [ "$(basename "$RUNTIME")" != runc ]; then
  ln -s "$RUNTIME" runc
  RUNTIME=$PWD/runc
fi

# Help is on standard output and no error, for every way to ask.
for line in "" -h --help -help help h; do
  # shellcheck disable=SC2086
  expect_ok "$RUNTIME" $line
  expect_eq "$(sed -n 1,2p <<<"$OUT")" $'NAME:\n   runc - Open Container Initiative runtime' "runc $line"
  expect_match "$OUT" '^COMMANDS:$'
  expect_match "$OUT" '^GLOBAL OPTIONS:$'
done
for verb in create delete events exec features kill list pause ps resume run spec start state update; do
  for line in "$verb -h" "$verb --help" "$verb -help" "help $verb"; do
    # shellcheck disable=SC2086
    expect_ok "$RUNTIME" $line
    expect_match "$(sed -n 2p <<<"$OUT")" "^   runc $verb - "
    expect_match "$OUT" "^USAGE:$"
  done
done
expect_match "$("$RUNTIME" run -h)" '^   --bundle value, -b value '

# What is wrong with the line, with the help before it.
expect_fail 3 "level=error msg=\"No help topic for 'nosuch'" -- "$RUNTIME" nosuch
expect_fail 1 'level=error msg=".*run.*requires exactly 1 argument' -- "$RUNTIME" run
expect_match "$OUT" '^Incorrect Usage'
for line in create start state delete "start a b" "run a b"; do
  # shellcheck disable=SC2086
  expect_fail 1 'requires exactly 1 argument' -- "$RUNTIME" $line
done
expect_fail 1 'requires a minimum of 1 argument' -- "$RUNTIME" ps
expect_fail 1 -- "$RUNTIME" run --nosuch x
expect_match "$OUT" '^Incorrect Usage: '

# A container, with options as Go reads them.
id=$(id_of one)
make_bundle b sleep 60
mkdir -p "$ROOT"
expect_eq "$(runtime list -f json)" null
expect_ok "$RUNTIME" -root "$ROOT" run -detach=true -bundle b "$id" </dev/null
expect_eq "$(runtime exec "$id" echo -bundle x -h)" "-bundle x -h"
expect_match "$(runtime list | head -1)" '^ID +PID         STATUS      BUNDLE +CREATED +OWNER$'
expect_match "$(runtime list | tail -1)" "^$id   [0-9]+ +running     $PWD/b   20[^ ]+   root\$"
expect_eq "$(runtime list -f json | jq -r '.[0].id')" "$id"
expect_ok runtime update "$id" # nothing to change is none of its errors
expect_fail 1 'level=error msg="Intel RDT/CAT: l3 cache schema is not enabled"' -- runtime update --l3-cache-schema L3:0=f "$id"
expect_fail 1 'level=error msg="runc create failed: container with given ID already exists"' -- runtime create -b b "$id" </dev/null
expect_fail 255 'level=error msg="exec failed: unable to start container process: exec: .*nosuch.*executable file not found in \$PATH' -- \
  runtime exec "$id" nosuch </dev/null
expect_ok runtime --debug --log-format json --log debug.log exec "$id" true </dev/null
expect_match "$(jq -r .level debug.log)" debug
expect_ok runtime delete -f "$id"
rm -f log
edit_config b '.process.args = ["/no/such"]'
expect_fail 1 -- runtime --log log --log-format json run -b b "$id" </dev/null
expect_match "$(tail -1 log | jq -r .msg)" '^runc run failed: unable to start container process: .*no such file or directory'
expect_eq "$(tail -1 log | jq -r .level)" error
