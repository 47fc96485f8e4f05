#!/usr/bin/env bash
# Layers unpack whatever they are packed with: plain, gzip of one and several members, zstd of several and skippable frames,
# xz and bzip2, by the media types of OCI and Docker. What is cut short, has junk behind it or wants too much memory is
# refused.
. "$(dirname "$0")/_unpack.sh"

make_layout <<'PYTHON'
import bz2, lzma
tar = Layer().dir("d").file("d/f", bytes(range(256)) * 3000, mode=0o640, uid=7, gid=8).symlink("l", "d/f").tar()
docker = "application/vnd.docker.image.rootfs.diff.tar"
good = {
    "plain": plain(tar), "gzip": gzipped(tar), "members": gzip_members(tar, 7), "zstd": zstd_frames(tar),
    "frames": zstd_frames(tar, 5, skippable=True), "foreign": gzipped(tar, OCI + "layer.nondistributable.v1.tar+gzip"),
    "docker": gzipped(tar, docker + ".gzip"), "docker-plain": plain(tar, docker),
    "padded": plain(tar + bytes(70000)), "junk-behind-the-end": gzipped(tar + b"\x01junk" * 3000),
    "named": Blob(b"\x1f\x8b\x08\x1c\0\0\0\0\0\3\5\0extraname\0comment\0" + gzip.compress(tar, mtime=0)[10:],
                  OCI + "layer.v1.tar+gzip", tar),
    "xz": Blob(lzma.compress(tar), docker, tar), "xz-streams": Blob(lzma.compress(tar[:999]) + lzma.compress(tar[999:]), docker, tar),
    "bzip2": Blob(bz2.compress(tar), docker, tar), "bzip2-streams": Blob(bz2.compress(tar[:999]) + bz2.compress(tar[999:]), docker, tar),
    "gzip-said-plain": Blob(gzip.compress(tar, mtime=0), docker, tar),
    "window-8M": zstd_frames(tar * 100, arguments=["--long=23"]),
}
for name, blob in good.items():
    layout.image(name, [blob])

packed = gzip.compress(tar, mtime=0)
framed = zstd_frames(tar).data
gz, zst = OCI + "layer.v1.tar+gzip", OCI + "layer.v1.tar+zstd"
bad = {
    "cut": (packed[:-300], gz), "cut-trailer": (packed[:-3], gz), "bad-crc": (packed[:-8] + bytes(4) + packed[-4:], gz),
    "bad-length": (packed[:-4] + bytes(4), gz), "junk": (packed + b"junk", gz), "no-gzip": (tar, gz), "empty-gzip": (b"", gz),
    "zstd-cut": (framed[:-3], zst), "zstd-junk": (framed + b"junk", zst), "empty-zstd": (b"", zst),
    "xz-cut": (lzma.compress(tar)[:-9], docker), "xz-junk": (lzma.compress(tar) + b"junk", docker),
    "xz-crc": (lzma.compress(tar)[:200] + b"xx" + lzma.compress(tar)[202:], docker),
    "xz-dictionary": (lzma.compress(tar, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 128 << 20}]), docker),
    "bzip2-cut": (bz2.compress(tar)[:-9], docker), "bzip2-junk": (bz2.compress(tar) + b"junk", docker),
    "second-cut": (packed + packed[:40], gz),
}
for name, (data, media_type) in bad.items():
    layout.image("bad-" + name, [Blob(data, media_type, tar)])
PYTHON

for tag in $(tags); do
  case $tag in
  bad-*)
    expect_fail 1 'layer sha256:' 'gzip|zstd|xz|bzip2' -- unpack "$tag"
    expect_no_file "$SCRATCH/b/rootfs"
    ;;
  *)
    expect_ok unpack "$tag"
    expect_ok "$COMPARE" "$SCRATCH/b/rootfs" "${first:=$SCRATCH/b/rootfs}"
    if [ "$first" = "$SCRATCH/b/rootfs" ]; then mv "$SCRATCH/b" "$SCRATCH/first" && first=$SCRATCH/first/rootfs; fi
    ;;
  esac
done

# A frame that says it needs 256 MiB: refused before that much is allocated.
make_layout big <<'PYTHON'
header = b"\x28\xb5\x2f\xfd" + bytes([0x00, (28 - 10) << 3])
layout.image("window", [Blob(header + b"\x01\x00\x00", OCI + "layer.v1.tar+zstd", b"")])
PYTHON
expect_fail 1 'window above 128 MiB' -- unpack window big
