#!/usr/bin/env bash
# The layers we make are umoci's byte for byte before they are compressed: the same diff_ids.
. "$(dirname "$0")/_layers.sh"
need umoci jq
[ "$(id -u)" = 0 ] || skip "devices and owners take root"

mkdir -p src/d
echo hi >src/f
ln -s f src/l
ln src/f src/h
mkfifo src/p
chown 1000:1000 src/d
chmod 4755 src/f
touch -h -d @5 src/l src/p
touch -d @5 src/f src/d src
diff_ids() { # diff_ids UMOCI FOLDER
  mkdir "$2"
  (
    cd "$2"
    expect_ok "$1" init --layout L
    expect_ok "$1" new --image L:a
    expect_ok "$1" insert --image L:a "$SCRATCH/src" /opt
    expect_ok "$1" insert --image L:a --opaque "$SCRATCH/src" /opaque
    expect_ok "$1" insert --image L:a --whiteout /opt/l
    expect_ok "$1" unpack --image L:a b
    echo new >b/rootfs/new
    rm b/rootfs/opt/d -r
    touch -d @7 b/rootfs/new b/rootfs/opt b/rootfs
    expect_ok "$1" repack --image L:a b
    expect_ok "$1" stat --image L:a --json
    jq -r '.history[].diff_id' <<<"$OUT" >diff_ids
  )
}
diff_ids "$UMOCI" theirs
diff_ids "$UMOCI_UNDER_TEST" ours
expect_eq "$(cat ours/diff_ids)" "$(cat theirs/diff_ids)"
expect_eq "$(wc -l <ours/diff_ids)" 4
