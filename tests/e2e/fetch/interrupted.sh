#!/usr/bin/env bash
# A pull that is killed leaves parts that the next one goes on from; two at the same time fetch each blob once.
# timeout: 200
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"

need openssl
mkdir layer-big
openssl rand -out layer-big/noise 1000000
image_of_layers layout:latest
whole=$(jq '[.config.size, .layers[].size] | add' "layout/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' layout/index.json)")
layer=$(layer_of layout 0)
part=$STORE/.oci/partial/sha256-${layer#*:}
start_faults layout
bytes_sent() { jq -s 'map(select(.path | test("/blobs/"))) | map(.sent) | add' "$FAULT_LOG"; }
part_is_at_least() { [ "$(stat -c %s "$part" 2>/dev/null || echo 0)" -ge "$1" ]; }

for bytes in 100000 300000 600000; do
  background PULL oci pull "$FAULTS/slow-layer" 2>/dev/null
  wait_for 30 part_is_at_least "$bytes"
  kill -KILL "$PULL"
  wait "$PULL" || true
  expect_sound_store
  expect_no_file "$STORE/blobs/sha256/${layer#*:}"
done
expect_ok oci pull "$FAULTS/slow-layer"
expect_contains "$ERR" "are there already"
expect_sound_store 1
expect_eq "$(find "$STORE/.oci/partial" -mindepth 1)" "" "parts"

# Of what was sent, at most what was on its way at each kill came twice.
sleep 1
sent=$(bytes_sent)
if [ "$sent" -gt $((whole * 3 / 2 + 3 * 200000)) ]; then fail "$sent bytes were sent for $whole"; fi

fresh_store
: >"$FAULT_LOG"
background ONE oci pull "$FAULTS/slow-layer" >one.out 2>/dev/null
background TWO oci pull "$FAULTS/slow-layer" >two.out 2>/dev/null
wait "$ONE"
wait "$TWO"
expect_eq "$(cat one.out)" "$(cat two.out)"
expect_sound_store 1
expect_eq "$(jq -r 'select(.path | test("/blobs/")) | .path' "$FAULT_LOG" | sort | uniq -d)" "" "blobs fetched twice"

# Killed while the other waits for it: the other takes over.
fresh_store
background ONE oci pull "$FAULTS/slow-layer" >/dev/null 2>&1
wait_for 30 part_is_at_least 200000
background TWO oci pull "$FAULTS/slow-layer" >two.out 2>/dev/null
sleep 0.3
kill -KILL "$ONE"
wait "$ONE" || true
wait "$TWO"
expect_sound_store 1

# A part that was damaged on disk is not trusted.
fresh_store
expect_fail any -- timeout 2 "$OCI" pull "$FAULTS/slow-layer"
if [ -e "$part" ]; then
  printf 'x' | dd of="$part" bs=1 seek=10 conv=notrunc status=none
fi
expect_ok oci pull "$FAULTS/slow-layer"
expect_sound_store 1
