# Shared by the tests of what `run` takes its words for: an image that says "image", a bundle that says "bundle".

image_and_bundle() {
  make_rootfs image-rootfs
  make_image layout:latest --layer image-rootfs --cmd echo --cmd image >/dev/null
  start_registry --layout layout
  IMAGE=$REGISTRY/sample
  expect_ok oci pull "$IMAGE"
  make_bundle named echo bundle
}

# store_name NAME: the image gets this plain name in the store.
store_name() {
  jq --arg name "docker.io/library/$1:latest" '.manifests += [.manifests[0] | .annotations["org.opencontainers.image.ref.name"] = $name]' \
    "$STORE/index.json" >index.json
  mv index.json "$STORE/index.json"
}

expect_clean() {
  expect_eq "$(find "$ROOT" -mindepth 1 -maxdepth 1 -not -name '.*' 2>/dev/null)" "" "container state"
  expect_eq "$(ls -A "$STORE/.oci/containers" 2>/dev/null)" "" "containers in the store"
}
