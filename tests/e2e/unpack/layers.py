"""Builds image layouts out of hand-made layers, for the tests of unpack.

    layer = Layer()
    layer.file("etc/passwd", b"root", mode=0o644, xattrs={"user.a": b"1"})
    Layout("/tmp/img").image("latest", [layer.tar(), gzip_members(layer.tar())])
"""

import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile

OCI = "application/vnd.oci.image."
MTIME = 1_500_000_000


class Layer:
    def __init__(self, fmt=tarfile.PAX_FORMAT):
        self.buffer = io.BytesIO()
        self.out = tarfile.open(
            fileobj=self.buffer, mode="w", format=fmt, encoding="utf-8", errors="surrogateescape"
        )

    def add(self, name, kind, content=b"", target="", mode=0o644, uid=0, gid=0, mtime=MTIME, device=(0, 0), xattrs=None,
            pax=None):
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.mode, info.uid, info.gid, info.mtime = kind, target, mode, uid, gid, mtime
        info.devmajor, info.devminor = device
        info.size = len(content)
        for key, value in (xattrs or {}).items():
            info.pax_headers["SCHILY.xattr." + key] = value.decode("utf-8", "surrogateescape")
        info.pax_headers.update(pax or {})
        self.out.addfile(info, io.BytesIO(content))
        return self

    def file(self, name, content=b"", **keys):
        return self.add(name, tarfile.REGTYPE, content, **keys)

    def dir(self, name, mode=0o755, **keys):
        return self.add(name, tarfile.DIRTYPE, mode=mode, **keys)

    def symlink(self, name, target, **keys):
        return self.add(name, tarfile.SYMTYPE, target=target, mode=0o777, **keys)

    def link(self, name, target, **keys):
        return self.add(name, tarfile.LNKTYPE, target=target, **keys)

    def fifo(self, name, **keys):
        return self.add(name, tarfile.FIFOTYPE, **keys)

    def char(self, name, major, minor, **keys):
        return self.add(name, tarfile.CHRTYPE, device=(major, minor), **keys)

    def block(self, name, major, minor, **keys):
        return self.add(name, tarfile.BLKTYPE, device=(major, minor), **keys)

    def raw(self, data):
        """Bytes that tarfile would not write; whole blocks."""
        assert len(data) % 512 == 0
        self.buffer.write(data)
        self.out.offset += len(data)
        return self

    def tar(self):
        self.out.close()
        return self.buffer.getvalue()


class Blob:
    """A layer as it is stored, with the digest of what it decompresses to."""

    def __init__(self, data, media_type, plain):
        self.data, self.media_type, self.diff_id = data, media_type, digest(plain)


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def plain(tar, media_type=OCI + "layer.v1.tar"):
    return Blob(tar, media_type, tar)


def gzipped(tar, media_type=OCI + "layer.v1.tar+gzip"):
    return Blob(gzip.compress(tar, 6, mtime=0), media_type, tar)


def gzip_members(tar, parts=3):
    step = len(tar) // parts + 1
    data = b"".join(gzip.compress(tar[at : at + step], mtime=0) for at in range(0, len(tar), step))
    return Blob(data, OCI + "layer.v1.tar+gzip", tar)


def zstd_frames(tar, parts=1, arguments=(), skippable=False):
    step = len(tar) // parts + 1
    data = b""
    for at in range(0, len(tar), step):
        if skippable:
            data += b"\x52\x2a\x4d\x18\x05\x00\x00\x00hello"
        data += subprocess.run(["zstd", "-q", *arguments], input=tar[at : at + step], stdout=-1, check=True).stdout
    return Blob(data, OCI + "layer.v1.tar+zstd", tar)


class Layout:
    def __init__(self, path):
        self.path = path
        self.manifests = []
        os.makedirs(os.path.join(path, "blobs", "sha256"), exist_ok=True)
        with open(os.path.join(path, "oci-layout"), "w") as out:
            out.write('{"imageLayoutVersion":"1.0.0"}')

    def blob(self, data, media_type):
        name = digest(data)
        with open(self.blob_path(name), "wb") as out:
            out.write(data)
        return {"mediaType": media_type, "digest": name, "size": len(data)}

    def blob_path(self, name):
        return os.path.join(self.path, "blobs", *name.split(":"))

    def image(self, ref, blobs, config=None, diff_ids=None):
        """Tags an image of these Blobs; bytes are taken as plain tars. Returns the manifest."""
        blobs = [blob if isinstance(blob, Blob) else plain(blob) for blob in blobs]
        ids = [blob.diff_id for blob in blobs] if diff_ids is None else diff_ids
        document = {"architecture": "amd64", "os": "linux", "config": {"Cmd": ["/bin/sh"]},
                    "rootfs": {"type": "layers", "diff_ids": ids}}
        document.update(config or {})
        manifest = {
            "schemaVersion": 2,
            "mediaType": OCI + "manifest.v1+json",
            "config": self.blob(json.dumps(document).encode(), OCI + "config.v1+json"),
            "layers": [self.blob(blob.data, blob.media_type) for blob in blobs],
        }
        descriptor = self.blob(json.dumps(manifest).encode(), OCI + "manifest.v1+json")
        descriptor["annotations"] = {"org.opencontainers.image.ref.name": ref}
        self.manifests.append(descriptor)
        with open(os.path.join(self.path, "index.json"), "w") as out:
            json.dump({"schemaVersion": 2, "manifests": self.manifests}, out)
        return manifest
