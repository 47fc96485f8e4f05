# Shared by the tests of the store.

# two_images [LAYOUT]: pulls one:latest and other:latest, which share a layer. Sets ONE, OTHER (manifests) and SHARED (the layer).
two_images() {
  local layout=${1:-layout}
  mkdir -p layer-shared layer-one layer-other
  head -c 200000 /dev/urandom >layer-shared/noise
  echo one >layer-one/file
  echo other >layer-other/file
  make_image "$layout:one" --layer layer-shared --layer layer-one --cmd true >/dev/null
  make_image "$layout:other" --layer layer-shared --layer layer-other --cmd true >/dev/null
  ONE=$(oci pull --quiet "oci:$layout:one")
  OTHER=$(oci pull --quiet "oci:$layout:other")
  oci tag "$ONE" one
  oci tag "$OTHER" other
  oci rmi "localhost/$(basename "$layout"):one" "localhost/$(basename "$layout"):other" >/dev/null
  SHARED=$(jq -r '.layers[0].digest' "$STORE/blobs/${ONE/://}")
}

# bytes_of_image DIGEST: manifest, config and layers together
bytes_of_image() {
  jq --argjson own "$(stat -c %s "$STORE/blobs/${1/://}")" '[$own, .config.size, .layers[].size] | add' "$STORE/blobs/${1/://}"
}
