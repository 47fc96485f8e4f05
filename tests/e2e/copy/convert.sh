#!/usr/bin/env bash
# Forms and compressions: what a destination cannot take is converted as skopeo converts it, what changes is said.
. "$(dirname "$0")/../../tools/harness.sh"
. "$(dirname "$0")/_images.sh"
need "$SKOPEO"
make_images

# Docker's schema 2 to OCI: the same configuration and manifest as skopeo makes.
expect_ok oci copy -q "oci:$LAYOUT:docker" dir:source
expect_ok oci copy -q dir:source oci:ours:docker
expect_match "$ERR" 'the digest is another one: converted to OCI'
expect_ok "$SKOPEO" --insecure-policy copy -q dir:source oci:theirs:docker
expect_eq "$(digest_in ours docker)" "$(digest_in theirs docker)" "converted as skopeo does"
expect_fail 1 'Instructed to preserve digests' -- oci copy -q --preserve-digests dir:source oci:ours:never

# And back: the configuration keeps its bytes.
expect_ok oci copy -q --format v2s2 oci:ours:docker dir:back
expect_eq "$(jq -r .mediaType back/manifest.json)" application/vnd.docker.distribution.manifest.v2+json
expect_eq "$(jq -r .config.digest back/manifest.json)" \
  "$(jq -r .config.digest "ours/blobs/sha256/$(digest_in ours docker | cut -d: -f2)")"
expect_ok "$SKOPEO" --insecure-policy copy -q --format v2s2 oci:theirs:docker dir:back.theirs
expect_ok diff -r back back.theirs

# A list with its images.
expect_ok oci copy -q --all "oci:$LAYOUT:list" dir:list
expect_ok oci copy -q --all dir:list oci:ours:list
expect_ok "$SKOPEO" --insecure-policy copy -q --all dir:list oci:theirs:list
expect_eq "$(digest_in ours list)" "$(digest_in theirs list)" "a list converted as skopeo does"

# Compressions.
expect_ok oci copy -q "oci:$LAYOUT:plain" oci:ours:gzip
types() { jq -r '.layers[].mediaType' "ours/blobs/sha256/$(digest_in ours "$1" | cut -d: -f2)" | sort -u; }
expect_eq "$(types gzip)" application/vnd.oci.image.layer.v1.tar+gzip
expect_ok oci copy -q --dest-compress-format zstd --dest-compress-level 5 oci:ours:gzip oci:ours:zstd
expect_eq "$(types zstd)" application/vnd.oci.image.layer.v1.tar+zstd
expect_ok oci copy -q --dest-compress-format gzip oci:ours:zstd oci:ours:again
expect_eq "$(digest_in ours again)" "$(digest_in ours gzip)"
expect_ok oci copy -q --dest-decompress oci:ours:zstd dir:plain
expect_eq "$(jq -c .layers plain/manifest.json)" \
  "$(jq -c .layers "$LAYOUT/blobs/sha256/$(digest_in "$LAYOUT" plain | cut -d: -f2)")" "decompressed to what it was"
expect_ok oci copy -q --dest-compress dir:plain dir:packed
expect_eq "$(jq -r '.layers[0].mediaType' packed/manifest.json)" application/vnd.oci.image.layer.v1.tar+gzip
expect_fail 1 'zstd compression is not officially supported for docker images' -- \
  oci copy -q --format v2s2 oci:ours:zstd dir:never
expect_fail 1 'unknown format' -- oci copy --format v3 oci:ours:zstd dir:never

# Gzip is but a preference: layers that are plain stay so where the digest has to stay.
expect_ok oci copy -q --preserve-digests "oci:$LAYOUT:plain" oci:kept:plain
expect_eq "$(digest_in kept plain)" "$(digest_in "$LAYOUT" plain)"
expect_fail 1 'Instructed to preserve digests' -- \
  oci copy -q --preserve-digests --dest-compress-format gzip "oci:$LAYOUT:plain" oci:kept:never

# Platforms: one, two of them, none there.
expect_ok oci copy -q --platform linux/arm64 "oci:$LAYOUT:multi" oci:ours:arm
expect_eq "$(digest_in ours arm)" "$(jq -r '.manifests[] | select(.platform.architecture == "arm64") | .digest' \
  "$LAYOUT/blobs/sha256/$(digest_in "$LAYOUT" multi | cut -d: -f2)")"
expect_ok oci copy -q --override-arch arm64 "oci:$LAYOUT:multi" oci:ours:override
expect_eq "$(digest_in ours override)" "$(digest_in ours arm)"
expect_ok oci copy -q --platform linux/arm64 --platform linux/amd64 "oci:$LAYOUT:multi" oci:ours:both
expect_match "$ERR$OUT" sha256:
expect_fail 2 'none in the index is for linux/s390x' -- oci copy --platform linux/s390x "oci:$LAYOUT:multi" oci:ours:none
