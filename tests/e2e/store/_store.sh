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

# killed_pulls ROUNDS BYTES: two layers of BYTES each and some small ones, pulled from a registry that takes its time.
killed_pulls() {
  local rounds=$1 bytes=$2 layers=() n round whole sent
  need openssl
  for n in 1 2; do
    mkdir "noise$n"
    openssl rand -out "noise$n/file" "$bytes"
    layers+=(--layer "noise$n")
  done
  for n in $(seq 6); do
    mkdir "small$n"
    echo "$n" >"small$n/file"
    layers+=(--layer "small$n")
  done
  make_image layout:latest "${layers[@]}" --compress none --cmd true >/dev/null
  start_faults layout --pace "$((bytes * 5 / rounds))"
  for round in $(seq "$rounds"); do
    python3 "$TESTS/e2e/store/killed.py" 0.05 0.4 "$OCI" pull -q "$FAULTS/paced"
    expect_ok oci verify --quiet
  done
  expect_ok oci pull "$FAULTS/paced"
  expect_ok oci verify --quiet --json
  expect_eq "$(jq -c '[.images, .blobs]' <<<"$OUT")" '[1,10]' "images and blobs"
  expect_ok oci gc --all
  expect_contains "$OUT" ': 0 B freed'
  sleep 0.5
  whole=$(jq '[.config.size, .layers[].size] | add' "layout/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' layout/index.json)")
  sent=$(jq -s 'map(select(.path | test("/blobs/")).sent) | add' "$FAULT_LOG")
  if [ "$sent" -ge $((whole * 3 / 2)) ]; then fail "$sent bytes were sent for $whole"; fi
}

# beside_gc ROUNDS: pulls, tags and unpacks while gc runs again and again.
beside_gc() {
  local rounds=$1 round one two
  two_images
  start_registry --layout layout
  background GC bash -c 'while "$0" gc >>gc.log 2>&1; do sleep 0.02; done; echo failed >>gc.log' "$OCI"
  for round in $(seq "$rounds"); do
    expect_ok oci rmi --force one other "$REGISTRY/x:one" "$REGISTRY/x:other" tagged
    background one oci pull --quiet "$REGISTRY/x:one" >one.out 2>&1
    background two oci pull --quiet --unpack "$REGISTRY/x:other" "pulled$round" >two.out 2>&1
    wait "$one" || fail "$(cat one.out)"
    wait "$two" || fail "$(cat two.out)"
    expect_ok oci tag "$REGISTRY/x:one" tagged
    expect_ok oci rmi "$REGISTRY/x:one"
    expect_ok oci unpack --quiet tagged "bundle$round"
    expect_file "bundle$round/rootfs/noise"
    expect_ok oci verify --quiet
  done
  stop_process "$GC"
  expect_not_contains "$(cat gc.log)" failed
  expect_contains "$(cat gc.log)" 'freed'
}
