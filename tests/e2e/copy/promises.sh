#!/usr/bin/env bash
# Called skopeo, an option about trust or places that would have no effect is an error and copies nothing.
. "$(dirname "$0")/../../tools/harness.sh"

mkdir rootfs bin
echo x >rootfs/file
make_image layout:v1 --layer rootfs
ln -s "$OCI" bin/skopeo
for options in "--policy $PWD/none.json" --require-signed; do
  expect_fail 1 'level=fatal' -- bin/skopeo $options copy oci:layout:v1 dir:out
  expect_no_file out
done
for options in '--sign-by somebody' '--encryption-key jwe:key' '--dest-force-compress-format'; do
  expect_fail 1 'level=fatal' -- bin/skopeo copy $options oci:layout:v1 dir:out
  expect_no_file out
done
expect_ok bin/skopeo --insecure-policy copy --retry-delay 1s oci:layout:v1 dir:out
expect_file out/manifest.json
# A registry's tags are not asked for, so none are claimed; other transports have none.
expect_eq "$(bin/skopeo inspect oci:layout:v1 | jq -c .RepoTags)" '[]'
