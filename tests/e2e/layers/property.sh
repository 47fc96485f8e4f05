#!/usr/bin/env bash
# Random layers unpack to what a model says; random edits survive a repack; an export is the rootfs. OCI_ROUNDS for more.
# timeout: 600
. "$(dirname "$0")/_layers.sh"

for ((seed = 1; seed <= ${OCI_ROUNDS:-6}; seed++)); do
  python3 "$TESTS/e2e/layers/property.py" "$OCI" "$SCRATCH/$seed" "$seed" || fail "seed $seed"
  rm -rf "${SCRATCH:?}/$seed"
done
