#!/usr/bin/env bash
# The README's checked examples print what the README says.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

busybox_image layout:latest --cmd sh --cmd=-c --cmd 'echo "hello from inside"; id'
start_registry --layout layout

# Digests and the registry's port are those of the day.
normal() { sed -E "s/sha256:[0-9a-f]{64}/sha256:DIGEST/g; s/$REGISTRY/localhost:5000/g"; }

# Progress of pull and unpack is not part of an example; the errors are.
printed_by() {
  local command=${1//localhost:5000/$REGISTRY} status=0
  (exit "$last")
  { eval "$command" >out 2>err; } || status=$?
  last=$status
  case $command in
  'oci pull'* | 'oci unpack'*) cat out <(grep -E '^(error|hint):' err || true) ;;
  *) cat out err ;;
  esac | normal >printed
}

compare() {
  if [ -z "$command" ]; then return; fi
  trap - ERR
  set +e
  printed_by "$command"
  set -e
  expect_eq "$(cat printed)" "$(printf '%s' "$expected" | normal)" "\$ $command"
  checked=$((checked + 1))
}

last=0 checked=0 command= expected=
while IFS= read -r line; do
  case $line in
  '$ '*)
    compare
    command=${line#\$ } expected=
    ;;
  *) expected+=$line$'\n' ;;
  esac
done < <(awk '/^<!-- checked -->/ { next_is = 1 } /^```/ { on = /^```console/ && next_is; if (on) next_is = 0; next } on' "$SOURCE/README.md")
compare
[ "$checked" -ge 5 ] || fail "only $checked examples found"
