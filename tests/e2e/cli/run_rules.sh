#!/usr/bin/env bash
# What `oci run` takes its words for: a bundle, a container's id, an image.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

busybox_image layout:docker.io/library/word:latest --cmd echo --cmd 'the image'
expect_ok oci pull oci:layout:docker.io/library/word:latest
make_bundle b echo 'the bundle'

# With -b: a bundle, whatever else there is.
expect_ok oci run -b b "$(id_of one)"
expect_eq "$OUT" "the bundle"

# A word with ':', '/' or '@', or one with more behind it, is an image, also beside a config.json.
cd b
for image in word:latest docker.io/library/word; do
  expect_ok oci run "$image"
  expect_eq "$OUT" "the image" "$image"
done
expect_ok oci run word echo more words
expect_eq "$OUT" "more words"

# One plain word beside a config.json: a container's id; when it names an image too, neither is guessed.
expect_ok oci run "$(id_of two)"
expect_eq "$OUT" "the bundle"
expect_fail 1 'word' '\-b \.' 'word:latest' -- oci run word

# One plain word without a config.json: an image.
cd "$SCRATCH"
expect_ok oci run word
expect_eq "$OUT" "the image"

# No word: the bundle here, else the one in ./bundle.
cd b
expect_ok oci run
expect_eq "$OUT" "the bundle"
cd "$SCRATCH"
mkdir parent
mv b parent/bundle
cd parent
expect_ok oci run
expect_eq "$OUT" "the bundle"

# Found, not named, and another user could have written it: refused without -b.
chmod 666 bundle/config.json
expect_fail 1 'another user' -- oci run
expect_ok oci run -b bundle "$(id_of three)"
chown 1000 bundle/config.json
chmod 644 bundle/config.json
expect_fail 1 'another user' -- oci run
expect_eq "$(ls "$ROOT")" "" "container state"
