#!/usr/bin/env bash
# run, rule 2: a word with : / or @, a flag of images or a further word means an image, whatever config.json is here.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/cli/_run.sh"
image_and_bundle
store_name plain
cd named # a bundle

digest=$(jq -r '.manifests[0].digest' "$STORE/index.json")
for word in "$IMAGE" "$IMAGE:latest" plain:latest "$IMAGE@$digest"; do
  expect_ok oci run "$word" </dev/null
  expect_eq "$OUT" image "$word"
done
expect_ok oci run plain echo words </dev/null
expect_eq "$OUT" words
expect_ok oci run -e WHO=you plain sh -c 'echo $WHO' </dev/null
expect_eq "$OUT" you
for flag in --read-only --memory=64m --quiet --rm -i; do
  expect_ok oci run "$flag" plain </dev/null
  expect_eq "$OUT" image "$flag"
done
expect_ok oci run --name "$(id_of named)" -h here plain hostname </dev/null
expect_eq "$OUT" here
expect_fail 125 'invalid container id "a/b"' -- oci run --name a/b "$IMAGE"
expect_fail 1 'an image runs in the foreground' -- oci run -d "$IMAGE"
expect_fail 1 '--read-only needs an image' -- oci run --read-only
expect_clean
