#!/usr/bin/env bash
# Documents that are no JSON, or not the JSON they should be: the error says which and where.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

busybox_image layout:latest --cmd true
digest=$(jq -r '.manifests[0].digest' layout/index.json)
start_registry --layout layout

# serve_manifest TEXT: what the tag names from now on
serve_manifest() {
  local sum
  sum=$(printf '%s' "$1" | sha256sum | cut -d' ' -f1)
  printf '%s' "$1" >"layout/blobs/sha256/$sum"
  jq --arg digest "sha256:$sum" --argjson size "${#1}" '.manifests[0].digest = $digest | .manifests[0].size = $size' layout/index.json >index
  mv index layout/index.json
}

good=$(cat "layout/blobs/sha256/${digest#*:}")
for bad in '{"schemaVersion": 2,' 'no json at all' '[]' "$(jq -c '.layers[0].size = -1' <<<"$good")" \
  "$(jq -c '.layers[0].digest = "sha256:../../etc/passwd"' <<<"$good")" "$(jq -c 'del(.config)' <<<"$good")"; do
  serve_manifest "$bad"
  expect_fail 1 "^error: pull $REGISTRY/sample" manifest -- oci pull "$REGISTRY/sample"
  expect_nothing_half_written
done

make_bundle b true
printf '{"ociVersion": "1.0.2",' >b/config.json
expect_fail 1 'config.json' -- oci run -b b "$(id_of json)"
expect_fail 1 'does not exist' -- oci state "$(id_of json)"
