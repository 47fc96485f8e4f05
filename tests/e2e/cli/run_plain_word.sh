#!/usr/bin/env bash
# run, rules 3 and 4: one plain word is an id where a config.json is, else an image; what could be both is refused.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/cli/_run.sh"
image_and_bundle
store_name plain

expect_ok oci run plain </dev/null # (4)
expect_eq "$OUT" image
expect_fail any 'nosuchimage' -- oci run nosuchimage

cd named # (3)
expect_ok oci run "$(id_of plain)" </dev/null
expect_eq "$OUT" bundle
expect_fail 1 'run plain: both an image and' 'oci run -b . plain or oci run plain:latest' -- oci run plain
edit_config . --arg id "$(id_of whole)" '.process.args = ["sleep", "60"] | .hostname = $id'
expect_ok oci run -d "$(id_of whole)" </dev/null
expect_eq "$(oci list -q)" "$(id_of whole)"
expect_fail 1 'already exists' -- oci run "$(id_of whole)" </dev/null
expect_ok oci delete --force "$(id_of whole)"
expect_clean
