#!/usr/bin/env bash
# init, new, tag, rm, ls and gc do what umoci's do; a wrong line changes nothing.
. "$(dirname "$0")/_layers.sh"

expect_ok umoci init --layout "$L"
expect_file "$L/oci-layout"
expect_eq "$(jq -c .manifests "$L/index.json")" '[]'
refused init --layout "$L"
refused init
refused init --layout ''
refused init --layout "$SCRATCH/x" more
refused init --layout "$SCRATCH/a:b"
expect_no_file "$SCRATCH/x"

expect_ok umoci new --image "$L:a"
expect_ok umoci new --image "$L"
expect_eq "$(jq -r '.manifests[0].digest' "$L/index.json")" \
  sha256:2212c76866e6efd523a244d9f298a8c051c4c0925af9b1eb1b660091b1c6ce7d 'the digest umoci gives an amd64 image'
expect_eq "$(config_of a)" \
  '{"created":"2023-11-14T22:13:20Z","architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}'
refused new
refused new --image ''
refused new --image "$L:"
refused new --image "$L:in valid"
refused new --image "$L:b" more
refused new --image "$SCRATCH/nosuch:a"
expect_no_file "$SCRATCH/nosuch"
SOURCE_DATE_EPOCH=soon refused new --image "$L:z"

expect_ok umoci tag --image "$L:a" b
expect_ok umoci tag b/c.1 --image "$L:a"
refused tag --image "$L:a"
refused tag --image "$L:a" ''
refused tag --image "$L:a" 'bad tag'
refused tag --image "$L:a" x y
refused tag --image "$L:nosuch" x
expect_eq "$(umoci ls --layout "$L")" $'a\nlatest\nb\nb/c.1'
expect_eq "$(umoci list --layout="$L" | wc -l)" 4
refused ls
refused ls --layout "$L" more
refused ls --layout "$SCRATCH/nosuch"

expect_ok umoci rm --image "$L:a"
before=$(state_of "$L")
expect_ok umoci remove --image "$L:a"
expect_eq "$before" "$(state_of "$L")" 'the layout after a tag was removed that is not there'
refused rm
refused rm --image "$L:b" more

expect_ok umoci config --image "$L:b" --config.user me
echo junk >"$L/blobs/sha256/$(printf %064d 7)"
mkdir "$L/.umoci-left"
expect_eq "$(ls "$L/blobs/sha256" | wc -l)" 5
expect_ok umoci gc --layout "$L"
expect_eq "$(ls "$L/blobs/sha256" | wc -l)" 4
expect_no_file "$L/.umoci-left"
expect_ok umoci rm --image "$L:b"
expect_ok umoci gc --layout "$L"
expect_eq "$(ls "$L/blobs/sha256" | wc -l)" 2
expect_ok umoci stat --image "$L"
refused gc
refused gc --layout "$L" more

# A manifest that cannot be read stops gc before it removes anything.
manifest=$(jq -r '.manifests[0].digest' "$L/index.json")
sed -i 's/2/3/' "$L/blobs/sha256/${manifest#sha256:}"
refused gc --layout "$L"
