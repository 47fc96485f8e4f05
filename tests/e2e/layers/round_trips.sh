#!/usr/bin/env bash
# Bundles go from us to umoci and back: whoever unpacks, packs and unpacks again, the tree is the same. OCI_ROUNDS for more.
# timeout: 900
. "$(dirname "$0")/_layers.sh"
need umoci
[ "$(id -u)" = 0 ] || skip "devices and owners take root"

by() { # by US-OR-THEM ARG…
  local who=$1
  shift
  if [ "$who" = us ]; then umoci "$@"; else "$UMOCI" "$@"; fi
}

round() { # round SEED WHO-UNPACKS WHO-PACKS WHO-UNPACKS-AGAIN
  local seed=$1 dir=$SCRATCH/$1 step
  mkdir "$dir"
  expect_ok by "$2" init --layout "$dir/L"
  expect_ok by "$3" new --image "$dir/L:0"
  for step in 1 2 3; do
    expect_ok by "$2" unpack --image "$dir/L:$((step - 1))" "$dir/b"
    expect_ok python3 "$TESTS/e2e/layers/random_tree.py" "$dir/b/rootfs" "$((seed * 10 + step))"
    expect_ok by "$3" repack --image "$dir/L:$step" --refresh-bundle "$dir/b"
    expect_ok by "$4" raw unpack --image "$dir/L:$step" "$dir/again"
    python3 "$TESTS/tools/compare_trees.py" "$dir/b/rootfs" "$dir/again" || fail "seed $seed, step $step: $2, $3, $4"
    # What the other refreshed fits the bundle.
    expect_ok by "$2" repack --image "$dir/L:same" "$dir/b"
    expect_eq "$(by "$4" stat --json --image "$dir/L:same" | jq -c '.history[-1].empty_layer')" true "seed $seed, step $step"
    rm -rf "$dir/b" "$dir/again"
  done
  rm -rf "${dir:?}"
}

for ((seed = 1; seed <= ${OCI_ROUNDS:-2}; seed++)); do
  round "${seed}1" us us us
  round "${seed}2" them us them
  round "${seed}3" us them us
  round "${seed}4" them us us
done
