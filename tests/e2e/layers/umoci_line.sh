#!/usr/bin/env bash
# Called umoci we have its command line alone; called oci, an option that only umoci has selects its form.
. "$(dirname "$0")/_layers.sh"

expect_ok umoci init --layout "$L"
expect_ok umoci new --image "$L:a"
expect_match "$(umoci --version | head -1)" '^umoci version '
expect_eq "$(umoci -v | head -1)" "$(umoci --version | head -1)"
for line in '' help -h --help; do
  expect_ok umoci $line
  expect_match "$OUT" $'^NAME:\n   umoci - umoci modifies Open Container images\n'
done
expect_ok umoci config --help
expect_contains "$OUT" 'umoci config - '
expect_contains "$OUT" '--history.created_by'
help=$OUT
expect_ok umoci help config
expect_eq "$OUT" "$help"
expect_ok umoci ls -h
expect_contains "$OUT" '--layout'
expect_ok umoci raw
expect_contains "$OUT" 'umoci raw - '
expect_fail any -- umoci nosuch
expect_fail any -- umoci run
for line in "stat --image $L:a extra" "tag --image $L:nosuch b" "unpack"; do
  expect_fail 1 '^   ⨯ ' -- umoci $line
  expect_eq "$(grep -vc '^   [⨯•]' <<<"$ERR")" 0 "$ERR"
done
expect_fail any -- umoci pull alpine
expect_fail 1 -- umoci ls --layout "$L" --nosuch

for options in --verbose --debug --log=debug --log=info --log=warn --log=error '--log fatal'; do
  expect_ok umoci $options ls --layout "$L"
  expect_eq "$OUT" a
  expect_ok umoci ls --layout "$L" $options
done
expect_ok umoci ls -layout "$L"
expect_fail 1 -- umoci --log=nosuch ls --layout "$L"
expect_fail 1 -- umoci --verbose --log=info ls --layout "$L"

expect_eq "$(oci ls --layout "$L")" a
expect_ok oci tag --image "$L:a" b
expect_eq "$(oci --log "$SCRATCH/log" list --layout "$L")" $'a\nb'
expect_ok oci rm --image "$L:a"
expect_eq "$(oci list | head -1 | awk '{ print $1 }')" ID
