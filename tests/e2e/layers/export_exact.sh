#!/usr/bin/env bash
# What is exported is what is unpacked, of whatever layers; the same bytes each time; in both orders, each good for who
# reads it.
# timeout: 600
. "$(dirname "$0")/../unpack/_unpack.sh"
need tar

make_layout <"$AREA/odd_images.py"
mkdir files && (cd files && truncate -s 20M none && truncate -s 40M ends && printf start | dd of=ends conv=notrunc 2>/dev/null &&
  printf end >>ends && for i in 3 9 11; do printf part | dd of=many bs=1M seek=$i conv=notrunc 2>/dev/null; done && : >empty)
for form in 0.0 0.1 1.0; do tar --mtime=@5 --format=posix --sparse-version=$form -C files -Scf "$form.tar" none ends many empty; done
tar --mtime=@5 --format=gnu -C files -Scf gnu.tar none ends many empty
export SCRATCH
make_layout more <<'PYTHON'
def image(name, *layers):
    layout.image(name, [gzipped(layer.tar()) for layer in layers])

# The names by which a file is known may all be of other layers than the one that brought it.
image("links", Layer().dir("d").file("d/a", b"shared", mode=0o640, uid=3).link("b", "d/a").link("c", "d/a").file("z", b"z"),
      Layer().file("b", b"another").link("d/d", "c").file(".wh.c").link("first", "z"),
      Layer().file("d/a", b"a third").file(".wh.z").link("e", "d/d").file("d/e", b"").link("f", "d/e"))
image("reused", Layer().file("x", b"1" * 70_000).file("x", b"2" * 300_000).file("y", b"3"),
      Layer().file("x", b"4" * 5000).file(".wh.y"), Layer().file(".wh.x").dir("y").file("y/y", b"5"))
image("usr-merge", Layer().dir("usr").dir("usr/bin", mode=0o555).dir("usr/lib").symlink("bin", "usr/bin").symlink("lib", "/usr/lib")
      .file("bin/sh", b"sh", mode=0o4755).link("lib/link", "bin/sh"), Layer().file("bin/sh", b"new").file("lib/.wh.link")
      .file("lib/new", b"n").link("bin/other", "lib/new"))
image("attributes", Layer().file("f", b"x" * 10, xattrs={"user.a": b"1" * 3000, "trusted.b": b"2"})
      .file("g", b"y", xattrs={"security.capability": b"\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0"}).dir("d", xattrs={"user.d": b"3"})
      .file("acl", b"z", xattrs={"system.posix_acl_access": b"\2\0\0\0\1\0\6\0\xff\xff\xff\xff\2\0\4\0\7\0\0\0"
            b"\4\0\4\0\xff\xff\xff\xff\x10\0\4\0\xff\xff\xff\xff\x20\0\0\0\xff\xff\xff\xff"}),
      Layer().link("h", "f").file("d/g", b"z", xattrs={"user.kept": b"4"}))
image("sizes", Layer().file("a", b"a" * 511).file("b", b"b" * 512).file("c", b"c" * 513).file("d", b"d" * (5 << 20)).file("e"))
for form in ("0.0", "0.1", "1.0", "gnu"):
    with open(f"{os.environ['SCRATCH']}/{form}.tar", "rb") as tar:
        layout.image("sparse-" + form, [gzipped(tar.read()), Layer().link("link", "many").tar()])
PYTHON

whole_seconds() { # DIR: all that a tar holds; and folders that no layer has an entry for have no time
  python3 - "$1" "$start" <<'PYTHON'
import os, sys
paths = [os.path.join(folder, name) for folder, folders, files in os.walk(sys.argv[1]) for name in folders + files]
for path in paths + [sys.argv[1]]:
    time = os.lstat(path).st_mtime_ns // 10**9
    os.utime(path, (0, 0 if int(sys.argv[2]) <= time < 4e9 else time), follow_symlinks=False)
PYTHON
}
same_to_us() { # TAR
  rm -rf again
  make_image "$SCRATCH/again:a" --layer "$1" >/dev/null
  expect_ok oci unpack -q --rootfs-only oci:again:a again/b
  expect_ok "$COMPARE" b/rootfs again/b/rootfs
}
same_to_tar() { # TAR
  rm -rf tree && mkdir tree
  expect_ok tar -xpf "$1" -C tree
  expect_ok "$COMPARE" "${skipped[@]}" b/rootfs tree
}

skipped=() # what tar sets only when it is asked to
for name in user.{a,b,d,e,kept} trusted.{a,b,c} {user,trusted}.overlay.overlay.opaque security.capability system.posix_acl_access; do
  skipped+=(--skip-xattr "$name")
done

start=$(date +%s)
for layout in img more; do
  for tag in $(tags "$layout"); do
    expect_ok unpack "$tag" "$layout"
    whole_seconds b/rootfs
    expect_ok oci export -q "oci:$layout:$tag" one.tar
    same_to_us one.tar
    same_to_tar one.tar
    expect_ok oci export -q "oci:$layout:$tag" two.tar
    cmp one.tar two.tar || fail "$tag: the same image, other bytes"
    python3 "$TESTS/e2e/layers/tar_order.py" one.tar || fail "$tag: the order"
  done
done

for tag in links usr-merge attributes; do
  expect_ok unpack "$tag" more
  whole_seconds b/rootfs
  expect_ok oci export -q --folders-first "oci:more:$tag" one.tar
  same_to_us one.tar
  python3 "$TESTS/e2e/layers/tar_order.py" --folders-first one.tar || fail "$tag: the order"
done
