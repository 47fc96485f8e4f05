#!/usr/bin/env bash
# An export takes no room for what is in the files: neither in $TMPDIR nor in memory, with or without a /dev/shm that can be
# used. Nothing stays of it. Layers that are damaged, or become it on the way, are refused, and no file is made.
# timeout: 300
. "$(dirname "$0")/../unpack/_unpack.sh"
need unshare

make_layout <<'PYTHON'
big = Layer().dir("d", mtime=5)
for i in range(1000):
    big.file(f"d/small{i:04}", b"%d" % i)
for i in range(16):
    big.file(f"d/big{i:02}", os.urandom(4 << 20))
layout.image("big", [big.tar(), gzipped(Layer().file("d/.wh.big00").file("last", xattrs={"user.a": b"1"}).tar())])
PYTHON
expect_ok oci pull -q oci:img:big
expect_ok oci export -q oci:img:big expected.tar

mkdir tmp
mount -t tmpfs -o size=4m none tmp
at_exit umount "$SCRATCH/tmp"
export TMPDIR=$SCRATCH/tmp
# with_shm MOUNT-OPTIONS COMMAND…: with that /dev/shm, in which nothing stays; "-t ramfs none" is none of ours
with_shm() {
  unshare -m --propagation private bash -c '
    mount $1 /dev/shm || exit 98
    shift
    "$@"
    status=$?
    [ -z "$(ls -A /dev/shm)" ] || { ls -lA /dev/shm >&2; exit 99; }
    exit "$status"' - "$@"
}
for shm in "-t tmpfs -o size=1m none" "-t tmpfs -o nr_inodes=20 none" "-t tmpfs -o ro none" "-t ramfs none"; do
  expect_ok with_shm "$shm" "$OCI" export -q oci:img:big out.tar
  cmp out.tar expected.tar || fail "$shm: other bytes"
  rm out.tar
  expect_eq "$(ls -A tmp)" '' "$shm"
done
# Nothing at all is made in $TMPDIR where /dev/shm is good.
mount -o remount,ro tmp
expect_ok with_shm "-t tmpfs none" "$OCI" export -q oci:img:big out.tar
cmp out.tar expected.tar
rm out.tar
mount -o remount,rw tmp

# The skeleton of what has many names is on disk, which can put it elsewhere.
export TMPDIR=$SCRATCH
make_layout many <<'PYTHON'
layer = Layer()
for i in range(80_000):
    layer.file(f"f{i:05}", b"x")
layout.image("a", [layer.tar()])
PYTHON
expect_ok with_shm "-t tmpfs none" "$OCI" export -q oci:many:a out.tar
expect_eq "$(tar -tf out.tar | wc -l)" 80001
rm out.tar
expect_eq "$(compgen -G 'oci-*')" ''

# Damage before: nothing is written. Damage after the first reading: the second one finds it. A FIFO is opened in between.
expect_ok oci pull -q oci:img:big
layer=$(jq -r .layers[0].digest "img/blobs/$(jq -r .manifests[0].digest img/index.json | tr : /)")
blob=$STORE/blobs/$(tr : / <<<"$layer")
damage() { printf xxxx | dd of="$blob" bs=1 seek=$(($(stat -c %s "$blob") - 700000)) conv=notrunc 2>/dev/null; }
mkfifo fifo
background EXPORT with_shm "-t ramfs none" "$OCI" export -q localhost/img:big fifo 2>err
wait_for 30 compgen -G "oci-export-*/rootfs/last"
sleep 0.5
damage
size=$(wc -c <fifo)
STATUS=0
wait "$EXPORT" || STATUS=$?
expect_eq "$STATUS" 1
grep -q "$layer: its blob: .*digest" err || fail "$(cat err)"
[ "$size" -gt 50000000 ] || fail "it was not the second reading: $size bytes"
expect_fail 1 "$layer: its blob: .*digest" 'hint: the store is damaged' -- oci export -q localhost/img:big none.tar
expect_eq "$(oci export -q localhost/img:big 2>/dev/null | wc -c)" 0
truncate -s -1000 "$blob"
expect_fail 1 "$layer.*it has [0-9]+ bytes, its descriptor says" -- oci export -q localhost/img:big none.tar
expect_eq "$(compgen -G '*none.tar*')" ''
expect_eq "$(compgen -G 'oci-*')" ''

# So does what is told to stop.
for shm in "-t tmpfs none" "-t ramfs none"; do
  expect_fail 143 -- with_shm "$shm" timeout --preserve-status 0.3 "$OCI" export -q oci:many:a none.tar
  expect_eq "$(compgen -G 'oci-*')$(compgen -G '*none.tar*')" ''
done
