#!/usr/bin/env bash
# Images of Docker's schema 1 become ones of schema 2 or OCI when they are pulled and copied, and are looked at as they are.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"
need openssl jq

image_of_layers layout:latest
start_faults layout
ln -s "$OCI" skopeo
digest() { curl -s "http://$FAULTS/v2/schema1-unsigned/manifests/latest" | sha256sum | cut -d' ' -f1; }
signed=sha256:$(digest)

# The digest is of what is signed.
expect_ok oci digest "docker://$FAULTS/schema1:latest"
expect_eq "$OUT" "$signed"
expect_ok oci inspect --raw "docker://$FAULTS/schema1@$signed"
printf '%s' "$OUT" >signed.json
expect_ok ./skopeo manifest-digest signed.json
expect_eq "$OUT" "$signed"

# Pulled: the layers are the same blobs, oldest first; what changed no file is history alone.
for repository in schema1 schema1-unsigned "schema1@$signed"; do
  expect_ok oci pull -q "$FAULTS/$repository"
  expect_sound_store 1
  manifest=$STORE/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' "$STORE/index.json")
  expect_eq "$(jq -r .mediaType "$manifest")" application/vnd.docker.distribution.manifest.v2+json
  expect_eq "$(jq -r '.layers[].digest' "$manifest")" "$(layer_of layout 0)"$'\n'"$(layer_of layout 1)"
  config=$STORE/blobs/sha256/$(jq -r '.config.digest[7:]' "$manifest")
  expect_eq "$(jq -c '[.history[] | [.created_by, .empty_layer]]' "$config")" \
    '[["sh -c step 0",null],["sh -c step 1",null],["CMD",true]]'
  expect_eq "$(jq -c '[.config.Cmd, .author, .id, .parent, .throwaway]' "$config")" '[["true"],"me <me@here>",null,null,null]'
  expect_ok oci verify
  expect_ok oci unpack --rootless
  cmp bundle/rootfs/noise layer-big/noise
  rm -rf bundle
  fresh_store
done

# Copied: to OCI where that is what the destination holds; elsewhere as schema 2; not where the digest is to stay.
expect_ok oci copy -q "docker://$FAULTS/schema1:latest" oci:copied:1
expect_ok oci verify oci:copied:1
expect_ok oci copy -q "docker://$FAULTS/schema1:latest" dir:as-dir
expect_eq "$(jq .schemaVersion as-dir/manifest.json)" 2
expect_fail 1 'we cannot modify it' -- oci copy -q --preserve-digests "docker://$FAULTS/schema1:latest" oci:never:1

# Out of a folder by skopeo, which keeps schema 1 there.
mkdir kept
printf 'Directory Transport Version: 1.1\n' >kept/version
cp signed.json kept/manifest.json
for i in 0 1; do
  layer=$(layer_of layout $i)
  cp "layout/blobs/sha256/${layer:7}" "kept/${layer:7}"
done
expect_ok oci copy -q dir:kept oci:copied:2
expect_eq "$(jq -r '.manifests[1].digest' copied/index.json)" "$(jq -r '.manifests[0].digest' copied/index.json)"

# Looked at without a layer.
expect_ok oci inspect "docker://$FAULTS/schema1:latest"
expect_eq "$(jq -c '[.Digest, .DockerVersion, .Architecture, .Created, (.Layers | length), .LayersData[0].Size]' <<<"$OUT")" \
  "$(jq -nc --arg d "$signed" --arg a "$(jq -r .Architecture <<<"$OUT")" '[$d, "1.9.1", $a, "2015-01-01T00:00:00Z", 3, -1]')"

# Not what was signed; not what was asked for.
expect_fail 1 'duplicate|fsLayers' -- oci pull -q "$FAULTS/schema1-swapped@$signed"
expect_fail 1 'wrong digest' -- oci pull -q "$FAULTS/type-lie@$signed"
expect_sound_store 0
