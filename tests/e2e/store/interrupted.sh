#!/usr/bin/env bash
# Ctrl-C ends a pull and a copy at once, by the signal, with nothing half made left and what came kept for the next pull.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"

need openssl
image_of_layers layout:latest
start_faults layout --pace 300000
interrupted() { # SIGNAL COMMAND...: once bytes arrive
  local pid status=0
  : >told
  env --default-signal=INT "${@:2}" 2>told >/dev/null &
  pid=$!
  wait_for 20 grep -q '"event":"start"' told
  sleep 0.5
  kill -s "$1" "$pid"
  wait "$pid" || status=$?
  expect_eq "$status" $((128 + $(kill -l "$1"))) "status after SIG$1"
}
for signal in INT TERM; do
  interrupted $signal "$OCI" pull --progress=json "$FAULTS/paced"
  expect_sound_store
done
if [ -z "$(find "$STORE/.oci/partial" -type f -size +1k)" ]; then fail "no part was kept"; fi
interrupted INT "$OCI" copy --progress=json "docker://$FAULTS/paced" oci-archive:out.tar
interrupted INT "$OCI" copy --progress=json "docker://$FAULTS/paced" oci:out
expect_eq "$(find . -maxdepth 1 -name '*out.tar*')" "" "archives"
expect_eq "$(find out -name '.tmp-*')" "" "temporary files"

# Also when nothing arrives.
fresh_store
interrupted INT "$OCI" pull --progress=json "$FAULTS/stall"
