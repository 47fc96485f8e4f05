#!/usr/bin/env bash
# Names of the store: given, listed, taken off; blobs go with the last name that leads to them.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/store/_store.sh"

two_images
expect_ok oci tag one:latest two:1 registry.example/three
expect_ok oci images --format '{{.name}}\t{{.digest}}'
expect_contains "$OUT" "docker.io/library/two:1	$ONE"
expect_contains "$OUT" "registry.example/three:latest	$ONE"
expect_ok oci images --quiet
expect_eq "$(sort <<<"$OUT")" "$(printf '%s\n%s\n' "$ONE" "$OTHER" | sort)" "digests"
expect_ok oci images --format json
expect_eq "$(jq -r '.[] | select(.name == "docker.io/library/two:1") | .size' <<<"$OUT")" "$(bytes_of_image "$ONE")" "size"
expect_ok oci images
expect_match "$OUT" '^IMAGE +DIGEST +PLATFORM +SIZE +CREATED'
expect_fail 1 'unknown; there are .name' -- oci images --format '{{.Nothing}}'
expect_fail 1 'not table, json' -- oci images --format rubbish

expect_fail 2 'no image none' -- oci tag none two
expect_fail 1 'a digest cannot be given' -- oci tag one "x@$ONE"
expect_ok oci tag "$ONE" by-digest

# A name another program wrote there, were it no reference.
jq -c '.manifests += [.manifests[0] | .annotations["org.opencontainers.image.ref.name"] = "Not A Reference"]' "$STORE/index.json" >index.new
mv index.new "$STORE/index.json"
expect_ok oci tag 'Not A Reference' known
expect_ok oci rmi 'Not A Reference' known
expect_contains "$OUT" 'untagged Not A Reference'

# All or nothing; the last name takes the blobs along, those shared with the other image stay.
expect_fail 2 'no image none' -- oci rmi two:1 none
expect_ok oci rmi --force none
expect_ok oci rmi one two:1 by-digest
expect_file "$STORE/blobs/${ONE/://}"
expect_ok oci rmi registry.example/three
expect_contains "$OUT" 'untagged registry.example/three:latest'
expect_contains "$OUT" 'freed'
expect_no_file "$STORE/blobs/${ONE/://}"
expect_no_file "$STORE/.oci/images/${ONE/:/-}.json"
expect_file "$STORE/blobs/${SHARED/://}"
expect_ok oci unpack --rootfs-only other bundle
expect_ok oci rmi "$OTHER"
expect_eq "$(find "$STORE/blobs" -type f)" "" "blobs"
