#!/usr/bin/env bash
# What may pass is tried again: connections that break are resumed where they broke, busy registries waited for as they ask.
# timeout: 300
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"

need openssl
image_of_layers layout:latest
layer=$(layer_of layout 0)
size=$(stat -c %s "layout/blobs/sha256/${layer#*:}")
start_faults layout

granted() {
  expect_ok timeout 100 "$OCI" pull "$FAULTS/$1"
  expect_sound_store 1
  fresh_store
}
bytes_sent() { jq -s "map(select(.path | test(\"$1/blobs\"))) | map(.sent) | add" "$FAULT_LOG"; }

# Each connection breaks after some more bytes, and no byte comes twice.
truncate -s 350000 layer-big/noise
rm -rf layout
image_of_layers layout:latest
layer=$(layer_of layout 0)
size=$(stat -c %s "layout/blobs/sha256/${layer#*:}")
start_faults layout
granted cut
expect_contains "$ERR" "trying again"
sent=$(bytes_sent cut)
whole=$(jq '[.config.size, .layers[].size] | add' "layout/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' layout/index.json)")
if [ "$sent" -gt $((whole + 4096)) ]; then fail "$sent bytes were sent for $whole"; fi

granted cut-once-no-ranges
granted busy
granted later-0
granted later-1
granted later-date
granted later-rubbish
expect_fail 1 'asks to wait 999999 s' -- timeout 20 "$OCI" pull "$FAULTS/later-never"
expect_sound_store

# Silence ends a transfer, not the pull; one layer's trouble does not send the others again.
expect_ok timeout 60 "$OCI" pull --stall-timeout 1 "$FAULTS/stall-once"
expect_contains "$ERR" 'trying again'
expect_eq "$(requests ".path | test(\"stall-once/blobs\") and (test(\"$layer\") | not)")" 2 "requests of the other blobs"
expect_sound_store 1
fresh_store
expect_fail 1 'blob .*(slow|timed out)' -- timeout 60 "$OCI" pull --stall-timeout 1 "$FAULTS/stall"
expect_fail 1 'blob .*(slow|timed out)' -- timeout 60 "$OCI" pull --stall-timeout 1 "$FAULTS/endless-extension"
expect_fail 1 'not a number of seconds' -- oci pull --stall-timeout x "$FAULTS/ok"
expect_sound_store

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
expect_fail 1 "127.0.0.1 port $port: connection refused" -- timeout 20 "$OCI" pull "127.0.0.1:$port/x"
expect_fail 1 'resolve' -- timeout 20 "$OCI" pull "registry.invalid/x"
