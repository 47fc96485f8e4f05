#!/usr/bin/env bash
# Layouts whose documents or files mean harm: each is refused with a clear error in time, leaves no bundle and no name in the
# store, and changes nothing beside it. So is an image whose /etc/passwd is a trap.
# timeout: 240
. "$(dirname "$0")/_unpack.sh"

mkdir -p victim/dir
echo secret >victim/file
chmod 600 victim/file
touch -d @1000000000 victim/file victim/dir victim
cp -a victim before

VICTIM=$SCRATCH/victim python3 - <<PYTHON
import sys
sys.path.insert(0, "$AREA")
sys.dont_write_bytecode = True
from layers import *
victim = os.environ["VICTIM"]
tar = Layer().file("f", b"content").tar()

def case(name, change=lambda m: m, config=None, index=lambda i: i, text=None):
    """A layout of its own: an image whose manifest, config and index went through these. 'text' changes the manifest's bytes."""
    layout = Layout(f"cases/{name}")
    manifest = layout.image("latest", [tar], config=config)
    changed = change(json.loads(json.dumps(manifest)))
    data = changed if isinstance(changed, bytes) else json.dumps(changed).encode()
    descriptor = layout.blob(text(data) if text else data, OCI + "manifest.v1+json")
    descriptor["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
    whole = index({"schemaVersion": 2, "manifests": [descriptor]})
    with open(f"cases/{name}/index.json", "wb") as out:
        out.write(whole if isinstance(whole, bytes) else json.dumps(whole).encode())
    return layout, manifest

def layer(**keys):
    return lambda m: {**m, "layers": [{**m["layers"][0], **keys}]}

def entry(**keys):
    return lambda i: {**i, "manifests": [{**i["manifests"][0], **keys}]}

# CVE-2021-41190: a document of two kinds, or of another than its descriptor says.
case("both-kinds", lambda m: {**m, "manifests": []})
case("body-says-index", lambda m: {**m, "mediaType": OCI + "index.v1+json"})
case("body-says-docker", lambda m: {**m, "mediaType": "application/vnd.docker.distribution.manifest.list.v2+json"})
case("descriptor-says-index", index=entry(mediaType=OCI + "index.v1+json"))
case("no-layers", lambda m: {k: v for k, v in m.items() if k != "layers"})
case("layers-null", lambda m: {**m, "layers": None})
case("layers-object", lambda m: {**m, "layers": {"0": m["layers"][0]}})
case("layers-capital", lambda m: {**{k: v for k, v in m.items() if k != "layers"}, "Layers": m["layers"]})
case("layers-and-capital", lambda m: {**m, "Layers": []})
case("layers-twice", text=lambda d: d[:-1] + b', "layers": []}')
case("config-null", lambda m: {**m, "config": None})
case("schema", lambda m: {**m, "schemaVersion": 1})
# CVE-2024-3727: digests are names of files.
hexes = "0" * 64
for number, text in enumerate(("sha256:../../../../../../../../etc/passwd", "sha256:" + "/" * 64, "sha256:" + hexes[:63], "sha256:" + "A" * 64,
                               "../" + hexes, "sha256", "", "md5:" + "0" * 32, "sha256:" + hexes + "\n", "sha512:" + hexes,
                               "sha256:" + "../" * 21 + "x", hexes)):
    case(f"digest-layer-{number}", layer(digest=text))
    case(f"digest-config-{number}", lambda m: {**m, "config": {**m["config"], "digest": text}})
    case(f"digest-index-{number}", index=entry(digest=text))
for number, size in enumerate((-1, 1.5, 1 << 53, (1 << 63), 1 << 70, "7", None, 0, 1e300)):
    case(f"size-layer-{number}", layer(size=size))
    case(f"size-config-{number}", lambda m: {**m, "config": {**m["config"], "size": size}})
    case(f"size-index-{number}", index=entry(size=size))
case("layer-is-artifact", layer(mediaType="application/octet-stream"))
case("layer-has-no-type", layer(mediaType=""))
case("config-is-artifact", lambda m: {**m, "config": {**m["config"], "mediaType": "application/vnd.oci.empty.v1+json"}})
case("many-layers", lambda m: {**m, "layers": m["layers"] * 5000})
case("manifest-large", lambda m: {**m, "annotations": {"a": "x" * (5 << 20)}})
case("manifest-many-values", lambda m: {**m, "annotations": {str(i): "" for i in range(600_000)}})
case("manifest-deep", lambda m: {**m, "x": json.loads("[" * 500 + "]" * 500)})
case("manifest-very-deep", text=lambda d: d[:-1] + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")
case("manifest-utf8", text=lambda d: d[:-1] + b', "x": "\xff\xfe"}')
case("manifest-nul", text=lambda d: d[:-1] + b', "x": "\0"}')
case("manifest-cut", text=lambda d: d[:-20])
case("manifest-junk", text=lambda d: d + b"{}")
case("manifest-empty", text=lambda d: b"")
case("manifest-list", text=lambda d: b"[" + d + b"]")
case("index-large", index=lambda i: json.dumps(i).encode() + b" " * (5 << 20))
case("index-deep", index=lambda i: b"[" * 100_000)
case("index-empty", index=lambda i: b"")
case("index-both", index=lambda i: {**i, "layers": []})
for number, rootfs in enumerate((None, {}, {"type": "layers"}, {"type": "layers", "diff_ids": None}, {"type": "layers", "diff_ids": []},
                                 {"type": "layers", "diff_ids": ["sha256:../x"]}, {"type": "layers", "diff_ids": [7]},
                                 {"type": "layers", "diff_ids": [digest(tar)] * 2}, {"type": "layers", "diff_ids": [digest(b"")]},
                                 {"type": "other", "diff_ids": [digest(tar)]})):
    case(f"rootfs-{number}", config={"rootfs": rootfs})
case("config-large", config={"config": {"Labels": {"a": "x" * (5 << 20)}}})
case("config-deep", config={"x": json.loads("[" * 500 + "]" * 500)})
case("config-other-os", config={"os": "windows"})
deep, _ = case("index-within-index")
inner = json.load(open("cases/index-within-index/index.json"))["manifests"][0]
for level in range(20):
    inner = deep.blob(json.dumps({"schemaVersion": 2, "manifests": [{k: v for k, v in inner.items() if k != "annotations"}]}).encode(),
                      OCI + "index.v1+json")
inner["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
json.dump({"schemaVersion": 2, "manifests": [inner]}, open("cases/index-within-index/index.json", "w"))

# Files that are none, or somebody else's.
def replaced(name, path, make):
    layout, manifest = case(name)
    path = f"cases/{name}/" + path.format(layer=manifest["layers"][0]["digest"].replace(":", "/"),
                                         config=manifest["config"]["digest"].replace(":", "/"))
    os.rename(path, f"cases/{name}.aside")
    make(path)

makers = {"fifo": os.mkfifo, "link": lambda p: os.symlink(victim + "/file", p), "zero": lambda p: os.symlink("/dev/zero", p),
          "device": lambda p: os.mknod(p, 0o20666, os.makedev(1, 5)), "folder": os.mkdir, "self": lambda p: os.symlink(p, p),
          "huge": lambda p: os.truncate(os.open(p, os.O_CREAT | os.O_RDWR), 1 << 40)}
for maker, make in makers.items():
    for what, path in (("layer", "blobs/{layer}"), ("config", "blobs/{config}"), ("index", "index.json"), ("version", "oci-layout")):
        replaced(f"{what}-is-{maker}", path, make)
replaced("blobs-elsewhere", "blobs", lambda p: os.symlink(victim, p))
replaced("algorithm-elsewhere", "blobs/sha256", lambda p: os.symlink(victim, p))
case("version")
open("cases/version/oci-layout", "w").write('{"imageLayoutVersion": "2.0.0"}')

# What an image says its users are: a name is not to be had, a number does without.
traps = {"fifo": Layer().fifo("etc/passwd"), "link": Layer().symlink("etc/passwd", victim + "/file"), "device": Layer().char("etc/passwd", 1, 5),
         "folder": Layer().dir("etc/passwd"), "up": Layer().symlink("etc", "../../../../../../" + victim), "loop": Layer().symlink("etc", "etc"),
         "large": Layer().file("etc/passwd", b"bob:x:1:1::/:/bin/sh\n" * 100_000)}
passwd = Layout("passwd")
for name, trap in traps.items():
    data = trap.tar()
    passwd.image(name, [data], config={"config": {"User": "bob", "Cmd": ["true"]}})
    passwd.image(name + "-number", [data], config={"config": {"User": "7", "Cmd": ["true"]}})
PYTHON

unpack_case() { timeout -k 1 20 "$OCI" unpack -q "oci:$SCRATCH/cases/$1" "$SCRATCH/b"; }
names() { expect_eq "$(jq -c .manifests "$STORE/index.json" 2>/dev/null || echo '[]')" '[]' "names in the store after $name"; }
cases=0
for folder in cases/*/; do
  name=$(basename "$folder")
  rm -rf "$STORE" # else a blob is there already
  expect_fail 1 '^error: ' -- unpack_case "$name"
  expect_not_contains "$ERR" secret
  expect_no_file b
  case $name in
  rootfs-* | config-other-os) ;; # a whole image, of no use here
  *) names ;;
  esac
  cases=$((cases + 1))
done
[ "$cases" -ge 120 ] || fail "only $cases cases"
expect_ok "$COMPARE" before victim

for tag in $(tags passwd); do
  rm -rf b
  case $tag in
  *-number) expect_ok timeout -k 1 20 "$OCI" unpack -q "oci:$SCRATCH/passwd:$tag" b ;;
  *)
    expect_fail 1 'bob' -- timeout -k 1 20 "$OCI" unpack -q "oci:$SCRATCH/passwd:$tag" b
    expect_no_file b
    ;;
  esac
done
expect_ok "$COMPARE" before victim
