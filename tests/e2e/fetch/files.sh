#!/usr/bin/env bash
# Layouts and archives as sources, written by skopeo: names, compression, what is there already.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"

need skopeo openssl gzip zstd xz bzip2
image_of_layers layout:latest
digest=$(jq -r '.manifests[0].digest' layout/index.json)
expect_ok oci pull oci:layout
expect_eq "$OUT" "$digest"
expect_eq "$(stored_manifest localhost/layout:latest)" "$digest"
expect_fail 2 'image not found' 'there are latest' -- oci pull oci:layout:none
image_of_layers layout:other
expect_fail 1 'more than one image' -- oci pull oci:layout
expect_ok oci pull oci:layout:@0
expect_eq "$OUT" "$digest"

"$SKOPEO" copy --quiet --insecure-policy oci:layout:latest oci-archive:saved.tar:example.com/team/app:7
gzip -k saved.tar; zstd -q saved.tar; xz -k saved.tar; bzip2 -k saved.tar
for archive in saved.tar saved.tar.gz saved.tar.zst saved.tar.xz saved.tar.bz2; do
  fresh_store
  expect_ok oci pull "oci-archive:$archive"
  expect_eq "$OUT" "$digest" "$archive"
  expect_eq "$(stored_manifest example.com/team/app:7)" "$digest"
  expect_sound_store 1
done
mkfifo pipe
cat saved.tar.gz >pipe &
fresh_store
expect_ok oci pull oci-archive:pipe
expect_eq "$OUT" "$digest" "out of a pipe"

# docker save's form: its config is kept, its layers are stored as they stand.
"$SKOPEO" copy --quiet --insecure-policy oci:layout:latest docker-archive:docker.tar:team/app:7
fresh_store
expect_ok oci pull docker-archive:docker.tar
docker_digest=$OUT
expect_eq "$(stored_manifest docker.io/team/app:7)" "$docker_digest"
manifest=$STORE/blobs/sha256/${docker_digest#*:}
config=$(jq -r .config.digest "$manifest")
expect_eq "$(jq -c '[.layers[].digest]' "$manifest")" "$(jq -c .rootfs.diff_ids "$STORE/blobs/sha256/${config#*:}")" "layers are the diff_ids"
expect_eq "$(jq -r '.layers[0].mediaType' "$manifest")" application/vnd.docker.image.rootfs.diff.tar
expect_eq "$(tar -xOf docker.tar manifest.json | jq -r '.[0].Config')" "${config#*:}.json"
expect_sound_store 1
expect_ok oci pull docker-archive:docker.tar:team/app:7
expect_eq "$OUT" "$docker_digest"
expect_fail 2 'no image has the tag' 'team/app:7' -- oci pull docker-archive:docker.tar:team/app:8

# Packed layers, in members that are links.
mkdir packed
tar -xf docker.tar -C packed
rm -f packed/repositories
chmod -R u+w packed
n=0
for layer in $(jq -r '.[0].Layers[]' packed/manifest.json); do
  n=$((n + 1))
  mkdir packed/$n
  case $n in 1) gzip -n <"packed/$layer" >packed/$n/real ;; *) xz <"packed/$layer" >packed/$n/real ;; esac
  rm "packed/$layer"
  ln -s "$n/real" "packed/$layer"
done
tar -cf packed.tar -C packed .
fresh_store
expect_ok oci pull docker-archive:packed.tar
manifest=$STORE/blobs/sha256/${OUT#*:}
expect_eq "$(jq -r '.layers[].mediaType' "$manifest")" $'application/vnd.docker.image.rootfs.diff.tar.gzip\napplication/vnd.docker.image.rootfs.diff.tar'
expect_sound_store 1
