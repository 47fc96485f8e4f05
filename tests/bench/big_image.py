#!/usr/bin/env python3
"""Makes the image that pulling and unpacking is measured with: the shape of Debian, a runtime and node_modules.

    big_image.py LAYOUT

Three gzip layers, 160 MB packed and 545 MB unpacked, 50 000 files, in LAYOUT under the tag "latest". The same bytes each
time. Takes about half a minute of CPU time.
"""
import gzip
import io
import os
import random
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tools"))
from make_image import OCI, Layout, digest_of  # noqa: E402

MB = 1 << 20


def text_pool(rng, size):
    """Words as often as in a language: deflate makes about a third of it."""
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    words = ["".join(rng.choices(letters, k=rng.randint(2, 11))) for _ in range(1200)]
    weights = [1 / (rank + 2) for rank in range(len(words))]
    parts, length = [], 0
    while length < size:
        line = " ".join(rng.choices(words, weights, k=rng.randint(3, 14)))
        parts.append(line + rng.choice([";\n", " {\n", ",\n", "\n    "]))
        length += len(parts[-1])
    return "".join(parts).encode()[:size]


def binary_pool(rng, size, text):
    """Machine code repeats itself less than text, and has runs of zeros."""
    parts, length = [], 0
    while length < size:
        kind = rng.random()
        if kind < 0.1:
            part = rng.randbytes(rng.randint(32, 800))
        elif kind < 0.5:
            part = bytes(rng.randint(16, 700))
        else:
            at = rng.randrange(len(text) - 600)
            part = text[at:at + rng.randint(20, 600)]
        parts.append(part)
        length += len(part)
    return b"".join(parts)[:size]


class Builder:
    def __init__(self, seed, text, binary):
        self.rng, self.text, self.binary = random.Random(seed), text, binary
        self.buffer = io.BytesIO()
        self.tar = tarfile.open(fileobj=self.buffer, mode="w", format=tarfile.PAX_FORMAT)
        self.folders = set()

    def member(self, name, kind, **more):
        info = tarfile.TarInfo(name)
        info.type, info.mtime = kind, 1_600_000_000 + self.rng.randrange(10**7)
        for key, value in more.items():
            setattr(info, key, value)
        return info

    def folder(self, name):
        if name and name not in self.folders:
            self.folder(os.path.dirname(name))
            self.folders.add(name)
            self.tar.addfile(self.member(name, tarfile.DIRTYPE, mode=0o755))

    def file(self, name, size, binary=False, mode=0o644):
        self.folder(os.path.dirname(name))
        pool = self.binary if binary else self.text
        parts, left = [], size
        while left > 0:
            at = self.rng.randrange(len(pool) - min(left, MB) + 1)
            parts.append(pool[at:at + min(left, MB)])
            left -= len(parts[-1])
        info = self.member(name, tarfile.REGTYPE, mode=mode, size=size)
        self.tar.addfile(info, io.BytesIO(b"".join(parts)))

    def link(self, name, target, kind=tarfile.SYMTYPE):
        self.folder(os.path.dirname(name))
        self.tar.addfile(self.member(name, kind, mode=0o777, linkname=target))

    def sizes(self, count, total):
        """Most are small, few are large."""
        raw = [self.rng.lognormvariate(0, 1.6) for _ in range(count)]
        scale = total / sum(raw)
        return [int(value * scale) for value in raw]

    def done(self):
        self.tar.close()
        return self.buffer.getvalue()


def debian(b):
    for name in ("bin", "lib", "sbin"):
        b.link(name, "usr/" + name)
    for i, size in enumerate(b.sizes(600, 30 * MB)):
        b.file(f"usr/bin/program{i}", size, binary=True, mode=0o755)
    for i, size in enumerate(b.sizes(700, 35 * MB)):
        b.file(f"usr/lib/x86_64-linux-gnu/lib{i}.so.{i % 7}", size, binary=True)
        b.link(f"usr/lib/x86_64-linux-gnu/lib{i}.so", f"lib{i}.so.{i % 7}")
    for i, size in enumerate(b.sizes(6000, 30 * MB)):
        b.file(f"usr/share/{'doc' if i % 3 else 'locale'}/package{i % 400}/part{i}", size)
    return b.done()


def runtime(b):
    b.file("usr/local/bin/node", 90 * MB, binary=True, mode=0o755)
    for i, size in enumerate(b.sizes(2700, 25 * MB)):
        b.file(f"usr/local/include/node/group{i % 60}/header{i}.h", size)
    for i in range(200):
        b.link(f"usr/local/share/man/page{i}", f"usr/local/include/node/group{i % 60}/header{i}.h", tarfile.LNKTYPE)
    return b.done()


def modules(b):
    names = b.sizes(40000, 268 * MB)
    for i, size in enumerate(names):
        package = f"app/node_modules/package{i // 45}"
        place = ("lib", "dist/esm", "dist/cjs/internal", "test/fixtures", "")[i % 5]
        name = os.path.join(package, place, f"module{i}" + (".js", ".d.ts", ".js.map", ".json")[i % 4])
        b.file(name, size, binary=size > 200_000 and i % 3 == 0)
    return b.done()


def main():
    rng = random.Random(20)
    text = text_pool(rng, 8 * MB)
    binary = binary_pool(rng, 8 * MB, text)
    layout, layers, diff_ids = Layout(sys.argv[1]), [], []
    for seed, make in enumerate((debian, runtime, modules)):
        tar = make(Builder(seed, text, binary))
        diff_ids.append(digest_of(tar))
        layers.append(layout.add(gzip.compress(tar, 6, mtime=0), OCI["layer"] + "+gzip"))
        print(f"{make.__name__}: {len(tar) / 1e6:.0f} MB, packed {layers[-1]['size'] / 1e6:.0f} MB", file=sys.stderr)
    config = {"architecture": "amd64", "os": "linux", "config": {"Cmd": ["node"]},
              "rootfs": {"type": "layers", "diff_ids": diff_ids}}
    manifest = {"schemaVersion": 2, "mediaType": OCI["manifest"], "config": layout.add_json(config, OCI["config"]),
                "layers": layers}
    layout.tag("latest", layout.add_json(manifest, OCI["manifest"]))


if __name__ == "__main__":
    main()
