#!/usr/bin/env bash
# From a real registry over http on loopback: by tag and digest, OCI and Docker's documents, one of several platforms.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"

need skopeo openssl
image_of_layers layout:oci
image_of_layers docker-layout:docker --docker
image_of_layers layout:multi --index --platform linux/amd64
image_of_layers layout:multi --index --platform linux/arm64/v8
start_registry
push layout:oci sample:oci
"$SKOPEO" copy --quiet --insecure-policy --dest-tls-verify=false --format v2s2 oci:layout:oci "docker://$REGISTRY/sample:docker"
"$SKOPEO" copy --quiet --insecure-policy --dest-tls-verify=false --all oci:layout:multi "docker://$REGISTRY/sample:multi"
remote_digest() { "$SKOPEO" inspect --tls-verify=false --no-tags "${@:2}" --format '{{.Digest}}' "docker://$REGISTRY/$1"; }

for tag in oci docker; do
  digest=$(remote_digest "sample:$tag")
  expect_ok oci pull "$REGISTRY/sample:$tag"
  expect_eq "$OUT" "$digest" "what pull prints"
  expect_eq "$(stored_manifest "$REGISTRY/sample:$tag")" "$digest"
  expect_ok oci pull "$REGISTRY/sample@$digest"
  expect_eq "$(stored_manifest "$REGISTRY/sample@$digest")" "$digest"
done
expect_sound_store 4

for platform in linux/amd64 linux/arm64; do
  expect_ok oci pull --platform "$platform" "$REGISTRY/sample:multi"
  config=$(jq -r '.config.digest[7:]' "$STORE/blobs/sha256/${OUT#*:}")
  expect_eq "linux/$(jq -r .architecture "$STORE/blobs/sha256/$config")" "$platform"
done
expect_fail 2 'image not found' 'linux/s390x' 'linux/amd64' -- oci pull --platform linux/s390x "$REGISTRY/sample:multi"

# An image without an index is taken as it is, with a word about it.
expect_ok oci pull --platform linux/arm64 "$REGISTRY/sample:oci"
expect_contains "$ERR" "this image is for linux/amd64, not for linux/arm64"
expect_ok oci pull "$REGISTRY/sample:oci"
expect_not_contains "$ERR" "this image is for"

expect_fail 2 "pull $REGISTRY/sample:none: image not found" 'MANIFEST_UNKNOWN' -- oci pull "$REGISTRY/sample:none"
expect_fail 2 'image not found' -- oci pull "$REGISTRY/sample@sha256:$(printf '0%.0s' {1..64})"
expect_fail 1 -- oci pull --tls-verify=true "$REGISTRY/sample:oci"

# Nothing is fetched twice: the manifest is asked for, no blob is.
before=$(grep -c 'GET /v2/sample/blobs' "$REGISTRY_LOG")
expect_ok oci pull "$REGISTRY/sample:oci"
expect_eq "$(grep -c 'GET /v2/sample/blobs' "$REGISTRY_LOG")" "$before" "blobs fetched"
expect_not_contains "$ERR" download
