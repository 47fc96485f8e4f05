#!/usr/bin/env bash
# `oci spec IMAGE --explain` names the source of every leaf of config.json, what it overrode, and what was left out.
. "$(dirname "$0")/../../tools/harness.sh"
need jq

make_rootfs rootfs
make_image layout:latest --layer rootfs --config '{"Env": ["PATH=/usr/sbin:/bin", "A=image"], "Entrypoint": ["/docker-entrypoint.sh"],
  "Cmd": ["nginx", "-g", "daemon off;"], "ExposedPorts": {"80/tcp": {}}, "StopSignal": "SIGQUIT",
  "Labels": {"maintainer": "someone", "run.oci.handler": "krun"}}' >/dev/null
expect_ok oci pull oci:layout:latest
flags=(-e A=1 --cap-drop ALL --cap-add NET_BIND_SERVICE)

expect_ok oci spec oci:layout:latest "${flags[@]}" -o written.json
expect_ok oci spec oci:layout:latest "${flags[@]}" --explain --format json
printf '%s\n' "$OUT" >explained.json
# Every leaf, each with a source, and no others.
leaves=$(jq '[paths(type != "object" and type != "array" or length == 0)] | length' written.json)
expect_eq "$(jq '.values | length' explained.json)" "$leaves" "leaves"
expect_eq "$(jq -c '[.values[] | select(.source == "" or .source == "unknown" or .source == null)]' explained.json)" '[]' "without a source"
source_of() { jq -r --arg p "$1" '.values[] | select(.path == $p) | .source' explained.json; }
expect_eq "$(source_of 'process.args[0]')" "image config.Entrypoint"
expect_eq "$(source_of 'process.args[1]')" "image config.Cmd"
expect_eq "$(source_of 'process.env[A]')" "flag --env"
expect_eq "$(source_of 'process.env[PATH]')" "image config.Env"
expect_eq "$(source_of 'process.env[HOME]')" "image /etc/passwd"
expect_eq "$(source_of 'process.capabilities.bounding[CAP_NET_BIND_SERVICE]')" "flag --cap-add"
expect_eq "$(source_of 'annotations[maintainer]')" "image config.Labels"
expect_eq "$(source_of 'annotations[org.opencontainers.image.stopSignal]')" "image config.StopSignal"
expect_eq "$(source_of 'linux.seccomp.defaultAction')" "engine docker"
expect_eq "$(source_of 'root.path')" "host the bundle"
expect_eq "$(jq -c '.values[] | select(.path == "process.env[A]") | .overrode' explained.json)" '["image config.Env: image"]'
expect_contains "$(jq -r '.warnings[]' explained.json)" run.oci.handler

expect_ok oci spec oci:layout:latest "${flags[@]}" --explain
expect_match "$OUT" '^process.env\[A\] +"A=1" +flag --env, over image config.Env: image$'
expect_match "$OUT" '^warning: .*run.oci.handler'

# The same inputs give the same bytes; a patch and a template change only their part, and unknown keys stay.
expect_ok oci spec oci:layout:latest "${flags[@]}" -o again.json
cmp written.json again.json
expect_ok oci spec oci:layout:latest "${flags[@]}" --patch '{"hostname": "patched", "process": {"rlimits": null, "oomScoreAdj": 5}}' -o patched.json
expect_eq "$(jq -S 'del(.hostname, .process.oomScoreAdj)' patched.json)" "$(jq -S 'del(.hostname)' written.json)" "beside the patch"
expect_eq "$(jq -c '[.hostname, .process.oomScoreAdj]' patched.json)" '["patched",5]'
jq '.vendor = {"kept": true} | .process.user.uid = 7' written.json >template.json
expect_ok oci spec --rootfs rootfs --template template.json --memory 64m -o made.json
expect_eq "$(jq -S 'del(.linux.resources.memory, .root)' made.json)" "$(jq -S 'del(.root)' template.json)" "beside --memory"
expect_eq "$(jq -c .linux.resources.memory made.json)" '{"limit":67108864,"swap":134217728}'

# A bundle's own config.json is changed in place; --rootfs needs no image.
mkdir b
cp -a rootfs b/rootfs
expect_ok oci spec --rootfs rootfs -b b -- echo by rootfs
expect_ok runtime run -b b "$(id_of one)"
expect_eq "$OUT" "by rootfs"
expect_ok oci spec b -e GREETING=hello -- sh -c 'echo $GREETING'
expect_ok runtime run -b b "$(id_of two)"
expect_eq "$OUT" hello
expect_fail 1 'needs an image' -- oci spec --memory 64m
expect_fail 1 '--patch .*not a JSON object' -- oci spec --rootfs rootfs --patch '[1]' -o x.json
