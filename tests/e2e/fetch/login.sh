#!/usr/bin/env bash
# Basic login: from the command line and every auth file, and no word of it in any output.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"

need skopeo openssl htpasswd
image_of_layers layout:latest
start_registry --login 'user:secret-password'
"$SKOPEO" copy --quiet --insecure-policy --dest-tls-verify=false --dest-creds user:secret-password oci:layout:latest "docker://$REGISTRY/sample:latest"

export HOME=$SCRATCH/home XDG_RUNTIME_DIR=$SCRATCH/runtime
unset REGISTRY_AUTH_FILE DOCKER_CONFIG XDG_CONFIG_HOME
mkdir -p "$HOME/.docker" "$HOME/.config/containers" "$XDG_RUNTIME_DIR/containers"
auth=$(printf 'user:secret-password' | base64)
entry="{\"auths\": {\"$REGISTRY\": {\"auth\": \"$auth\"}}}"
wrong="{\"auths\": {\"$REGISTRY\": {\"auth\": \"$(printf 'user:wrong-password' | base64)\"}}}"

refused() { # PATTERN ARG…
  expect_fail 1 "$1" -- oci --debug pull "${@:2}" "$REGISTRY/sample"
  expect_not_contains "$ERR" password
  expect_not_contains "$ERR" "$auth"
  expect_sound_store
}
granted() {
  expect_ok oci --debug pull "$@" "$REGISTRY/sample"
  expect_not_contains "$ERR" password
  expect_not_contains "$ERR" "$auth"
  fresh_store
}

refused 'no credentials were sent'
granted --creds user:secret-password
refused 'log in to .* as user' --creds user:wrong-password
printf '%s' "$entry" >named.json
granted --authfile named.json
REGISTRY_AUTH_FILE=named.json granted
refused 'no credentials' --no-creds --authfile named.json
printf '%s' "$wrong" >wrong.json
refused 'from wrong.json' --authfile wrong.json
printf '{"auths": {"secret-password": ' >broken.json
refused 'broken.json: not valid JSON' --authfile broken.json
refused 'missing.json: no such file' --authfile missing.json

for file in "$XDG_RUNTIME_DIR/containers/auth.json" "$HOME/.config/containers/auth.json" "$HOME/.docker/config.json"; do
  printf '%s' "$entry" >"$file"
  granted
  rm "$file"
done
printf '{"%s": {"auth": "%s"}}' "$REGISTRY" "$auth" >"$HOME/.dockercfg"
granted
mkdir other
printf '{"auths": {"%s/sample": {"auth": "%s"}, "%s": {"auth": "%s"}}}' "$REGISTRY" "$auth" "$REGISTRY" "$(printf 'x:y' | base64)" >other/config.json
DOCKER_CONFIG=$SCRATCH/other granted
