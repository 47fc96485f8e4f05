#!/usr/bin/env bash
# When requests are tried again is the user's to say; a command has its deadline; servers are told who asks.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"
need openssl jq

image_of_layers layout:latest
start_faults layout
ln -s "$OCI" skopeo

# A time between tries of our own, which a server's Retry-After only lengthens.
expect_ok oci pull --progress lines --retry-delay 1500ms "$FAULTS/later-0"
expect_contains "$ERR" 'trying again in 2 s (1/3)'
expect_sound_store 1
fresh_store
expect_fail 1 '503 UNAVAILABLE' -- oci pull --progress lines --retry-times 1 --retry-delay 10ms "$FAULTS/storm"
expect_contains "$ERR" '(1/1)'
expect_not_contains "$ERR" '(2/'
expect_fail 1 'retry-delay 5: not a length of time' -- oci pull --retry-delay 5 "$FAULTS/ok"

# A registry that is not there yet is waited for when tries are asked for, and not otherwise.
expect_fail 1 'connection refused' -- oci pull --progress lines 127.0.0.1:1/x
expect_not_contains "$ERR" 'trying again'
expect_fail 1 'connection refused' -- oci pull --progress lines --retry-times 2 --retry-delay 10ms 127.0.0.1:1/x
expect_contains "$ERR" 'trying again in 1 s (2/2)'

# The whole command ends, whatever it waits for, and leaves nothing half made.
expect_fail 1 'level=fatal msg=".*deadline exceeded' -- timeout 60 ./skopeo --command-timeout 1s --insecure-policy copy -q \
  --src-tls-verify=false "docker://$FAULTS/stall:latest" oci:stalled:latest
expect_eq "$(find stalled -type f -size +200k)" "" "what is left of a layer"
expect_eq "$(jq '.manifests | length' stalled/index.json)" 0 "images after the deadline"
mkfifo never
expect_fail 1 'level=fatal msg="context deadline exceeded"' -- timeout 60 ./skopeo --command-timeout 0.2s login \
  --tls-verify=false -u me --password-stdin "$FAULTS" <>never
expect_fail 1 'command-timeout 1: not a length of time' -- ./skopeo --command-timeout 1 list-tags docker://x/y
expect_ok ./skopeo --command-timeout 1h inspect --raw --tls-verify=false "docker://$FAULTS/ok:latest"

# Who asks.
expect_ok ./skopeo --user-agent-prefix me/1.0 inspect --raw --tls-verify=false "docker://$FAULTS/ok:latest"
agents() { jq -r '.headers["User-Agent"]' "$FAULT_LOG" | sort -u; }
expect_match "$(agents)" '^me/1.0 skopeo/[0-9.]+ oci/'
expect_match "$(agents)" '^skopeo/[0-9.]+ oci/'
expect_match "$(agents)" '^oci/[^ ]+$'
