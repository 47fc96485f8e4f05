#!/usr/bin/env bash
# A registry that sends the wrong things: an error that names what and why, nothing wrong in the store, no hang, and the
# memory stays flat.
# timeout: 300
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"

need openssl
image_of_layers layout:latest
layer=$(layer_of layout 0)
short=${layer:7:12}
start_faults layout

refused() { # FAULT PATTERN…
  expect_fail any "^error: pull $FAULTS/$1" "${@:2}" -- timeout 60 "$OCI" pull "$FAULTS/$1"
  expect_sound_store
  fresh_store
}
granted() {
  expect_ok timeout 60 "$OCI" pull "$FAULTS/$1"
  expect_sound_store 1
  fresh_store
}

granted ok
granted digest-lie
refused wrong-digest "$short.*wrong digest"
refused longer "$short.*larger than"
refused endless-blob "$short.*larger than"
refused shorter "$short.*ends after"
refused cut-always "$short"
refused wrong-range "asked for the bytes from 100000"
refused bad-json 'manifest.*line 1'
refused changed "$short.*wrong digest"
refused endless-trailers "too many headers"
refused endless-interim 'too many headers'
refused storm "$short.*503 UNAVAILABLE"
refused deep 'indexes within indexes'
refused html 'manifest.* a web page'
refused type-lie 'media type'
refused both 'both|manifests'
refused duplicate-keys 'duplicate'
refused negative-size 'size'
refused path-digest 'digest'
refused gzip-manifest 'content encoding gzip'
refused endless-manifest 'larger than 4.0 MiB'
refused endless-error '500'
refused many-headers 'too many headers'
refused long-header 'a header is too long'
refused redirect-nowhere 'redirects, but does not say where'
refused broken '500 UNKNOWN'
refused denied '403 DENIED'
refused escapes 'x1b.2Jgone'
refused no-such-fault 'repository not found'
expect_fail 2 'repository not found' -- oci pull "$FAULTS/no-such-fault"
expect_fail 1 'wrong digest' -- timeout 60 "$OCI" pull "$FAULTS/other-manifest@$(jq -r '.manifests[0].digest' layout/index.json)"
expect_fail 2 'MANIFEST_UNKNOWN' -- timeout 60 "$OCI" pull "$FAULTS/ok:none"
expect_eq "$(requests '.server == "attacker"')" 0 "requests to the attacker"

# Endless answers are given up early.
most=$(jq -s 'map(select(.path | test("endless"))) | map(.sent) | max' "$FAULT_LOG")
if [ "$most" -gt 20000000 ]; then fail "$most bytes were taken of an endless answer"; fi

# Called skopeo, 2 is for a registry that says so by the right code.
ln -s "$OCI" skopeo
expect_fail 2 'gone' -- ./skopeo inspect --tls-verify=false "docker://$FAULTS/escapes"
for fault in null-error nothing-said no-such-repository; do
  expect_fail 1 404 -- ./skopeo inspect --tls-verify=false "docker://$FAULTS/$fault"
  expect_fail 2 404 -- oci inspect "docker://$FAULTS/$fault"
done
expect_fail 1 '100 pages without a tag' -- oci tags "$FAULTS/endless-tags"

# What is no tag is not shown, nor matched.
expect_eq "$(oci tags "$FAULTS/odd-tags")" good
cat >list.yaml <<END
$FAULTS:
  tls-verify: false
  images-by-tag-regex:
    odd-tags: ^(g|x)+
END
expect_ok oci sync --dry-run --src yaml --dest dir list.yaml there
expect_contains "$OUT$ERR" odd-tags:good
