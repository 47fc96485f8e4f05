#!/usr/bin/env bash
# An image that names no command makes a bundle all the same, with a shell in it; a command given is taken.
. "$(dirname "$0")/_unpack.sh"

make_layout <<'PYTHON'
layout.image("none", [Layer().file("a", b"1").tar()], config={"config": {}})
layout.image("cmd", [Layer().file("a", b"1").tar()], config={"config": {"Cmd": ["/a", "b"]}})
PYTHON
args() { jq -c .process.args b/config.json; }
expect_ok oci unpack -q oci:img:none b
expect_eq "$(args)" '["sh"]'
rm -rf b
expect_ok oci unpack -q oci:img:none b -- /bin/x y
expect_eq "$(args)" '["/bin/x","y"]'
rm -rf b
expect_ok oci unpack -q --entrypoint /e oci:img:none b
expect_eq "$(args)" '["/e"]'
rm -rf b
expect_ok oci pull -q --unpack oci:img:cmd b
expect_eq "$(args)" '["/a","b"]'
