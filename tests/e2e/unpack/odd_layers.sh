#!/usr/bin/env bash
# Legitimate but odd layers: each rule of image-spec layer.md as the tree it must give, and as umoci's rootfs.
. "$(dirname "$0")/_unpack.sh"

make_layout <"$AREA/odd_images.py"

# Where umoci fails, or differs: it drops or keeps other xattrs, and what a late whiteout removes changes times there.
differs_from_umoci() {
  case $1 in
  contiguous | global | xattrs-dropped | whiteout-nowhere | whiteout-after | opaque-[0-9] | opaque-implied) return 0 ;;
  *) return 1 ;;
  esac
}

start=$(date +%s)
for tag in $(tags); do
  expect_ok unpack "$tag"
  mkdir -p ours && rm -rf "ours/$tag" && cp -a b/rootfs "ours/$tag"
  differs_from_umoci "$tag" && continue
  command -v "$UMOCI" >/dev/null || continue
  rm -rf u
  expect_ok "$UMOCI" unpack --image "$SCRATCH/img:$tag" u
  expect_ok "$COMPARE" --since "$start" u/rootfs b/rootfs
done

# The same, whenever the opaque whiteout comes.
for at in 1 2 3; do expect_ok "$COMPARE" --since "$start" ours/opaque-0 "ours/opaque-$at"; done

# The trees themselves, written down: names sorted, / folder, @ link with its target, = content.
list() {
  (cd "ours/$1" && find . -mindepth 1 \( -type d -printf '%P/\n' -o -type l -printf '%P@%l\n' -o -type f -size -50c \
    -exec sh -c 'for f; do printf "%s=%s\n" "${f#./}" "$(cat "$f")"; done' sh {} + -o -printf '%P\n' \) | LC_ALL=C sort | tr '\n' ' ')
}
tree() { expect_eq "$(list "$1")" "$2 " "tree of $1"; }

rest='abs@/usr/lib dangling@/not/there'
tree opaque-0 "a/ a/b/ a/b/new=n $rest f=f g=f lib@usr/lib usr/ usr/lib/ usr/lib/x=x"
tree opaque-implied "a/ a/b/ a/b/new=1 $rest f=f g=f lib@usr/lib usr/ usr/lib/ usr/lib/x=x"
tree opaque-recreated "a/ a/b/ a/b/c/ a/b/c/foo= $rest f=f g=f lib@usr/lib usr/ usr/lib/ usr/lib/x=x"
tree opaque-root "only="
tree whiteouts "a/ a/b/ $rest g=f lib@usr/lib usr/ usr/lib/"
tree whiteout-kinds "a/ $rest lib@usr/lib usr/ usr/lib/ usr/lib/x=x"
tree whiteout-link "a/ a/b/ a/b/c/ a/b/c/bar=bar a/file=1 f=f g=f usr/ usr/lib/ usr/lib/x=x"
tree whiteout-after "a/ a/b/ a/b/new=1 $rest f=f g=f lib@usr/lib usr/ usr/lib/ usr/lib/x=x"
tree whiteout-same-layer "a/ a/b/ a/b/c/ a/b/c/bar=bar a/file=1 $rest f=new g=f lib@usr/lib n= usr/ usr/lib/ usr/lib/x=x"
tree whiteout-nowhere "a/ a/b/ a/b/c/ a/b/c/bar=bar a/file=1 $rest f=f g=f lib@usr/lib usr/ usr/lib/ usr/lib/x=x"
tree whiteout-then-next "a/ a/y= $rest f=f g=f lib@usr/lib usr/ usr/lib/ usr/lib/x=x"
tree dir-over-link "a/ a/b/ a/b/c/ a/b/c/bar=bar a/file=1 $rest f=f g=f lib/ lib/own=o usr/ usr/lib/ usr/lib/x=x"
tree link-over-dir "a@usr $rest f=f g=f lib@usr/lib usr/ usr/in-usr=1 usr/lib/ usr/lib/x=x"
tree twice "x=2 y/ y/2="
tree contiguous "contiguous=cont"
tree global "a="
expect_eq "$(list none)" ""

# File capabilities stay, labels of another system go, what would steer an overlay is escaped.
expect_contains "$(getfattr -d -m security.capability ours/xattrs/cap)" security.capability
expect_eq "$(getfattr -d -m - ours/xattrs-dropped/f | grep = | cut -d= -f1 | sort | tr '\n' ' ')" \
  "trusted.overlay.overlay.opaque user.kept user.overlay.overlay.opaque "
