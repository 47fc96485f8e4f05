#!/usr/bin/env bash
# What the members of an odd tar are: GNU tar, Python's tarfile and we see the same names, kinds and sizes (CVE-2025-62518).
. "$(dirname "$0")/_unpack.sh"
need tar

SCRATCH=$SCRATCH make_layout <<'PYTHON'
def header(name, size=0, kind=b"0", fmt=tarfile.USTAR_FORMAT):
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(fmt)

def pax(*records, kind=b"x"):
    data = b""
    for key, value in records:
        body = f" {key}={value}\n".encode()
        size = len(body) + 1
        while len(str(size)) + len(body) != size:
            size += 1
        data += str(size).encode() + body
    return header("pax", len(data), kind) + data.ljust((len(data) + 511) // 512 * 512, b"\0")

inner = header("smuggled", 0)
tars = {
    "pax-size-larger": pax(("size", "1024")) + header("outer", 0) + inner + bytes(512) + header("after"),
    "pax-size-smaller": pax(("size", "0")) + header("outer", 1024) + header("shown") + header("after"),
    "pax-path-twice": pax(("path", "first"), ("path", "second")) + header("third") + header("after"),
    "pax-empty-value": pax(("uid", "")) + header("f", 512) + b"x" * 512 + header("after"),
    "size-in-base256": header("f", 512)[:124] + b"\x80" + (512).to_bytes(11, "big") + header("f", 512)[136:] + bytes(512),
    "folder-with-size": header("d/", 512, b"5") + header("after"),
    "hard-link-with-size": header("f") + Layer(tarfile.USTAR_FORMAT).link("h", "f").tar()[:512] + header("after"),
    "prefix": Layer(tarfile.USTAR_FORMAT).file("p" * 100 + "/" + "n" * 90).tar()[:512],
    "v7": header("old")[:257] + bytes(255),
    "slash-means-folder": header("d/", 0, b"\0") + header("after"),
    "long-name": Layer(tarfile.GNU_FORMAT).file("l" * 200 + "/" + "m" * 120, b"1").tar()[:2560],
    "junk-behind-the-end": header("a") + bytes(1024) + inner + bytes(1024),
    "contiguous": header("c", 512, b"7") + b"x" * 512 + header("after"),
}
for name, data in tars.items():
    layer = data
    if name in ("size-in-base256", "v7"):  # a checksum of their own
        block = bytearray(layer[:512])
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
        layer = bytes(block) + layer[512:]
    if name != "junk-behind-the-end":
        layer += bytes(1024)
    with open(f"{os.environ['SCRATCH']}/{name}.tar", "wb") as f:
        f.write(layer)
    layout.image(name, [layer])
PYTHON

python_list() {
  python3 - "$1" <<'PYTHON'
import sys, tarfile
for m in tarfile.open(sys.argv[1], encoding="utf-8"):
    print("d" if m.isdir() else "-", 0 if m.isdir() else m.size if not m.islnk() else 0, m.name.rstrip("/"))
PYTHON
}
gnu_list() {
  tar --numeric-owner -tvf "$1" 2>/dev/null | awk '{kind = substr($1, 1, 1); sub("[hC]", "-", kind); name = $6; sub("/$", "", name)
    print kind, (kind == "d" ? 0 : $3), name}'
}
our_list() { (cd b/rootfs && find . -mindepth 1 \( -type d -printf 'd 0 %P\n' -o -printf '- %s %P\n' \)); }
top_only() { LC_ALL=C sort -u | grep -vE "^d 0 (p+|l+)$" || true; } # folders that no member names

for tag in $(tags); do
  expect_ok unpack "$tag"
  ours=$(our_list | top_only)
  expect_eq "$(python_list "$tag.tar" | top_only)" "$ours" "Python's list of $tag"
  expect_eq "$(gnu_list "$tag.tar" | top_only)" "$ours" "GNU tar's list of $tag"
done
