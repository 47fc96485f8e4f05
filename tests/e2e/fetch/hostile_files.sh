#!/usr/bin/env bash
# Layouts and archives that are damaged or mean harm: an error that names the cause, and nothing of them stays.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"

need skopeo openssl
image_of_layers good:latest
layer=$(layer_of good 0)
blob=blobs/sha256/${layer#*:}

hostile() { # PATTERN NAME
  expect_fail any "$1" -- timeout 60 "$OCI" pull "$2"
  expect_sound_store
}
damaged() { # PATTERN COMMAND…: in a copy of the layout
  rm -rf bad bad.tar
  cp -r good bad
  (cd bad && "${@:2}")
  hostile "$1" oci:bad
  tar -cf bad.tar -C bad .
  hostile "$1|no member" oci-archive:bad.tar
}
flip() { printf 'x' | dd of="$blob" bs=1 seek=1000 conv=notrunc status=none; }
as_link() { mv "$blob" elsewhere && ln -s ../../elsewhere "$blob"; }
as_fifo() { rm "$blob" && mkfifo "$blob"; }
edit_index() { jq -c "$1" index.json >index && mv index index.json; }
damaged "${layer:7:12}.*wrong digest" flip
damaged "${layer:7:12}" truncate -s 1000 "$blob"
damaged "${layer:7:12}" truncate -s +1000 "$blob"
damaged "${layer:7:12}" rm "$blob"
damaged "${layer:7:12}" as_fifo
damaged 'oci-layout' rm oci-layout
damaged 'index.json' truncate -s 20 index.json
damaged 'digest' edit_index '.manifests[0].digest = "sha256:../../../etc/passwd"'
damaged 'size' edit_index '.manifests[0].size = 1e300'
damaged 'bytes|larger' edit_index '.manifests[0].size += 1'
damaged 'media type|mediaType' edit_index '.manifests[0].mediaType = "application/vnd.oci.image.index.v1+json"'

# A blob that is a link out of the layout is not followed.
rm -rf bad
cp -r good bad
(cd bad && as_link)
hostile "${layer:7:12}.*symbolic link" oci:bad

"$SKOPEO" copy --quiet --insecure-policy oci:good:latest docker-archive:docker.tar:a/b:1
unpack_docker() { rm -rf saved && mkdir saved && tar -xf docker.tar -C saved && chmod -R u+w saved; }
damaged_save() { # PATTERN COMMAND…
  unpack_docker
  (cd saved && "${@:2}")
  tar -cf bad.tar -C saved .
  hostile "$1" docker-archive:bad.tar
}
edit_save() { jq -c "$1" manifest.json >m && mv m manifest.json; }
first_layer() { jq -r '.[0].Layers[0]' manifest.json; }
cycle() { local l; l=$(first_layer) && rm "$l" && ln -s b "$l" && ln -s "$l" b; }
link_out() { local l; l=$(first_layer) && rm "$l" && ln -s /etc/passwd "$l"; }
link_up() { local l; l=$(first_layer) && rm "$l" && ln -s ../../../../../../../etc/passwd "$l"; }
other_content() { local l; l=$(first_layer) && tar -cf "$l" manifest.json; }
packed_other_content() { other_content && gzip -n "$(first_layer)" && mv "$(first_layer).gz" "$(first_layer)"; }
bad_gzip() { local l; l=$(first_layer) && gzip -n "$l" && head -c 5000 "$l.gz" >"$l"; }
damaged_save 'no member' edit_save '.[0].Config = "../../etc/passwd"'
damaged_save 'no member' edit_save '.[0].Layers[0] = "/etc/passwd"'
damaged_save 'no member' edit_save '.[0].Layers[0] = "none"'
damaged_save 'diff_ids' edit_save '.[0].Layers += [.[0].Layers[0]]'
damaged_save 'string' edit_save '.[0].Layers[0] = 7'
damaged_save 'manifest.json' truncate -s 30 manifest.json
damaged_save 'manifest.json' truncate -s 2M manifest.json
damaged_save 'not a docker-archive' rm manifest.json
damaged_save 'image not found' edit_save '[]'
damaged_save 'no member' cycle
damaged_save 'no member' link_out
damaged_save 'no member' link_up
damaged_save 'wrong d' other_content
damaged_save 'wrong diff_id' packed_other_content
damaged_save 'truncated|bad.tar' bad_gzip

head -c 100000 docker.tar >cut.tar
hostile 'truncated|cut.tar' docker-archive:cut.tar
head -c 100000 /dev/urandom >noise.tar
hostile 'not a tar' docker-archive:noise.tar
head -c 1000000 /dev/zero | gzip >zeros.tar.gz
hostile 'not a tar' docker-archive:zeros.tar.gz
# Without an end: nothing of it is kept.
hostile 'not a tar' oci-archive:/dev/zero
mkfifo endless
yes >endless 2>/dev/null &
hostile 'not a tar' oci-archive:endless
: >empty.tar
hostile 'empty.tar' docker-archive:empty.tar
hostile 'no such file' oci:nowhere
hostile 'no such file' oci-archive:nowhere
hostile 'is a directory' oci-archive:good

python3 - <<'PYTHON'
import tarfile
with tarfile.open("many.tar", "w") as tar:
    for i in range(100_001):
        tar.addfile(tarfile.TarInfo(f"f{i}"))
PYTHON
hostile 'members' docker-archive:many.tar
