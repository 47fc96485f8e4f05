#!/usr/bin/env bash
# Within one registry blobs are mounted from the repository they come from, not sent again; a registry that does not is
# sent them by the upload it begins instead.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/copy/_images.sh"
. "$TESTS/e2e/fetch/_fetch.sh"
need openssl jq

make_images
start_registry
expect_ok oci copy -q --all "oci:$LAYOUT:multi" "docker://$REGISTRY/team/first:1"
expect_ok oci copy -q --all "docker://$REGISTRY/team/first:1" "docker://$REGISTRY/team/second:1"
expect_eq "$OUT" "$(digest_in "$LAYOUT" multi)"
expect_eq "$(grep -c 'POST /v2/team/second/blobs/uploads/?mount=sha256' "$REGISTRY_LOG")" 5 "three layers and two configs"
expect_eq "$(grep -c 'PATCH /v2/team/second/' "$REGISTRY_LOG" || true)" 0 "blobs sent"
expect_ok oci verify "docker://$REGISTRY/team/second:1"

# The token covers both repositories.
start_registry --token me:secret
expect_ok oci copy -q --dest-creds me:secret "oci:$LAYOUT:a" "docker://$REGISTRY/one/a:1"
expect_ok oci copy -q --creds me:secret "docker://$REGISTRY/one/a:1" "docker://$REGISTRY/two/a:1"
expect_eq "$(grep -c 'PATCH /v2/two/a/' "$REGISTRY_LOG" || true)" 0 "blobs sent"
expect_match "$(cat "$TOKEN_LOG")" 'repository:two/a:pull,push repository:one/a:pull'

# 202: not mounted, but begun.
image_of_layers layout:latest
start_faults layout
expect_ok oci copy -q "docker://$FAULTS/ok:latest" "docker://$FAULTS/accepts/it:1"
expect_eq "$(requests '.method == "POST"')" 3 "uploads begun: two layers and the config"
expect_eq "$(requests '.method == "POST" and (.path | contains("from=ok"))')" 3
expect_eq "$(requests '.method == "PATCH"')" 3

# Of another registry nothing is mounted.
expect_ok oci copy -q "oci:$LAYOUT:a" "docker://$FAULTS/accepts/other:1"
expect_eq "$(requests '.path | contains("/other/") and contains("mount=")')" 0

# An upload that breaks is begun anew, and the image is there in the end; not without end.
expect_ok oci copy --progress lines --retry-delay 10ms "oci:$LAYOUT:a" "docker://$FAULTS/accepts/flaky:1"
expect_contains "$ERR" '(1/3)'
expect_contains "$ERR" '503 UNAVAILABLE); trying again in 1 s (2/3)'
expect_fail 1 'upload' -- oci copy --progress lines --retry-delay 10ms --retry-times 0 "oci:$LAYOUT:a" "docker://$FAULTS/storm:1"
