#!/usr/bin/env bash
# Layers that reach for the host: a folder beside the bundle stays as it is, whatever they hold; no hang, no crash.
# timeout: 240
. "$(dirname "$0")/_unpack.sh"

mkdir -p victim/dir
echo secret >victim/file
ln victim/file victim/hard
ln -s file victim/link
setfattr -n user.mark -v 1 victim/file
chmod 4711 victim/file
touch -d @1000000000 victim/file victim/dir victim
cp -a victim before

# `contained`: unpacks, with nothing outside. `refused`: fails.
VICTIM=$SCRATCH/victim make_layout <<'PYTHON'
victim = os.environ["VICTIM"]
up = "../" * 12 + victim[1:]
def image(name, *layers):
    layout.image(name, [layer.tar() if isinstance(layer, Layer) else layer for layer in layers])

image("contained-dotdot", Layer().file(up + "/file", b"x").file("../../" + "x", b"x"))
image("contained-absolute", Layer().file(victim + "/file", b"x").dir(victim, mode=0o777, uid=9))
for kind, target in (("absolute", victim), ("relative", up)):
    image(f"contained-link-parent-{kind}", Layer().symlink("l", target).file("l/file", b"x").file("l/new", b"x")
          .dir("l/dir", mode=0o777, uid=5).symlink("l/link", "/").file("l/.wh.hard").file("l/.wh..wh..opq"))
    image(f"contained-lower-link-parent-{kind}", Layer().symlink("l", target),
          Layer().file("l/file", b"x").file("l/.wh.hard").file("l/.wh..wh..opq").dir("l/dir", mode=0o700))
    image(f"contained-write-through-{kind}", Layer().symlink("f", target + "/file").file("f", b"x", mode=0o777, uid=3))
    image(f"contained-lower-write-through-{kind}", Layer().symlink("f", target + "/file"), Layer().file("f", b"x"))
    image(f"contained-dir-over-link-{kind}", Layer().symlink("d", target),
          Layer().dir("d", mode=0o777, uid=5, xattrs={"user.evil": b"1"}, mtime=5).file("d/file", b"x"))
    image(f"contained-link-metadata-{kind}", Layer().symlink("s", target + "/file", uid=4, gid=4, mtime=7,
                                                            xattrs={"trusted.evil": b"1"}))
    image(f"refused-hardlink-{kind}", Layer().link("h", target + "/file"))
    image(f"refused-hardlink-through-link-{kind}", Layer().symlink("l", target).link("h", "l/file").file("h", b"x"))
    image(f"contained-hardlink-to-link-{kind}", Layer().symlink("l", target + "/file").link("h", "l", mode=0o777, uid=4)
          .file("h", b"x", mode=0o777))
    image(f"contained-chain-{kind}", Layer().symlink("a", ".").symlink("b", "a/..").symlink("c", "b/../" + target)
          .file("c/file", b"x").file("a/b/c/new", b"x"))
# A folder is remembered, then replaced by a link (CVE-2025-47290).
image("contained-cache", Layer().dir("d").file("d/one", b"1").symlink("d", victim).file("d/file", b"x").file("d/new", b"x"))
image("contained-cache-deep", Layer().dir("p/q/r").file("p/q/r/one", b"1").file("p/.wh.q").symlink("p/q", victim)
      .file("p/q/r/new", b"x").file("p/q/file", b"x"))
image("contained-cache-link", Layer().dir("d").symlink("l", "d").file("l/one").symlink("l", victim).file("l/file", b"x"))
image("contained-cache-hardlink", Layer().symlink("s", victim).dir("d").file("d/one").link("d", "s").file("d/file", b"x"))
image("contained-times-at-the-end", Layer().dir("d", mtime=5).dir("d/dir", mtime=5).file("d/dir/x"),
      Layer().symlink("d", victim))
for name, add in {"link": lambda l, n: l.symlink(n, victim), "file": lambda l, n: l.file(n, b"x"),
                  "hardlink": lambda l, n: l.link(n, "a"), "fifo": lambda l, n: l.fifo(n),
                  "device": lambda l, n: l.char(n, 1, 3)}.items():
    for spelling in ("./", ".", "/", "..", "a/..", ""):
        image(f"refused-root-{name}-{len(spelling)}{'-up' if '..' in spelling else ''}{'-abs' if spelling == '/' else ''}",
              add(Layer().file("a"), spelling))
for number, name in enumerate((".wh.", "d/.wh.", ".wh..", "d/.wh..", ".wh...", "d/.wh...", "d/.wh.x/y")):
    image(f"refused-whiteout-{number}", Layer().dir("d").file("d/x"), Layer().file(name))
    image(f"refused-whiteout-link-{number}", Layer().dir("d").file("d/x"), Layer().symlink(name, victim))
for number, device in enumerate(((4096, 0), (1, 1 << 20), (1 << 20, 1 << 20))):
    image(f"refused-device-{number}", Layer(tarfile.GNU_FORMAT).char("c", *device))
image("refused-uid", Layer().file("f", uid=1 << 32))
image("refused-uid-none", Layer().file("f", uid=(1 << 32) - 1))
image("refused-uid-negative", Layer(tarfile.GNU_FORMAT).file("f", uid=-5))
image("refused-file-as-parent", Layer().file("f").file("f/x"))
image("refused-loop", Layer().symlink("a", "b").symlink("b", "a").file("a/x"))
image("refused-missing-target", Layer().link("h", "nothing"))
image("refused-link-to-folder", Layer().dir("d").link("h", "d"))
image("refused-link-to-root", Layer().link("h", "."))
image("refused-type", Layer().add("x", b"Z"))
image("refused-name-too-long", Layer().file("x" * 300))
image("refused-path-too-long", Layer().file("x/" * 4000 + "f"))
image("refused-too-deep", Layer().file("x/" * 1100 + "f"))
image("refused-pax-record", Layer().file("f", pax={"comment": "x" * (1 << 21)}))
image("refused-xattr", Layer().file("f", xattrs={"user.big": b"x" * (65 << 10)}))
image("refused-global", Layer().file("a").raw(tarfile.TarInfo.create_pax_global_header({"path": "b"})).file("c"))
image("refused-one-zero-block", Layer().file("a").raw(bytes(512)).file("b").tar())
image("refused-checksum", Layer().file("a").tar()[:100] + b"7" + Layer().file("a").tar()[101:])
image("refused-cut-header", Layer().file("a").tar()[:300])
image("refused-cut-content", Layer().file("a", b"x" * 5000).tar()[:2048])
image("refused-no-tar", b"no tar at all" * 100)
image("refused-negative-size", Layer(tarfile.GNU_FORMAT).file("a").tar().replace(b"00000000000\0", b"\xff" * 12, 1))

def sparse(map_text, size, content, **more):
    return Layer().file("s", map_text.encode().ljust(512, b"\0") + content, pax={"GNU.sparse.major": "1",
        "GNU.sparse.minor": "0", "GNU.sparse.name": "s", "GNU.sparse.realsize": str(size), **more})
image("refused-sparse-overlap", sparse("2\n0\n512\n100\n512\n", 5000, bytes(1024)))
image("refused-sparse-outside", sparse("1\n5000\n512\n", 5000, bytes(512)))
image("refused-sparse-too-much", sparse("1\n0\n512\n", 5000, bytes(1024)))
image("refused-sparse-overflow", sparse("2\n9223372036854775807\n512\n9\n9\n", 9223372036854775807, bytes(521)))
image("refused-sparse-count", sparse("9223372036854775807\n", 5000, b""))
image("refused-sparse-huge", sparse("0\n", 9223372036854775807, b""))
image("contained-sparse-bomb", sparse("1\n1099511627264\n512\n", 1 << 40, bytes(512)))
image("contained-many-files", Layer(tarfile.USTAR_FORMAT).dir("d").tar()[:512] +
      b"".join(tarfile.TarInfo(f"d/{i}").tobuf(tarfile.USTAR_FORMAT) for i in range(20000)))
image("contained-self-link", Layer().file("a", b"1").link("a", "a"))
image("contained-mode-bits", Layer().file("a", mode=0o7777).dir("d", mode=0o7777).fifo("p", mode=0o7777))
PYTHON

for tag in $(tags); do
  case $tag in
  refused-*)
    expect_fail 1 'layer sha256:' -- unpack "$tag"
    expect_no_file "$SCRATCH/b/rootfs"
    ;;
  *) expect_ok unpack "$tag" ;;
  esac
  expect_ok "$COMPARE" before victim
done
