#!/usr/bin/env bash
# Called `skopeo`: list-tags, delete, manifest-digest, login, logout, sync, help and errors, beside the real one.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/copy/_images.sh"
need skopeo jq

ln -s "$OCI" ours && ln -s "$OCI" skopeo
ours() { "$SCRATCH/skopeo" "$@"; }
make_rootfs tree
make_image layout:one --layer tree --cmd sh >/dev/null
make_image layout:two --layer tree --cmd true >/dev/null
make_image layout:plain --layer tree --compress none >/dev/null
start_registry
for tag in one two; do
  expect_ok ours copy --insecure-policy -q --dest-tls-verify=false "oci:layout:$tag" "docker://$REGISTRY/team/sample:$tag"
done
both() { # both ARG…: the same status and standard output
  expect_ok "$SKOPEO" "$@"
  local theirs=$OUT
  expect_ok ours "$@"
  expect_eq "$OUT" "$theirs" "skopeo $*"
}
refused() { # refused ARG…: both fail alike
  expect_fail 1 'level=fatal' -- "$SKOPEO" "$@"
  expect_fail 1 'level=fatal' -- ours "$@"
}

both list-tags --tls-verify=false "docker://$REGISTRY/team/sample"
expect_eq "$(jq -c .Tags <<<"$OUT")" '["one","two"]'
refused list-tags --tls-verify=false "docker://$REGISTRY/team/sample:one"
refused list-tags oci:layout
refused list-tags --tls-verify=false "docker://$REGISTRY/nosuch"
expect_fail 1 'skopeo list-tags .*' 'level=fatal' -- ours list-tags
expect_fail 1 'Invalid source name a: Invalid image name ."a.", expected colon-separated' -- ours copy a b
expect_fail 1 'unknown transport ."foo' -- ours inspect foo:bar
refused copy a b
refused inspect a
refused frobnicate
refused copy --frobnicate a b
refused
expect_ok "$SKOPEO" inspect --tls-verify=false "docker://$REGISTRY/team/sample:one"
theirs=$(jq -S 'del(.LayersData)' <<<"$OUT") # newer ones have it
expect_ok ours inspect --tls-verify=false "docker://$REGISTRY/team/sample:one"
expect_eq "$(jq -S 'del(.LayersData)' <<<"$OUT")" "$theirs"
expect_eq "$(jq -c .RepoTags <<<"$OUT")" '["one","two"]'
both inspect --raw --tls-verify=false "docker://$REGISTRY/team/sample:one"
printf '%s' "$OUT" >manifest.json

# Templates and configurations as the real one prints them; blobs beside a layout.
make_image layout:told --layer tree --cmd sh --config '{"Env": ["A=1", "B=2"], "Labels": {"b": "<2>", "a": "1"}}' >/dev/null
for template in '{{.Digest}}' '{{.Env}} {{.Labels}}' '{{index .Labels "a"}} {{.Os}}' '{{len .Env}}' \
  '{{range .Env}}{{.}};{{end}}' '{{range $i, $e := .Env}}{{$i}}={{$e}} {{end}}' '{{if .Labels}}yes{{else}}no{{end}}' \
  '{{.Created}} {{.Created.Year}}' \
  '{{.Created.Format "2006-01-02 MST"}}' '{{printf "%-9s|%9.3s" .Os .Os}}' '{{slice .Os 1 3}} {{gt 2 1}}'; do
  both inspect --format "$template" oci:layout:told
done
expect_eq "$(ours inspect --format '{{json .Env}}' oci:layout:told)" '["A=1","B=2"]'
expect_eq "$(ours inspect --format '{{json .Labels}}' oci:layout:told)" '{"a":"1","b":"<2>"}'
both inspect --config oci:layout:told
both inspect --config --format '{{.Config.Env}} {{.RootFS.Type}} {{(index .History 0).CreatedBy}}' oci:layout:told
refused inspect --format '{{.Nosuch}}' oci:layout:told
refused inspect --format '{{range .Env}}' oci:layout:told
expect_ok ours copy --insecure-policy -q --dest-shared-blob-dir shared oci:layout:told oci:slim:told
expect_eq "$(find slim -path '*/sha256/*')" ""
expect_ok "$SKOPEO" --insecure-policy copy -q --src-shared-blob-dir shared oci:slim:told dir:by-them
expect_ok ours copy --insecure-policy -q --src-shared-blob-dir shared oci:slim:told dir:by-us
diff -r by-them by-us
expect_fail 1 'cannot be signed' -- ours copy --sign-by key oci:layout:told dir:never
both manifest-digest manifest.json
refused manifest-digest nosuch.json
expect_ok ours --version
expect_match "$OUT" '^skopeo version [0-9.]+'
for verb in copy delete inspect list-tags login logout manifest-digest sync; do
  expect_ok ours "$verb" --help
  expect_match "$OUT" "^  skopeo $verb "
  expect_ok ours --help
  expect_match "$OUT" "^  $verb "
done

# docker -> dir, scoped and not; dir -> docker; what is there is not overwritten.
expect_ok ours sync --src docker --dest dir --src-tls-verify=false "$REGISTRY/team/sample" plain
expect_ok "$SKOPEO" --insecure-policy sync --src docker --dest dir --src-tls-verify=false "$REGISTRY/team/sample" theirs
expect_eq "$(cd plain && find . -type f | sort)" "$(cd theirs && find . -type f | sort)"
diff -r plain theirs
expect_fail 1 'Refusing to overwrite' -- ours sync --src docker --dest dir --src-tls-verify=false "$REGISTRY/team/sample" plain
expect_ok ours sync --scoped --src docker --dest dir --src-tls-verify=false "$REGISTRY/team/sample:one" scoped
expect_file "scoped/$REGISTRY/team/sample:one/manifest.json"
expect_ok ours sync --src dir --dest docker --dest-tls-verify=false plain "$REGISTRY/back"
expect_ok ours list-tags --tls-verify=false "docker://$REGISTRY/back/sample"
expect_eq "$(jq -c .Tags <<<"$OUT")" '["one","two"]'
expect_ok ours sync --dry-run --src dir --dest docker plain "$REGISTRY/never"
expect_contains "$ERR" "Would have copied image ref 1/2"
refused sync --src dir --dest dir plain elsewhere
refused sync --dest dir plain elsewhere
expect_ok oci sync --src docker --dest dir "$REGISTRY/team/sample" plain
expect_contains "$OUT" "2 images synced, 0 failed"
expect_ok oci tags "$REGISTRY/back/sample"
expect_eq "$OUT" $'one\ntwo'
expect_ok oci digest "$REGISTRY/team/sample:one"
expect_eq "$OUT" "$(ours manifest-digest manifest.json)"

expect_ok ours delete --tls-verify=false "docker://$REGISTRY/team/sample:one"
expect_fail 2 -- ours inspect --tls-verify=false "docker://$REGISTRY/team/sample:one"
expect_ok ours list-tags --tls-verify=false "docker://$REGISTRY/team/sample"
expect_eq "$(jq -c .Tags <<<"$OUT")" '["two"]'
refused delete --tls-verify=false "docker://$REGISTRY/team/sample:one"
refused delete dir:plain

# http is for those who say so, on loopback too; what scripts look for in errors.
expect_fail 1 'Error listing repository tags: .*server gave HTTP response to HTTPS client' -- ours list-tags "docker://$REGISTRY/team/sample"
expect_fail 1 'initializing source docker://.*server gave HTTP response' -- ours copy "docker://$REGISTRY/team/sample:two" dir:never
expect_fail 2 'initializing source docker://.*manifest unknown' -- ours copy --src-tls-verify=false "docker://$REGISTRY/team/sample:no" dir:never
expect_fail 1 'unknown flag: --frobnicate' -- ours copy --frobnicate=1 a b
expect_fail 1 'Unable to delete .*Image may not exist' -- ours delete --tls-verify=false "docker://$REGISTRY/team/sample:no"
expect_fail 1 'Invalid destination name docker://x/Y: .*repository name must be lowercase' -- ours copy oci:layout:one docker://x/Y
expect_fail 1 'password must be specified' -- ours copy --src-username me oci:layout:one dir:never
make_image layout:several --layer tree --platform linux/amd64 --index >/dev/null
expect_fail 1 'none in the index is for windows' -- ours --override-os windows copy oci:layout:several dir:never
expect_fail 1 'zstd required together with format' -- ours copy --dest-compress-format zstd --format v2s2 oci:layout:one dir:never
expect_ok ours --insecure-policy copy --multi-arch index-only oci:layout:several dir:only
expect_eq "$OUT" "Getting image list signatures
Copying 0 images generated from 1 images in list
Writing manifest list to image destination
Storing list signatures"
expect_eq "$(find only -type f | LC_ALL=C sort)" $'only/manifest.json\nonly/version'
expect_ok ours --insecure-policy copy -q oci:layout:one docker-archive:named.tar:a/b:c
expect_eq "$(ours inspect docker-archive:named.tar:a/b:c | jq -r .Name)" docker.io/a/b
expect_eq "$(ours inspect --format '{{.Name}}|{{.Tag}}' oci:layout:one)" '|'
expect_match "$(ours inspect --manifest-digest sha512 oci:layout:one | jq -r .Digest)" '^sha512:'

# Compressed anew, a layer is uploaded only where it is not there yet.
for name in once again; do
  expect_ok ours --insecure-policy copy -q --dest-precompute-digests --dest-tls-verify=false oci:layout:plain "docker://$REGISTRY/packed:$name"
done
expect_eq "$(grep -c 'PATCH /v2/packed/' "$REGISTRY_LOG")" 2 "a layer and a config, once"

# Out of a layout: the name and what only it needs.
make_image pair:one --layer tree --cmd one >/dev/null
make_image pair:two --layer tree --cmd two >/dev/null
expect_ok ours delete oci:pair:one
expect_eq "$(jq '.manifests | length' pair/index.json)" 1
expect_eq "$(find pair/blobs -type f | wc -l)" 3 "what is left of the image that was not deleted"
expect_ok oci verify oci:pair:two
expect_fail 2 'no descriptor found' -- ours delete oci:pair:one
expect_ok ours delete oci:pair:two
expect_eq "$(find pair/blobs -type f | wc -l)" 0
expect_ok "$SKOPEO" --insecure-policy copy -q oci:layout:one oci:pair:again
