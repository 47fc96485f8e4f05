#!/usr/bin/env bash
# config changes what it is told to, keeps all else, and adds to the history.
. "$(dirname "$0")/_layers.sh"

mkdir "$SCRATCH/root"
make_image "$L:a" --layer "$SCRATCH/root" --config '{"Env":["A=0","B=1"],"Labels":{"l":"1"},"x-unknown":[1]}' >/dev/null
expect_ok umoci config --image "$L:a" --tag b --config.user u:g --config.exposedports 90/udp --config.exposedports 80 \
  --config.env A=1 --config.env C=2 --config.env A=3 --config.entrypoint /bin/sh --config.entrypoint -c --config.cmd a \
  --config.cmd 'b <c>' --config.volume /v --config.label k=v=w --config.workingdir /w --config.stopsignal SIGKILL \
  --created 2021-01-01T00:00:00.500Z --author 'A <a@b>' --os linux --architecture arm64 --platform.variant v8 \
  --manifest.annotation x=y --history.comment hm
expect_eq "$(config_of b | jq -cS .config)" "$(jq -cS . <<'JSON'
{"User":"u:g","ExposedPorts":{"80":{},"90/udp":{}},"Env":["A=3","B=1","C=2"],"Entrypoint":["/bin/sh","-c"],
 "Cmd":["a","b <c>"],"Volumes":{"/v":{}},"Labels":{"k":"v=w","l":"1"},"WorkingDir":"/w","StopSignal":"SIGKILL",
 "x-unknown":[1]}
JSON
)"
expect_eq "$(config_of b | jq -c '[.created,.author,.architecture,.variant,.os]')" \
  '["2021-01-01T00:00:00.5Z","A <a@b>","arm64","v8","linux"]'
expect_eq "$(manifest_of b | jq -c .annotations)" '{"x":"y"}'
expect_eq "$(manifest_of b | jq -c .layers)" "$(manifest_of a | jq -c .layers)"
expect_eq "$(config_of b | jq -c '.history[-1]')" \
  '{"created":"2023-11-14T22:13:20Z","created_by":"umoci config","author":"A <a@b>","comment":"hm","empty_layer":true}'
expect_eq "$(history_of b | jq -c '.[-1] | [.layer,.diff_id,.empty_layer]')" '[null,"",true]'
expect_contains "$(umoci stat --image "$L:b")" $'\t\t"b <c>"\n'

for key in labels env exposedports entrypoint cmd volume; do clear+=(--clear "config.$key"); done
expect_ok umoci config --image "$L:b" "${clear[@]}" --clear=manifest.annotations --config.env Z=9 --no-history
expect_eq "$(config_of b | jq -c .config)" \
  '{"User":"u:g","Env":["Z=9"],"WorkingDir":"/w","StopSignal":"SIGKILL","x-unknown":[1]}'
expect_eq "$(manifest_of b | jq -c .annotations)" null

refused config --image "$L:b" --clear rootfs.diffids
refused config --image "$L:b" --clear nosuch
refused config --image "$L:b" --config.env NOVALUE
refused config --image "$L:b" --config.label NOVALUE
refused config --image "$L:b" --manifest.annotation NOVALUE
refused config --image "$L:b" --created yesterday
refused config --image "$L:b" --created 2021-02-29T00:00:00Z
refused config --image "$L:b" --history.created 2021-01-01
refused config --image "$L:b" --no-history --history.comment x
refused config --image "$L:b" --tag 'in valid'
refused config --image "$L:nosuch"
refused config --image "$L:b" more
refused config

# The same on the store, where docker's manifests are too; what was made can be run.
make_rootfs "$SCRATCH/busybox"
make_image "$SCRATCH/docker:sample" --docker --layer "$SCRATCH/busybox" >/dev/null
expect_ok oci pull -q "oci:$SCRATCH/docker:sample"
name=$(oci images | awk 'NR == 2 { print $1 }')
expect_ok oci config "$name" --tag mine --config.cmd true
expect_eq "$(oci stat --json mine | jq -r '.manifest.blob.mediaType, .manifest.blob.layers[0].mediaType')" \
  $'application/vnd.oci.image.manifest.v1+json\napplication/vnd.oci.image.layer.v1.tar+gzip'
expect_eq "$(oci stat --json mine | jq -r '.config.blob.history[-1].created_by')" 'oci config'
expect_ok oci unpack mine "$SCRATCH/b"
expect_eq "$(jq -c .process.args "$SCRATCH/b/config.json")" '["true"]'
expect_fail 2 -- oci config nosuch
