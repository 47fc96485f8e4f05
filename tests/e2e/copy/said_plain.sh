#!/usr/bin/env bash
# Layers whose media type says that they are not compressed while they are: as they are they stay, and where they are to become
# something else, their bytes decide. A wrong diff_id is found in any algorithm.
. "$(dirname "$0")/../../tools/harness.sh"
. "$(dirname "$0")/_images.sh"
need jq
make_images

# relabel NAME FROM: the image of that name, its layers said to be plain.
relabel() {
  local manifest="$LAYOUT/blobs/sha256/$(digest_in "$LAYOUT" "$2" | cut -d: -f2)"
  jq -c '.layers[].mediaType = "application/vnd.oci.image.layer.v1.tar"' "$manifest" >changed
  add_manifest "$1" changed
}
# add_manifest NAME FILE
add_manifest() {
  local digest
  digest=$(sha256sum "$2" | cut -d' ' -f1)
  cp "$2" "$LAYOUT/blobs/sha256/$digest"
  jq -c --arg digest "sha256:$digest" --argjson size "$(stat -c %s "$2")" --arg name "$1" '.manifests += [{mediaType:
    "application/vnd.oci.image.manifest.v1+json", digest: $digest, size: $size,
    annotations: {"org.opencontainers.image.ref.name": $name}}]' "$LAYOUT/index.json" >index.new
  mv index.new "$LAYOUT/index.json"
}
relabel said-gzip a
relabel said-zstd zstd

for name in said-gzip said-zstd; do
  expect_ok oci copy -q "oci:$LAYOUT:$name" "docker-archive:$name.tar:x:1"
  mkdir "$name" && tar -xf "$name.tar" -C "$name"
  for layer in $(jq -r '.[0].Layers[]' "$name/manifest.json"); do
    expect_ok tar -tf "$name/$layer"
    expect_eq "$(sha256sum "$name/$layer" | cut -d' ' -f1).tar" "$layer"
  done
  expect_ok oci verify "docker-archive:$name.tar"
done
expect_eq "$(jq -c '.[0].Layers' said-gzip/manifest.json)" "$(jq -c '.[0].Layers' said-zstd/manifest.json)"

# What is gzip stays as it is where gzip is wanted, what is zstd becomes gzip.
expect_ok oci copy -q "oci:$LAYOUT:said-gzip" oci:out:gzip
expect_eq "$(digest_in out gzip)" "$(digest_in "$LAYOUT" said-gzip)"
expect_ok oci copy -q --dest-compress-format gzip "oci:$LAYOUT:said-zstd" oci:out:zstd
expect_ok oci verify oci:out:zstd
expect_eq "$(jq -r '.layers[].mediaType' "out/blobs/sha256/$(digest_in out zstd | cut -d: -f2)" | sort -u)" \
  application/vnd.oci.image.layer.v1.tar+gzip
# Twice the same layer.
jq -c '.layers += [.layers[0]]' "$LAYOUT/blobs/sha256/$(digest_in "$LAYOUT" said-gzip | cut -d: -f2)" >twice
config=$(jq -r .config.digest twice | cut -d: -f2)
jq -c '.rootfs.diff_ids += [.rootfs.diff_ids[0]] | .history = []' "$LAYOUT/blobs/sha256/$config" >config
# with_config FILE CONFIG: the manifest of FILE with that configuration.
with_config() {
  local digest
  digest=$(sha256sum "$2" | cut -d' ' -f1)
  cp "$2" "$LAYOUT/blobs/sha256/$digest"
  jq -c --arg digest "sha256:$digest" --argjson size "$(stat -c %s "$2")" '.config.digest = $digest | .config.size = $size' "$1"
}
with_config twice config >twice.new
add_manifest twice twice.new
expect_ok oci copy -q "oci:$LAYOUT:twice" docker-archive:twice.tar:x:1
expect_eq "$(tar -xOf twice.tar manifest.json | jq -c '.[0].Layers | [length, (.[0] == .[2])]')" '[3,true]'
expect_ok oci verify docker-archive:twice.tar

# diff_ids: of each layer that is written plain, in the algorithm they are in.
plain=$LAYOUT/blobs/sha256/$(digest_in "$LAYOUT" a | cut -d: -f2)
config=$LAYOUT/blobs/sha256/$(jq -r .config.digest "$plain" | cut -d: -f2)
layer=$LAYOUT/blobs/sha256/$(jq -r '.layers[0].digest' "$plain" | cut -d: -f2)
right=sha512:$(zcat "$layer" | sha512sum | cut -d' ' -f1) wrong=sha512:$(sha512sum </dev/null | cut -d' ' -f1)
for id in "$right" "$wrong"; do
  jq -c --arg id "$id" '.rootfs.diff_ids[0] = $id' "$config" >config
  with_config "$plain" config >manifest
  add_manifest "${id:7:9}" manifest
done
expect_ok oci copy -q "oci:$LAYOUT:${right:7:9}" docker-archive:right.tar:x:1
expect_fail 1 'wrong diff_id: the config says sha512:' -- oci copy -q "oci:$LAYOUT:${wrong:7:9}" docker-archive:wrong.tar:x:1
expect_no_file wrong.tar
