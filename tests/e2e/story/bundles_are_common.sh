#!/usr/bin/env bash
# Bundles are common property: runc and crun run what oci unpacked, oci runs what runc and umoci made.
# serial
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

need runc umoci
busybox_image layout:latest --config '{"Cmd": ["sh", "-c", "echo $GREETING; id -u"], "Env": ["PATH=/bin", "GREETING=hi"], "User": "1000:1000"}'
expect_ok oci pull oci:layout:latest
expect_ok oci unpack
expect_ok oci run
expect_eq "$OUT" $'hi\n1000' "oci"
expect_ok runc --root runc-root run -b bundle "$(id_of runc)"
expect_eq "$OUT" $'hi\n1000' "runc"
if command -v crun >/dev/null; then
  prepare_crun
  expect_ok crun --root crun-root run -b bundle "$(id_of crun)"
  expect_eq "$OUT" $'hi\n1000' "crun"
fi

"$UMOCI" unpack --image layout:latest umoci 2>/dev/null
edit_config umoci '.process.terminal = false'
expect_ok oci run -b umoci "$(id_of umoci)"
expect_eq "$OUT" $'hi\n1000' "umoci's bundle"

mkdir plain
(cd plain && runc spec)
make_rootfs plain/rootfs
edit_config plain '.process.terminal = false | .process.args = ["echo", "unchanged"]'
expect_ok oci run -b plain "$(id_of plain)"
expect_eq "$OUT" unchanged
