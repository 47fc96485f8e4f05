#!/usr/bin/env bash
# https: a private CA is trusted when it is given, certificates are checked unless told not to, and a client certificate is
# for who asks for it.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"

need skopeo openssl
image_of_layers layout:latest
start_registry --tls
push layout:latest sample:latest

expect_fail 1 'certificate' 'hint: --cert-dir' -- oci pull "$REGISTRY/sample"
expect_sound_store
expect_ok oci pull --cert-dir "$REGISTRY_CERTS" "$REGISTRY/sample"
expect_sound_store 1
fresh_store
expect_ok oci pull --tls-verify=false "$REGISTRY/sample"
fresh_store

# The certificate is for 127.0.0.1 and localhost, not for every name of this machine.
port=${REGISTRY##*:}
expect_ok oci pull --cert-dir "$REGISTRY_CERTS" "localhost:$port/sample"
expect_fail 1 'certificate|host name' -- oci pull --cert-dir "$REGISTRY_CERTS" "other.localhost:$port/sample"

mkdir halves
cp "$REGISTRY_CERTS/ca.crt" halves
touch halves/client.cert
expect_fail 1 'client.key' -- oci pull --cert-dir halves "$REGISTRY/sample"
mv halves/client.cert halves/client.key
expect_fail 1 'client.cert' -- oci pull --cert-dir halves "$REGISTRY/sample"
expect_fail 1 'nowhere' -- oci pull --cert-dir nowhere "$REGISTRY/sample"
