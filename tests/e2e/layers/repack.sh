#!/usr/bin/env bash
# What changed in a bundle becomes a layer; unpacked again it is the same tree.
. "$(dirname "$0")/_layers.sh"

# tree DIR: what it holds, but for the times of folders
tree() { (cd "$1/rootfs" && find . -printf '%p %y %m %U %G %l\n' | sort && find . -type f -exec sha256sum {} + | sort); }

expect_ok umoci init --layout "$L"
expect_ok umoci new --image "$L:a"
expect_ok umoci unpack --image "$L:a" "$SCRATCH/b"
expect_eq "$(stat -c %a "$SCRATCH/b")" 700
expect_fail 1 -- umoci unpack --image "$L:a" "$SCRATCH/b"
R=$SCRATCH/b/rootfs
mkdir -p "$R/etc" "$R/dir/sub"
echo hello >"$R/etc/hi"
ln "$R/etc/hi" "$R/etc/hi2"
ln -s hi "$R/etc/a link"
mkfifo "$R/fifo"
chmod 4755 "$R/etc/hi"
chown 7:8 "$R/dir/sub"
expect_ok umoci repack --image "$L:b" "$SCRATCH/b"
expect_eq "$(history_of b | jq -r '.[0].created_by')" 'umoci repack'
expect_ok umoci unpack --image "$L:b" "$SCRATCH/c"
expect_eq "$(tree "$SCRATCH/b")" "$(tree "$SCRATCH/c")"

R=$SCRATCH/c/rootfs
echo more >>"$R/etc/hi"
rm -r "$R/dir" "$R/fifo"
mkdir "$R/fifo"
echo y >"$R/fifo/y"
expect_ok umoci repack --image "$L:c" --refresh-bundle "$SCRATCH/c"
expect_ok umoci unpack --image "$L:c" "$SCRATCH/d"
expect_eq "$(tree "$SCRATCH/c")" "$(tree "$SCRATCH/d")"
expect_ok umoci repack --image "$L:e" "$SCRATCH/c"
expect_eq "$(manifest_of e | jq '.layers | length')" 2
expect_eq "$(history_of e | jq '.[-1].empty_layer')" true

# A file that loses one name and gets another has as many as before: still both of them are one file afterwards.
R=$SCRATCH/d/rootfs
rm "$R/etc/hi2"
ln "$R/etc/hi" "$R/hi3"
expect_ok umoci repack --image "$L:links" "$SCRATCH/d"
expect_ok umoci raw unpack --image "$L:links" "$SCRATCH/links"
expect_eq "$(stat -c %h "$SCRATCH/links/hi3" "$SCRATCH/links/etc/hi")" $'2\n2'

mkdir "$SCRATCH/src"
echo f >"$SCRATCH/src/f"
expect_ok umoci insert --image "$L:c" --tag i "$SCRATCH/src" /opt/src
expect_ok umoci insert --image "$L:i" --whiteout /etc/hi
expect_ok umoci raw unpack --image "$L:i" "$SCRATCH/raw"
expect_eq "$(cat "$SCRATCH/raw/opt/src/f")" f
expect_no_file "$SCRATCH/raw/etc/hi"
touch "$SCRATCH/d/rootfs/.wh.x"
refused repack --image "$L:x" "$SCRATCH/d"
