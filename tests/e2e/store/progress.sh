#!/usr/bin/env bash
# --progress=json tells programs of download, unpacking and copying: an object a line, sums that add up.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/store/_store.sh"

two_images
start_registry --layout layout
whole() { jq -s --arg phase "$1" 'map(select(.event == "end" and .phase == $phase)) | last | [.complete, .total.bytes == .total.size, .total.done == .total.pieces] | all' <<<"$ERR"; }

expect_ok "$OCI" --store "$SCRATCH/fresh" pull --progress=json --unpack "$REGISTRY/x:one" pulled
expect_eq "$(whole download)" true
expect_ok oci unpack --progress=json one bundle
expect_eq "$(whole unpack)" true
expect_ok oci copy --progress json "docker://$REGISTRY/x:one" oci:copied:one
expect_eq "$(whole copy)" true
expect_eq "$(jq -s 'map(select(.event == "done")) | length' <<<"$ERR")" 2 "layers copied"
expect_ok oci verify --progress=json
expect_eq "$(whole verify)" true
expect_ok oci pull --progress=none "$REGISTRY/x:other"
expect_eq "$ERR" ""
expect_fail 1 'not auto, bars, lines, json or none' -- oci pull --progress=rubbish "$REGISTRY/x:other"
