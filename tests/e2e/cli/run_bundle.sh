#!/usr/bin/env bash
# run, rule 1: with -b, or called as runc or crun, one word is a container's id and flags of images are refused.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/cli/_run.sh"
image_and_bundle

expect_ok oci run -b named "$(id_of one)" </dev/null
expect_eq "$OUT" bundle
expect_ok oci run "$(id_of one)" --bundle=named </dev/null
expect_eq "$OUT" bundle
expect_ok oci run -b named </dev/null # a generated id
expect_eq "$OUT" bundle
expect_fail 1 'run: unexpected argument more' -- oci run -b named "$(id_of one)" more
expect_fail 1 'run: --env is for an image' -- oci run -b named -e A=B "$(id_of one)"
expect_fail 1 'invalid container id' -- oci run -b named "$IMAGE"
expect_fail 1 'nosuch/config.json: no such file or directory' -- oci run -b nosuch "$(id_of one)"

# The links: the bundle is the current folder, the id is needed, an image's name is none.
store_name plain
for name in runc crun; do
  ln -s "$OCI" "$name"
  expect_ok env -C named "$PWD/$name" --root "$ROOT" run "$(id_of one)" </dev/null
  expect_eq "$OUT" bundle "as $name"
  expect_fail 1 'config.json: no such file or directory' -- "./$name" --root "$ROOT" run plain
  expect_fail 1 'invalid container id' -- "./$name" --root "$ROOT" run "$IMAGE"
  expect_fail 1 'requires exactly 1 argument|please specify a ID' -- env -C named "$PWD/$name" --root "$ROOT" run
  expect_fail 1 'requires exactly 1 argument' -- env -C named "$PWD/$name" --root "$ROOT" run "$(id_of one)" echo hello
  expect_match "$("./$name" --version)" "^$name version "
done
expect_clean
