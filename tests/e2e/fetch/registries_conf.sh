#!/usr/bin/env bash
# registries.conf: another location, mirrors and what becomes of the image when one fails, insecure, blocked.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"

need skopeo openssl
image_of_layers layout:latest
digest=$(jq -r '.manifests[0].digest' layout/index.json)
start_registry --tls && far=$REGISTRY
"$SKOPEO" copy -q --insecure-policy --dest-cert-dir "$REGISTRY_CERTS" oci:layout:latest "docker://$far/team/sample:1"
"$SKOPEO" copy -q --insecure-policy --dest-cert-dir "$REGISTRY_CERTS" oci:layout:latest "docker://$far/team/only-far:1"
start_registry --login me:secret && near=$REGISTRY near_log=$REGISTRY_LOG
"$SKOPEO" copy -q --insecure-policy --dest-tls-verify=false --dest-creds me:secret oci:layout:latest "docker://$near/cache/sample:1"

export CONTAINERS_REGISTRIES_CONF=$SCRATCH/registries.conf
cat >registries.conf <<EOF
[[registry]]
prefix = "images.example.com"
location = "$far/team"
insecure = true
[[registry.mirror]]
location = "127.0.0.1:1/nobody"
[[registry.mirror]]
location = "$near/cache"
[[registry]]
location = "bad.example.com"
blocked = true
EOF

# The first mirror is not there, the second wants a login: --creds are not for it, an auth file may be.
expect_ok oci pull --creds them:other images.example.com/sample:1
expect_eq "$OUT" "$digest"
expect_match "$ERR" 'mirror 127.0.0.1:1/nobody/sample:1: .*refused'
expect_match "$ERR" "mirror $near/cache/sample:1: "
expect_eq "$(grep -c 'them' "$near_log")" 0
fresh_store
printf '{"auths": {"%s": {"auth": "%s"}}}' "$near" "$(printf me:secret | base64)" >auth.json
expect_ok oci pull --authfile auth.json images.example.com/sample:1
expect_not_contains "$ERR" "mirror $near"
expect_eq "$(stored_manifest images.example.com/sample:1)" "$digest" "it has the name that was asked for"
fresh_store
expect_ok oci pull --authfile auth.json images.example.com/only-far:1
expect_match "$ERR" "mirror $near/cache/only-far:1: .*not found"
expect_fail 2 "$far/team/none:1: image not found|repository not found" -- oci pull --authfile auth.json images.example.com/none:1

expect_fail 1 "registry bad.example.com is blocked in $SCRATCH/registries.conf" -- oci pull bad.example.com/x
expect_fail 1 'is blocked' -- oci copy oci:layout:latest docker://bad.example.com/x:1
expect_fail 1 'is blocked' -- oci tags bad.example.com/x

# By digest alone.
sed -i 's/^location = "127.*/&\npull-from-mirror = "digest-only"/' registries.conf
fresh_store
expect_ok oci pull --authfile auth.json images.example.com/sample:1
expect_not_contains "$ERR" "nobody"
expect_ok oci pull --authfile auth.json "images.example.com/sample@$digest"
expect_contains "$ERR" "nobody"

# Short names: an alias, or a search that goes on only where there is no such image.
cat >short.conf <<EOF
unqualified-search-registries = ["images.example.com", "down.example.com", "127.0.0.1:1"]
[aliases]
"sampled" = "images.example.com/sample"
[[registry]]
prefix = "images.example.com"
location = "$far/team"
insecure = true
[[registry]]
prefix = "down.example.com"
location = "127.0.0.1:1"
EOF
fresh_store
CONTAINERS_REGISTRIES_CONF=$SCRATCH/short.conf expect_ok oci pull sampled:1
expect_eq "$(stored_manifest images.example.com/sample:1)" "$digest"
CONTAINERS_REGISTRIES_CONF=$SCRATCH/short.conf expect_ok oci pull only-far:1
expect_eq "$(stored_manifest images.example.com/only-far:1)" "$digest"
CONTAINERS_REGISTRIES_CONF=$SCRATCH/short.conf expect_ok oci unpack --rootfs-only only-far:1 tree
expect_file tree/rootfs/file
# The same names in every verb on the store.
export CONTAINERS_REGISTRIES_CONF=$SCRATCH/short.conf
expect_ok oci tag sampled:1 second:1
expect_ok oci push -q sampled:1 oci:pushed:x
expect_ok oci rmi sampled:1
expect_contains "$OUT" 'untagged images.example.com/sample:1'
unset CONTAINERS_REGISTRIES_CONF
CONTAINERS_REGISTRIES_CONF=$SCRATCH/short.conf expect_fail 1 'connection refused' -- oci pull nosuch:1

# The user's own file instead of the variable, with a drop-in that takes the block away.
unset CONTAINERS_REGISTRIES_CONF
export XDG_CONFIG_HOME=$SCRATCH/config
mkdir -p config/containers/registries.conf.d
mv registries.conf config/containers
expect_fail 1 "is blocked in $SCRATCH/config/containers/registries.conf" -- oci pull bad.example.com/x
printf '[[registry]]\nprefix = "bad.example.com"\nlocation = "%s/team"\ninsecure = true\n' "$far" >config/containers/registries.conf.d/10-good.conf
fresh_store
expect_ok oci pull bad.example.com/sample:1

echo 'broken = ' >config/containers/registries.conf.d/20-broken.conf
expect_fail 1 'registries.conf.d/20-broken.conf:1: ' -- oci pull "$near/cache/sample:1"
ln -s "$OCI" skopeo
printf '[[registry]]\nlocation = "other.example.com"\nblocked = true\n' >given.conf
expect_fail 1 'is blocked in .*given.conf' -- ./skopeo --registries-conf "$SCRATCH/given.conf" inspect docker://other.example.com/x
expect_fail 1 'no such file' -- ./skopeo --registries-conf "$SCRATCH/none.conf" inspect docker://other.example.com/x
