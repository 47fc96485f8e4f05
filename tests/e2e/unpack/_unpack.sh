# For the tests of unpack: layouts of hand-made layers (layers.py), unpacked by `oci unpack`.
. "$(dirname "${BASH_SOURCE[0]}")/../../tools/harness.sh"

COMPARE=$TESTS/tools/compare_trees.py
AREA=$TESTS/e2e/unpack

# make_layout [NAME] <PYTHON: the code finds layers.py imported and the Layout as `layout`. It is $SCRATCH/NAME ("img").
make_layout() {
  local name=${1:-img}
  { printf 'from layers import *\nlayout = Layout("%s")\n' "$SCRATCH/$name" && cat; } |
    PYTHONPATH=$AREA PYTHONDONTWRITEBYTECODE=1 python3 - || fail "make $name"
}

# tags [NAME]: the layout's, one a line
tags() { jq -r '.manifests[].annotations["org.opencontainers.image.ref.name"]' "$SCRATCH/${1:-img}/index.json"; }

# unpack TAG [NAME]: into $SCRATCH/b, which is made anew. What takes longer than 20 s or more than 100 MiB fails.
unpack() {
  rm -rf "$SCRATCH/b"
  timeout -k 1 "${UNPACK_SECONDS:-20}" "$OCI" unpack --rootfs-only "oci:$SCRATCH/${2:-img}:$1" "$SCRATCH/b"
}
