#!/usr/bin/env bash
# A full disk: a clear error, a sound store, and the next pull goes on from there.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"

need openssl
image_of_layers layout:latest
start_registry --layout layout
mkdir "$STORE"
mount -t tmpfs -o size=2m none "$STORE" || skip "needs to mount a tmpfs"
at_exit umount "$STORE"
expect_fail 1 'write blob sha256:.*no space left on device' -- timeout 60 "$OCI" pull "$REGISTRY/x"
expect_sound_store
expect_ok oci verify --quiet
mount -o remount,size=8m "$STORE"
expect_ok oci pull "$REGISTRY/x"
expect_contains "$ERR" 'are there already'
expect_sound_store 1

# Full again: what is there can be named anew only when it can be written, and is as it was otherwise.
dd if=/dev/zero of="$STORE/.oci/filler" bs=64k 2>/dev/null || true
cp "$STORE/index.json" index.before
oci tag "$REGISTRY/x" another >/dev/null 2>&1 || cmp "$STORE/index.json" index.before
expect_ok oci verify --quiet
rm "$STORE/.oci/filler"
expect_ok oci gc
expect_ok oci tag "$REGISTRY/x" another
