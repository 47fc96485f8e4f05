#!/usr/bin/env bash
# Between layouts, archives and folders copies keep every byte, and skopeo reads what we write.
. "$(dirname "$0")/../../tools/harness.sh"
. "$(dirname "$0")/_images.sh"
need "$SKOPEO"
make_images

for tag in a docker multi list; do
  wanted=$(digest_in "$LAYOUT" $tag)
  expect_ok oci copy -q --all "oci:$LAYOUT:$tag" "dir:$tag.dir"
  expect_eq "$OUT" "$wanted" "$tag to dir"
  expect_eq "sha256:$(sha256sum "$tag.dir/manifest.json" | cut -d' ' -f1)" "$wanted"
  expect_ok "$SKOPEO" --insecure-policy copy -q --all "dir:$tag.dir" "dir:$tag.skopeo"
  expect_ok diff -r -x version "$tag.dir" "$tag.skopeo"
done

for tag in a multi; do
  wanted=$(digest_in "$LAYOUT" $tag)
  expect_ok oci copy -q --all "dir:$tag.dir" "oci-archive:$tag.tar:$tag"
  expect_eq "$OUT" "$wanted"
  expect_ok tar -tf $tag.tar
  expect_ok "$SKOPEO" --insecure-policy copy -q --all "oci-archive:$tag.tar:$tag" "oci:by-skopeo:$tag"
  expect_eq "$(digest_in by-skopeo $tag)" "$wanted" "skopeo reads our archive"
  expect_ok "$SKOPEO" --insecure-policy copy -q --all "oci:by-skopeo:$tag" "oci-archive:skopeo-$tag.tar:$tag"
  expect_ok oci copy -q --all "oci-archive:skopeo-$tag.tar" "oci:ours:$tag"
  expect_eq "$OUT" "$wanted" "we read skopeo's archive"
  expect_eq "$(digest_in ours $tag)" "$wanted"
done
expect_eq "$(cat ours/oci-layout)" '{"imageLayoutVersion":"1.0.0"}'
expect_eq "$(stat -c %a ours/oci-layout ours/blobs/sha256/* | sort -u)" 644

# A name that moves leaves the older entry, nameless.
expect_ok oci copy -q "oci:$LAYOUT:plain" --dest-oci-accept-uncompressed-layers oci:ours:a
expect_eq "$(jq -r '.manifests | length' ours/index.json)" 3
expect_eq "$(digest_in ours a)" "$(digest_in "$LAYOUT" plain)"

# A docker archive has plain layers; both ways.
expect_ok oci copy -q "oci:$LAYOUT:a" docker-archive:saved.tar:some/name:1
expect_eq "$(tar -xOf saved.tar manifest.json | jq -r '.[0].RepoTags[0]')" docker.io/some/name:1
config=$(tar -xOf saved.tar manifest.json | jq -r '.[0].Config')
expect_eq "$(tar -xOf saved.tar "$config" | sha256sum | cut -d' ' -f1).json" "$config"
expect_ok "$SKOPEO" --insecure-policy copy -q docker-archive:saved.tar:some/name:1 dir:saved.skopeo
expect_ok oci copy -q docker-archive:saved.tar dir:saved.dir
expect_eq "$(cd saved.dir && ls | grep -v -e manifest -e version)" "$(cd saved.skopeo && ls | grep -v -e manifest -e version)"
expect_fail 1 "doesn't support modifying" -- oci copy -q "oci:$LAYOUT:a" docker-archive:saved.tar:other:1
expect_ok "$SKOPEO" --insecure-policy copy -q "oci:$LAYOUT:a" docker-archive:theirs.tar:x:1
expect_ok oci copy -q docker-archive:theirs.tar:x:1 dir:theirs.dir
expect_eq "$(cd theirs.dir && ls | grep -v -e manifest -e version)" "$(cd saved.dir && ls | grep -v -e manifest -e version)"
expect_fail 1 "does not support copying multiple images" -- oci copy -q --all "oci:$LAYOUT:multi" docker-archive:lists.tar
expect_no_file lists.tar

# Exit codes and errors.
expect_fail 2 'no descriptor found for reference "nosuch"' -- oci copy "oci:$LAYOUT:nosuch" dir:x
expect_fail 1 'more than one image' -- oci copy "oci:$LAYOUT" dir:x
mkdir precious && touch precious/thing
expect_fail 1 "don't want to overwrite" -- oci copy "oci:$LAYOUT:a" dir:precious
expect_file precious/thing
blob=$(jq -r .layers[0].digest a.dir/manifest.json)
printf x >>"a.dir/${blob#sha256:}"
expect_fail 1 'larger than' -- oci copy dir:a.dir oci-archive:broken.tar
expect_no_file broken.tar
expect_eq "$(find . -maxdepth 1 -name '.broken*')" ""
