#!/usr/bin/env bash
# run, rule 5: without a word the bundle here, else ./bundle. What others could have written is refused unless named.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/cli/_run.sh"

expect_fail 1 'no config.json here and none in ./bundle' 'oci unpack' -- oci run
make_bundle bundle echo below
expect_ok oci run </dev/null
expect_eq "$OUT" below
make_bundle . echo here
expect_ok oci run </dev/null
expect_eq "$OUT" here
expect_ok env -C bundle "$OCI" --root "$ROOT" run </dev/null
expect_eq "$OUT" below

# Errors name the bundle, not an id that nobody gave.
edit_config . '.process.args = ["nosuch"]'
expect_fail 1 'error: run \.: exec: "nosuch": executable file not found in \$PATH' -- oci run
rm config.json
edit_config bundle '.process.args = ["nosuch"]'
expect_fail 1 'error: run bundle: exec: "nosuch"' -- oci run
edit_config bundle '.process.args = ["echo", "below"]'

refused() { expect_fail 1 "another user could write $1" 'oci run -b' -- "${@:2}"; }
chmod o+w bundle/config.json
refused bundle/config.json oci run
expect_ok oci run -b bundle </dev/null
chmod o-w bundle/config.json
chmod g+w bundle
refused bundle oci run
chmod g-w bundle
chown 1234 bundle/config.json
refused bundle/config.json oci run
refused ./config.json env -C bundle "$OCI" --root "$ROOT" run
refused ./config.json env -C bundle "$OCI" --root "$ROOT" run "$(id_of word)"
expect_ok env -C bundle "$OCI" --root "$ROOT" run -b . "$(id_of word)" </dev/null
chown 0 bundle/config.json
mv bundle real
ln -s real bundle
expect_ok oci run </dev/null
expect_eq "$OUT" below
expect_clean
