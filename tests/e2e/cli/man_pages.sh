#!/usr/bin/env bash
# Every verb has a help text with an example and a man page that holds all its flags; no page is left of a verb that is none.
. "$(dirname "$0")/../../tools/harness.sh"
need mandoc python3

verbs=$("$OCI" --help | sed -nE 's/^  ([a-z][a-z-]*) {2,}[a-z].*/\1/p')
expect_eq "$(cd "$SOURCE/docs/commands" && ls | sed 's/\.md$//' | sort)" "$(sort <<<"$verbs")" "docs/commands"
expect_ok python3 "$SOURCE/docs/man.py" "$OCI" "$SCRATCH/man"
for verb in $verbs; do
  help=$("$OCI" "$verb" --help)
  expect_match "$help" "^  oci $verb( |\$)"
  page=man/oci-$verb.1
  expect_ok mandoc -T lint -W warning "$page"
  text=$(mandoc -T ascii -O width=500 "$page" | sed 's/.\x08//g')
  for flag in $(grep -E '^ +-' <<<"$help" | grep -oE '^[^A-Z]*' | grep -oE -- '--[a-z][a-z0-9.-]*' || true); do
    expect_contains "$text" "$flag"
  done
done
expect_ok mandoc -T lint -W warning man/oci.1
