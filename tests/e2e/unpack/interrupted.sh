#!/usr/bin/env bash
# An unpacking that is told to stop takes away what it made, by itself and within `oci run IMAGE`; the next one is not
# hindered. What a killed one leaves is named.
. "$(dirname "$0")/_unpack.sh"

# Many files, so that there is time to interrupt.
make_layout <<'PYTHON'
layer = Layer().dir("bin")
for i in range(60_000):
    layer.file(f"f{i}", b"x")
layout.image("many", [layer.tar()], config={"config": {"Cmd": ["true"]}})
PYTHON
expect_ok oci pull oci:img:many

interrupt() { # SIGNAL FOLDER COMMAND…: once FOLDER has a rootfs
  background WORK "${@:3}" >/dev/null 2>"$SCRATCH/err"
  wait_for 30 compgen -G "$2/rootfs/f*"
  kill "-$1" "$WORK"
  STATUS=0
  wait "$WORK" || STATUS=$?
  expect_eq "$STATUS" "$((128 + $(kill -l "$1")))" "status after $1"
}
no_containers() { [ -z "$(ls -A "$STORE/.oci/containers")" ]; }

for signal in TERM HUP; do
  interrupt "$signal" b oci unpack oci:img:many b
  expect_no_file b
  mkdir b
  interrupt "$signal" b oci unpack -b b oci:img:many
  expect_eq "$(ls -A b)" "" "what stays in a folder that was there"
  rmdir b
  interrupt "$signal" "$STORE/.oci/containers/*" oci run oci:img:many
  wait_for 30 no_containers
done

interrupt KILL b oci unpack oci:img:many b
expect_fail 1 'bundle b: there is a rootfs already' '^hint: ' -- oci unpack oci:img:many b
rm -rf b
expect_fail 1 "bundle's name is empty" -- oci unpack oci:img:many ""
