# Shared by the tests of fetch.

# image_of_layers LAYOUT:TAG [MAKE-IMAGE-ARG…]: two layers, 3 MB that do not compress and a small one.
image_of_layers() {
  local target=$1
  shift
  mkdir -p layer-big layer-small
  [ -e layer-big/noise ] || openssl rand -out layer-big/noise 3000000
  echo "small ${target##*:}" >layer-small/file
  make_image "$target" --layer layer-big --layer layer-small --cmd true "$@" >/dev/null
}

# start_faults LAYOUT [--tls CERT KEY]: sets FAULTS and ATTACKER (127.0.0.1:PORT) and FAULT_LOG (tests/tools/fault_registry.py).
start_faults() {
  local FAULTS_PID
  FAULT_LOG=$SCRATCH/faults.log
  background FAULTS_PID python3 "$TESTS/tools/fault_registry.py" --layout "$1" --log "$FAULT_LOG" "${@:2}" 2>"$SCRATCH/faults.err"
  wait_for 30 grep -q '^attacker on' "$SCRATCH/faults.err"
  FAULTS=$(sed -n 's/^listening on //p' "$SCRATCH/faults.err")
  ATTACKER=$(sed -n 's/^attacker on //p' "$SCRATCH/faults.err")
}

# requests FILTER: how many lines of the fault registry's log jq's FILTER holds for
requests() { jq -s "map(select($1)) | length" "$FAULT_LOG"; }

# stored_manifest REF: the digest the store has under that name, or nothing
stored_manifest() {
  jq -r --arg ref "$1" '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $ref) | .digest' "$STORE/index.json"
}

# layer_of LAYOUT N: the digest of the N-th layer of its first image
layer_of() { jq -r ".layers[$2].digest" "$1/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' "$1/index.json")"; }

# The store holds whole blobs only, and NUMBER names.
expect_sound_store() {
  local blob
  if [ ! -e "$STORE/index.json" ]; then return; fi
  expect_eq "$(jq '.manifests | length' "$STORE/index.json")" "${1:-0}" "names in the store"
  for blob in "$STORE"/blobs/sha256/*; do
    [ -f "$blob" ] || continue
    expect_eq "$(sha256sum <"$blob" | cut -d' ' -f1)" "$(basename "$blob")" "digest of a stored blob"
  done
  expect_eq "$(find "$STORE/.oci/tmp" -mindepth 1)" "" "temporary files"
}

fresh_store() { rm -rf "$STORE"; }
