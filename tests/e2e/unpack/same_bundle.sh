#!/usr/bin/env bash
# Of several that unpack into one folder at the same time one does it, and the others leave its work alone.
. "$(dirname "$0")/_unpack.sh"

make_layout <<'PYTHON'
layer = Layer()
for i in range(300):
    layer.file(f"f{i}", b"x")
layout.image("small", [layer.tar()], config={"config": {"Cmd": ["true"]}})
PYTHON
expect_ok oci pull oci:img:small

for round in 1 2 3 4 5; do
  done=0 workers=()
  for i in 1 2 3 4; do
    background WORKER oci unpack -q oci:img:small b >/dev/null 2>>errors
    workers+=("$WORKER")
  done
  for WORKER in "${workers[@]}"; do
    if wait "$WORKER"; then done=$((done + 1)); fi
  done
  expect_eq "$done" 1 "how many succeeded"
  expect_file b/config.json
  expect_eq "$(find b/rootfs -type f | wc -l)" 300 "files"
  rm -rf b
done
expect_eq "$(grep -vE '^hint: |there is a (rootfs|config.json) already' errors || true)" "" "other errors"
