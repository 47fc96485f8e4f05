#!/usr/bin/env bash
# The image's volumes hide nothing: the image's content is there and can be written; read-only, it is said what helps.
# peers: runc crun
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/specgen/_specgen.sh"

make_rootfs rootfs
mkdir -p rootfs/data
echo seed >rootfs/data/seed
config='{"Volumes": {"/data": {}}, "Cmd": ["sh", "-c", "cat /data/seed; echo new >/data/new && echo written; touch /x && echo root"]}'
unpack_image "$config"
run_bundle
expect_eq "$OUT" $'seed\nwritten\nroot'
expect_file bundle/rootfs/data/new

unpack_image "$config" --read-only
expect_contains "$ERR" "the image's volume /data is read-only as all else; --tmpfs or --volume makes it writable"

mkdir host
unpack_image "$config" --read-only -v ./host:/data
expect_not_contains "$ERR" "read-only as all else"
