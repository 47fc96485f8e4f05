# What the tests of copying copy: LAYOUT holds `a` (OCI, two gzip layers), `docker` (schema 2), `plain` (plain layers), `zstd`,
# and the lists `multi` (OCI) and `list` (Docker's) of amd64 and arm64. Sourced after harness.sh.

make_images() {
  LAYOUT=$SCRATCH/images
  mkdir -p one/etc two/bin three
  seq 1 20000 >one/etc/numbers
  head -c 300000 /dev/urandom >two/bin/noise
  echo arm >three/arm
  make_image "$LAYOUT:a" --layer one --layer two --cmd sh >/dev/null
  make_image "$LAYOUT:docker" --docker --layer one --layer two --config '{"Env": ["PATH=/bin"], "Labels": {"b": "<2>", "a": "1"}}' >/dev/null
  make_image "$LAYOUT:plain" --layer one --layer two --compress none >/dev/null
  make_image "$LAYOUT:zstd" --layer one --layer two --compress zstd >/dev/null
  make_image "$LAYOUT:multi" --layer one --layer two --platform linux/amd64 --index >/dev/null
  make_image "$LAYOUT:multi" --layer one --layer three --platform linux/arm64 --index >/dev/null
  make_image "$LAYOUT:list" --docker --layer one --layer two --platform linux/amd64 --index >/dev/null
  make_image "$LAYOUT:list" --docker --layer one --layer three --platform linux/arm64 --index >/dev/null
}

# The digest index.json of a layout gives a name.
digest_in() { jq -r --arg ref "$2" '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $ref) | .digest' "$1/index.json"; }
