#!/usr/bin/env bash
# policy.json decides what is taken: the most specific scope, nothing where signatures are asked for, nothing by a broken file.
. "$(dirname "$0")/../../tools/harness.sh"
need jq

mkdir rootfs
echo x >rootfs/file
make_image layout:v1 --layer rootfs --cmd sh >/dev/null
ln -s "$OCI" skopeo
accept='[{"type": "insecureAcceptAnything"}]' reject='[{"type": "reject"}]' signed='[{"type": "signedBy", "keyType": "GPGKeys", "keyPath": "/x"}]'
copied() { rm -rf out && expect_ok ./skopeo --policy policy.json copy "${@:-oci:layout:v1}" dir:out && expect_file out/manifest.json; }
refused() { # refused PATTERN [SOURCE]
  rm -rf out
  expect_fail 1 "$1" -- ./skopeo --policy policy.json copy "${2:-oci:layout:v1}" dir:out
  expect_no_file out/manifest.json
}

echo "{\"default\": $accept}" >policy.json && copied
echo "{\"default\": $reject}" >policy.json && refused 'is rejected by policy'
echo "{\"default\": $signed}" >policy.json && refused 'requires signedBy, and signatures are not checked'
echo "{\"default\": $reject, \"transports\": {\"oci\": {\"\": $accept}}}" >policy.json && copied
echo "{\"default\": $accept, \"transports\": {\"oci\": {\"$SCRATCH\": $reject}}}" >policy.json && refused 'is rejected'
echo "{\"default\": $reject, \"transports\": {\"oci\": {\"$SCRATCH\": $reject, \"$SCRATCH/layout:v1\": $accept}}}" >policy.json && copied
for broken in '{' '{}' '{"default": []}' '{"default": [{"type": "acceptAnything"}]}' "{\"default\": $accept, \"more\": 1}" "{\"default\": $accept, \"default\": $accept}"; do
  echo "$broken" >policy.json
  refused 'policy.json'
done
expect_fail 1 'nosuch.json' -- ./skopeo --policy nosuch.json copy oci:layout:v1 dir:out
expect_fail 1 'exclude each other' -- ./skopeo --policy policy.json --insecure-policy copy oci:layout:v1 dir:out

# A registry's scopes; the user's own policy; pull and unpack obey as well.
start_registry --layout "$SCRATCH/layout"
export HOME=$SCRATCH/home
unset XDG_CONFIG_HOME
mkdir -p "$HOME/.config/containers"
policy=$HOME/.config/containers/policy.json
echo "{\"default\": $accept, \"transports\": {\"docker\": {\"$REGISTRY/team\": $reject, \"$REGISTRY/team/good\": $accept}}}" >"$policy"
expect_fail 1 "Source image rejected: Running image docker://$REGISTRY/team/bad:v1 is rejected by policy" -- oci pull "$REGISTRY/team/bad:v1"
expect_ok oci pull "$REGISTRY/team/good:v1"
expect_ok oci pull "$REGISTRY/other:v1"
expect_fail 1 'rejected by policy' -- oci unpack "$REGISTRY/team/bad:v1" bundle
expect_no_file bundle
expect_fail 1 'rejected by policy' -- oci copy "docker://$REGISTRY/team/bad:v1" oci:copy:v1
expect_ok oci copy --insecure-policy "docker://$REGISTRY/team/bad:v1" oci:copy:v1
expect_ok oci inspect "docker://$REGISTRY/team/bad:v1"
