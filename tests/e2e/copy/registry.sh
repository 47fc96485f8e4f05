#!/usr/bin/env bash
# To registries and back, digests unchanged: plain http, TLS with a CA of its own, a login. skopeo reads what we push.
. "$(dirname "$0")/../../tools/harness.sh"
. "$(dirname "$0")/_images.sh"
need "$SKOPEO"
make_images

start_registry
plain=$REGISTRY
for tag in a docker multi list; do
  wanted=$(digest_in "$LAYOUT" $tag)
  expect_ok oci copy -q --all "oci:$LAYOUT:$tag" "dir:$tag.dir"
  expect_ok oci copy -q --all "dir:$tag.dir" "docker://$plain/copied/$tag:1"
  expect_eq "$OUT" "$wanted" "$tag to a registry"
  expect_ok "$SKOPEO" --insecure-policy copy -q --all --src-tls-verify=false "docker://$plain/copied/$tag:1" "dir:$tag.back"
  expect_eq "sha256:$(sha256sum "$tag.back/manifest.json" | cut -d' ' -f1)" "$wanted"
done
expect_ok oci copy -q "oci:$LAYOUT:plain" "docker://$plain/copied/plain:1"
expect_match "$ERR" 'layers have gzip now'

# Under its digest alone.
expect_ok oci copy -q "oci:$LAYOUT:a" "docker://$plain/untagged@@unknown-digest@@"
expect_eq "$OUT" "$(digest_in "$LAYOUT" a)"
expect_ok "$SKOPEO" inspect --raw --tls-verify=false "docker://$plain/untagged@$OUT"
expect_fail 2 'untagged' -- oci inspect "docker://$plain/untagged:latest"
expect_fail 1 'can only be written' -- oci copy -q "docker://$plain/untagged@@unknown-digest@@" dir:never
expect_fail 1 'neither a tag nor a digest' -- oci copy -q "oci:$LAYOUT:a" "docker://$plain/untagged:latest@@unknown-digest@@"

# The air gap: many images into one archive, shared blobs once, and out of it into another registry.
expect_ok oci copy -q --all "docker://$plain/copied/a:1" "docker://$plain/copied/multi:1" oci-archive:gap.tar
first=$OUT
expect_eq "$(tar -tf gap.tar | grep blobs/sha256/. | sort | uniq -d)" ""
start_registry --tls --login me:secret
expect_ok oci copy -q --all --dest-creds me:secret --dest-cert-dir "$REGISTRY_CERTS" oci-archive:gap.tar "docker://$REGISTRY"
expect_eq "$OUT" "$first" "digests beyond the gap"
expect_ok "$SKOPEO" inspect --raw --creds me:secret --cert-dir "$REGISTRY_CERTS" "docker://$REGISTRY/copied/multi:1"
expect_eq "sha256:$(printf %s "$OUT" | sha256sum | cut -d' ' -f1)" "$(tail -n 1 <<<"$first")"
expect_fail 1 'access to .* denied|log in' -- oci copy -q --dest-no-creds --dest-cert-dir "$REGISTRY_CERTS" "oci:$LAYOUT:a" "docker://$REGISTRY/x:1"
