#!/usr/bin/env bash
# What to sync out of a YAML file: tags and digests, by regular expression and version, with each registry's login and TLS.
. "$(dirname "$0")/../../tools/harness.sh"
need jq
ln -s "$OCI" skopeo
mkdir tree
echo x >tree/file
make_image layout:one --layer tree >/dev/null
make_image layout:two --layer tree --cmd sh >/dev/null
start_registry --tls --login me:secret
for tag in 1.0 1.1.0 1.2.0-rc1 2.0 latest; do
  expect_ok oci copy -q --dest-creds me:secret --dest-cert-dir "$REGISTRY_CERTS" oci:layout:one "docker://$REGISTRY/team/app:$tag"
done
expect_ok oci copy -q --dest-creds me:secret --dest-cert-dir "$REGISTRY_CERTS" oci:layout:two "docker://$REGISTRY/tool:x"
digest=$OUT
start=$REGISTRY
start_registry
expect_ok oci copy -q oci:layout:two "docker://$REGISTRY/plain:a"
cat >list.yaml <<END
$start:
  images:
    tool: ["$digest"]
  images-by-tag-regex:
    team/app: ^lat
  images-by-semver:
    team/app: ">= 1.0, < 2"
  credentials: {username: me, password: secret}
  cert-dir: $REGISTRY_CERTS
$REGISTRY:
  tls-verify: false
  images: {plain: }
END
synced() { (cd "$1" && find . -name manifest.json | sed 's,/manifest.json$,,' | LC_ALL=C sort | tr '\n' ' '); }

expect_ok ./skopeo --insecure-policy sync --src yaml --dest dir list.yaml out
expect_eq "$(synced out)" "./app:1.0 ./app:1.1.0 ./app:latest ./plain:a ./tool@$digest "
expect_ok oci sync --scoped --append-suffix -copy --src yaml --dest dir --digestfile digests list.yaml scoped
expect_contains "$OUT" "5 images synced, 0 failed"
expect_eq "$(wc -l <digests)" 5
expect_eq "$(grep -c "^sha256:[0-9a-f]* dir:scoped/.*-copy\$" digests)" 5 "what is where now"
expect_file "scoped/$REGISTRY/plain:a-copy/manifest.json"
expect_ok oci sync --src yaml --dest dir list.yaml out # all there
expect_ok oci sync --src yaml --dest docker list.yaml "$REGISTRY/mirror"
expect_ok oci tags "$REGISTRY/mirror/app"
expect_eq "$(LC_ALL=C sort <<<"$OUT")" $'1.0\n1.1.0\nlatest'
expect_ok ./skopeo sync --dry-run --src yaml --dest dir list.yaml never
expect_eq "$(grep -c 'Would have copied image ref' <<<"$ERR")" 5
expect_no_file never

# A registry that cannot be had: the end, or only its own.
sed -i 's/secret/wrong/' list.yaml
expect_fail 1 'sync .*team/app|sync .*tool' -- oci sync --src yaml --dest dir list.yaml fails
expect_fail 1 'sync ' -- oci sync --keep-going --src yaml --dest dir list.yaml others
expect_eq "$(synced others)" './plain:a '

printf 'a.example:\n  images: [x]\n' >wrong.yaml
expect_fail 1 'wrong.yaml: a.example: images: expected a mapping' -- oci sync --src yaml --dest dir wrong.yaml out2
printf 'a: [\n' >wrong.yaml
expect_fail 1 'wrong.yaml: line 2' -- oci sync --src yaml --dest dir wrong.yaml out2
expect_fail 1 'no images to sync found in none.yaml' -- oci sync --src yaml --dest dir "$(touch none.yaml; echo none.yaml)" out2
