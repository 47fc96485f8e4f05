#!/usr/bin/env python3
"""Makes an image in an OCI layout from folders and tar files, with nothing but Python (and zstd for zstd layers).

    make_image.py LAYOUT:TAG [--layer DIR|TAR]... [--compress gzip|zstd|none] [--docker] [--platform OS/ARCH[/VARIANT]]
                  [--config JSON] [--cmd=ARG]... [--index]

A layout that is there is added to; a tag that is there is moved. --docker uses Docker's media types (schema 2). --config is the
image configuration's `config` object. --index puts the manifest in an index of its own (with --platform; a second call
with the same TAG and another platform adds to it). Prints the digest of what the tag names. What goes in as a folder comes out
as a tar sorted by name, owned by root, with time 0: the same digest each time.
"""
import argparse
import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile

OCI = {"manifest": "application/vnd.oci.image.manifest.v1+json", "index": "application/vnd.oci.image.index.v1+json",
       "config": "application/vnd.oci.image.config.v1+json", "layer": "application/vnd.oci.image.layer.v1.tar"}
DOCKER = {"manifest": "application/vnd.docker.distribution.manifest.v2+json",
          "index": "application/vnd.docker.distribution.manifest.list.v2+json",
          "config": "application/vnd.docker.container.image.v1+json", "layer": "application/vnd.docker.image.rootfs.diff.tar"}
REF_NAME = "org.opencontainers.image.ref.name"


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Layout:
    def __init__(self, path):
        self.path = path
        os.makedirs(os.path.join(path, "blobs/sha256"), exist_ok=True)
        self._write("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        try:
            with open(os.path.join(path, "index.json")) as f:
                self.index = json.load(f)
        except FileNotFoundError:
            self.index = {"schemaVersion": 2, "mediaType": OCI["index"], "manifests": []}

    def _write(self, name, data):
        with open(os.path.join(self.path, name), "wb") as f:
            f.write(data)

    def add(self, data, media_type, **more):
        digest = digest_of(data)
        self._write("blobs/sha256/" + digest[7:], data)
        return {"mediaType": media_type, "digest": digest, "size": len(data), **more}

    def add_json(self, value, media_type, **more):
        return self.add(json.dumps(value).encode(), media_type, **more)

    def read_json(self, descriptor):
        with open(os.path.join(self.path, "blobs/sha256", descriptor["digest"][7:])) as f:
            return json.load(f)

    def find(self, tag):
        return next((d for d in self.index["manifests"] if d.get("annotations", {}).get(REF_NAME) == tag), None)

    def tag(self, name, descriptor):
        self.index["manifests"] = [d for d in self.index["manifests"] if d.get("annotations", {}).get(REF_NAME) != name]
        self.index["manifests"].append({**descriptor, "annotations": {REF_NAME: name}})
        self._write("index.json", json.dumps(self.index).encode())


def tar_of(folder):
    def plain(entry):
        entry.uid = entry.gid = entry.mtime = 0
        entry.uname = entry.gname = ""
        return entry

    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(os.listdir(folder)):
            tar.add(os.path.join(folder, name), name, filter=plain)
    return out.getvalue()


def read_layer(path):
    if os.path.isdir(path):
        return tar_of(path)
    with open(path, "rb") as f:
        return f.read()


def compress(data, how):
    if how == "gzip":
        return gzip.compress(data, 1, mtime=0)
    if how == "zstd":
        return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return data


def layer_type(types, how):
    if types is DOCKER:
        return types["layer"] + {"gzip": ".gzip", "zstd": ".zstd", "none": ""}[how]
    return types["layer"] + {"gzip": "+gzip", "zstd": "+zstd", "none": ""}[how]


def platform_of(text):
    parts = text.split("/")
    return dict(zip(("os", "architecture", "variant"), parts))


def host_platform():
    machine = os.uname().machine
    return "linux/" + {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("target")
    parser.add_argument("--layer", action="append", default=[])
    parser.add_argument("--compress", choices=["gzip", "zstd", "none"], default="gzip")
    parser.add_argument("--docker", action="store_true")
    parser.add_argument("--platform", default=host_platform())
    parser.add_argument("--config", type=json.loads, default={})
    parser.add_argument("--cmd", action="append", default=[])
    parser.add_argument("--index", action="store_true")
    args = parser.parse_args()

    path, _, tag = args.target.partition(":")
    types = DOCKER if args.docker else OCI
    layout = Layout(path)
    platform = platform_of(args.platform)
    tars = [read_layer(p) for p in args.layer]
    layers = [layout.add(compress(t, args.compress), layer_type(types, args.compress)) for t in tars]
    if args.cmd:
        args.config["Cmd"] = args.cmd
    config = layout.add_json({"created": "1970-01-01T00:00:00Z", **platform, "config": args.config,
                              "rootfs": {"type": "layers", "diff_ids": [digest_of(t) for t in tars]},
                              "history": [{"created_by": os.path.basename(p)} for p in args.layer]}, types["config"])
    named = layout.add_json({"schemaVersion": 2, "mediaType": types["manifest"], "config": config, "layers": layers},
                            types["manifest"])
    if args.index:
        before = layout.find(tag)
        entries = layout.read_json(before)["manifests"] if before else []
        entries = [e for e in entries if e["platform"] != platform] + [{**named, "platform": platform}]
        named = layout.add_json({"schemaVersion": 2, "mediaType": types["index"], "manifests": entries}, types["index"])
    layout.tag(tag, named)
    print(named["digest"])


if __name__ == "__main__":
    main()
