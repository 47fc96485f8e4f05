#!/usr/bin/env bash
# verify finds every kind of damage, in the store, layouts, archives and registries, and nothing in what is sound.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/store/_store.sh"

two_images
faults() { oci verify --quiet --json "$@" 2>/dev/null | jq -r '.faults[].fault'; }

expect_ok oci verify --quiet
expect_match "$OUT" '^sound: 2 images, 7 blobs, '
expect_ok oci verify --quiet --json one
expect_eq "$(jq -c '[.sound, .images, .blobs, .faults]' <<<"$OUT")" '[true,1,4,[]]'
expect_fail 2 'no image none' -- oci verify none
for place in oci:layout ./layout oci:layout:one; do expect_ok oci verify "$place"; done
oci copy --quiet oci:layout:one oci-archive:one.tar
oci copy --quiet oci:layout:one docker-archive:docker.tar:one:1
oci copy --quiet oci:layout:one dir:folder
for place in ./one.tar ./docker.tar ./folder "$PWD/one.tar" docker-archive:docker.tar; do expect_ok oci verify "$place"; done
expect_fail 2 'no descriptor' -- oci verify oci:layout:none

# Each fault is told, and the others with it.
layers() { jq -r ".layers[$1].digest" "layout/blobs/${ONE/://}"; }
config=$(jq -r .config.digest "layout/blobs/${ONE/://}")
spoil() { # DIGEST: other bytes, as many
  cp "layout/blobs/${1/://}" saved
  printf 'x' | dd of="layout/blobs/${1/://}" bs=1 seek=20 conv=notrunc status=none
}
mend() { mv saved "layout/blobs/${1/://}"; }
spoil "$(layers 1)"
expect_match "$(faults ./layout)" "$(layers 1): wrong digest"
expect_fail 1 '1 fault$' -- oci verify ./layout
expect_match "$OUT" '^fault: one: blob .*wrong digest'
spoil_two=$(layers 0)
rm "layout/blobs/${spoil_two/://}"
expect_eq "$(faults ./layout | wc -l)" 3 "faults" # the shared layer is in both images
cp "$STORE/blobs/${spoil_two/://}" "layout/blobs/${spoil_two/://}"
mend "$(layers 1)"
echo more >>"layout/blobs/${config/://}"
expect_match "$(faults oci:layout:one)" 'bytes, its descriptor says'
cp "$STORE/blobs/${config/://}" "layout/blobs/${config/://}"
spoil "$ONE"
expect_match "$(faults ./layout)" "wrong digest"
mend "$ONE"
expect_ok oci verify ./layout

stray=layout/blobs/sha256/$(printf '%064d' 1)
echo stray >"$stray"
expect_match "$(faults ./layout)" "sha256:0*1: wrong digest"
rm "$stray"

# Digests that are right, of documents that are wrong.
rewrite() { # LAYOUT MANIFEST-FILTER CONFIG-FILTER
  python3 - "$@" <<'PY'
import hashlib, json, subprocess, sys
layout, manifest_filter, config_filter = sys.argv[1:]
def blob(digest): return f"{layout}/blobs/{digest.replace(':', '/')}"
def jq(text, filter): return subprocess.run(["jq", "-c", filter], input=text, stdout=subprocess.PIPE, check=True).stdout
def put(text):
    digest = "sha256:" + hashlib.sha256(text).hexdigest()
    open(blob(digest), "wb").write(text)
    return digest, len(text)
index = json.load(open(f"{layout}/index.json"))
entry = index["manifests"][0]
manifest = json.load(open(blob(entry["digest"])))
config = jq(open(blob(manifest["config"]["digest"]), "rb").read(), config_filter)
manifest["config"]["digest"], manifest["config"]["size"] = put(config)
entry["digest"], entry["size"] = put(jq(json.dumps(manifest).encode(), manifest_filter))
json.dump(index, open(f"{layout}/index.json", "w"))
PY
}
wrong() { # PATTERN MANIFEST-FILTER CONFIG-FILTER
  rm -rf wrong
  make_image wrong:one --layer layer-one --layer layer-other --cmd true >/dev/null
  rewrite wrong "$2" "$3"
  expect_match "$(faults ./wrong)" "$1"
}
wrong 'wrong diff_id: its config says' . '.rootfs.diff_ids |= reverse'
wrong 'has 1 diff_ids for 2 layers' . 'del(.rootfs.diff_ids[0])'
wrong 'not a layer but text/plain' '.layers[0].mediaType = "text/plain"' .
wrong 'gzip|zstd' '.layers[0].mediaType = "application/vnd.oci.image.layer.v1.tar+zstd"' .
wrong 'media type' '.mediaType = "application/vnd.oci.image.index.v1+json"' .
wrong 'size' '.layers[0].size = -1' .
rm -rf wrong
make_image wrong:one --layer layer-one --cmd true >/dev/null
printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"sha256:%064d","size":3}]}' 5 >wrong/index.json
expect_match "$(faults ./wrong)" 'no such file'

start_registry --layout layout
expect_ok oci verify "docker://$REGISTRY/x:one"
expect_fail 2 'not found' -- oci verify "docker://$REGISTRY/x:none"
cp -r layout spoilt
cp "layout/blobs/${SHARED/://}" saved
printf 'x' | dd of="layout/blobs/${SHARED/://}" bs=1 seek=20 conv=notrunc status=none
expect_match "$(faults "docker://$REGISTRY/x:one")" "wrong digest"

# Nothing pulled yet is sound.
expect_ok "$OCI" --store "$SCRATCH/none" verify
expect_no_file "$SCRATCH/none"
