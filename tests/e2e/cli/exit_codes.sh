#!/usr/bin/env bash
# Exit codes: docker's for images, runc's for bundles, 255 for exec's own errors (1 as crun).
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/cli/_run.sh"
image_and_bundle

expect_fail 3 -- oci run "$IMAGE" sh -c 'exit 3'
expect_fail 143 -- oci run "$IMAGE" sh -c 'kill -TERM $$; sleep 1; exit 143' # pid 1 has no default actions
expect_fail 125 -- oci run --memory nonsense "$IMAGE"
expect_fail 125 'apparmor' -- oci run --security-opt apparmor=nosuch "$IMAGE" true
expect_fail 126 'permission denied' -- oci run "$IMAGE" /etc
expect_fail 127 'nosuch' -- oci run "$IMAGE" nosuch
expect_fail 127 'no such file or directory' -- oci run "$IMAGE" /no/such
expect_fail 1 'unknown option --nosuch' -- oci run --nosuch "$IMAGE"

id=$(id_of codes)
edit_config named '.process.args = ["nosuch"]'
expect_fail 1 'nosuch' -- oci run -b named "$id"
edit_config named '.process.args = ["/etc"]'
expect_fail 1 'permission denied' -- oci run -b named "$id"
edit_config named '.process.args = ["sh", "-c", "exit 9"]'
expect_fail 9 -- oci run -b named "$id"
expect_fail 1 -- oci start nosuch
expect_fail 1 -- oci state nosuch
expect_fail 1 -- oci kill nosuch
expect_fail 1 -- oci delete nosuch

edit_config named '.process.args = ["sleep", "60"]'
expect_ok oci run -d -b named "$id" </dev/null
expect_fail 255 'nosuch' -- oci exec "$id" nosuch
expect_fail 255 'does not exist' -- oci exec nosuch true
expect_fail 255 'missing argument' -- oci exec "$id"
expect_fail 255 'unknown option' -- oci exec --nosuch "$id" true
expect_fail 4 -- oci exec "$id" sh -c 'exit 4'
expect_fail 137 -- oci exec "$id" sh -c 'kill -KILL $$'
ln -s "$OCI" crun
expect_fail 1 'nosuch' -- ./crun --root "$ROOT" exec "$id" nosuch
expect_ok oci delete -f "$id"
expect_clean
