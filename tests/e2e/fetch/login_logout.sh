#!/usr/bin/env bash
# `oci login` and `oci logout`: auth files written, helpers asked, identity tokens; no secret in any output.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"
need skopeo htpasswd jq

image_of_layers layout:latest
start_registry --login 'user:secret-password'
"$SKOPEO" copy --quiet --insecure-policy --dest-tls-verify=false --dest-creds user:secret-password oci:layout:latest "docker://$REGISTRY/sample:latest"
export HOME=$SCRATCH/home XDG_RUNTIME_DIR=$SCRATCH/runtime
unset REGISTRY_AUTH_FILE DOCKER_CONFIG XDG_CONFIG_HOME
mkdir -p "$HOME" "$XDG_RUNTIME_DIR"
file=$XDG_RUNTIME_DIR/containers/auth.json
granted() {
  expect_ok oci --debug pull "$@" "$REGISTRY/sample"
  expect_not_contains "$ERR" secret
  fresh_store
}

# In and out again; what skopeo writes and reads is the same file.
expect_fail 1 'not logged into' -- oci login --get-login "$REGISTRY"
expect_fail 1 "logging into \"$REGISTRY\": invalid username/password" -- oci login -u user -p wrong "$REGISTRY"
expect_no_file "$file"
expect_ok oci login -u user --password-stdin "$REGISTRY" <<<secret-password
expect_eq "$OUT" "Login Succeeded!"
expect_eq "$(stat -c %a "$file")" 600
granted
expect_ok oci login --get-login "https://$REGISTRY/v2/"
expect_eq "$OUT" user
expect_ok "$SKOPEO" login --get-login "$REGISTRY"
expect_eq "$OUT" user
jq '.other = {"kept": true}' "$file" >edited && cp edited "$file"
expect_ok oci logout "$REGISTRY"
expect_eq "$OUT" "Removed login credentials for $REGISTRY"
expect_eq "$(jq -c . "$file")" '{"auths":{},"other":{"kept":true}}'
expect_fail 1 'not logged into' -- oci logout "$REGISTRY"
expect_fail 1 'no credentials were sent' -- oci pull "$REGISTRY/sample"
printf 'user\nsecret-password\n' >answers
expect_ok oci login --authfile named.json --verbose "$REGISTRY" <answers
expect_contains "$OUT" "Used: named.json"
granted --authfile named.json
expect_ok oci login --compat-auth-file docker.json -u user -p secret-password "$REGISTRY/sample"
expect_eq "$(jq -c '.auths | keys' docker.json)" "[\"$REGISTRY/sample\"]"
granted --authfile docker.json
expect_ok oci logout --authfile named.json --all
expect_eq "$(jq -c . named.json)" '{"auths":{}}'
# Where docker's configuration is moved to, its logins are; another file is found first when it is read.
mkdir -p moved
DOCKER_CONFIG=$SCRATCH/moved expect_ok oci login -u user -p secret-password "$REGISTRY"
expect_eq "$(jq -c '.auths | keys' moved/config.json)" "[\"$REGISTRY\"]"
DOCKER_CONFIG=$SCRATCH/moved expect_ok oci login --get-login "$REGISTRY"
DOCKER_CONFIG=$SCRATCH/moved granted
DOCKER_CONFIG=$SCRATCH/moved expect_ok oci logout "$REGISTRY"
expect_eq "$(jq -c .auths moved/config.json)" '{}'
# What is no auth file is not taken for an empty one.
for broken in '{"auths": []}' '[]' ' '; do
  printf '%s\n' "$broken" >broken.json
  expect_fail 1 'auth file broken.json: ' -- oci pull --authfile broken.json "$REGISTRY/sample"
done

# A helper keeps them: the file never sees the secret.
mkdir -p bin "$HOME/.docker"
cat >bin/docker-credential-test <<'END'
#!/bin/sh
kept=$HOME/helper.json
case $1 in
store) cat >"$kept" ;;
get) if [ -e "$kept" ]; then cat "$kept"; else echo "credentials not found in native keychain"; exit 1; fi ;;
erase) rm "$kept" ;;
esac
END
chmod 755 bin/docker-credential-test
export PATH=$SCRATCH/bin:$PATH DOCKER_CONFIG=$HOME/.docker
printf '{"credHelpers": {"%s": "test"}}' "$REGISTRY" >"$HOME/.docker/config.json"
expect_fail 1 'no credentials were sent' -- oci pull "$REGISTRY/sample"
expect_ok oci login --compat-auth-file "$HOME/.docker/config.json" -u user -p secret-password "$REGISTRY"
expect_eq "$(jq -r .Username "$HOME/helper.json")" user
expect_not_contains "$(cat "$HOME/.docker/config.json")" auths
granted
expect_ok oci logout --compat-auth-file "$HOME/.docker/config.json" "$REGISTRY"
expect_no_file "$HOME/helper.json"
printf '{"credsStore": "missing"}' >"$HOME/.docker/config.json"
expect_fail 1 'docker-credential-missing: not found in \$PATH' -- oci pull "$REGISTRY/sample"
unset DOCKER_CONFIG
rm -r "$HOME/.docker"

# A token server: GET with a login, POST with an identity token; each verb asks for what it needs.
start_registry --token 'user:secret-password'
expect_ok oci copy --creds user:secret-password oci:layout:latest "docker://$REGISTRY/team/sample:latest"
expect_match "$(cat "$TOKEN_LOG")" '^GET basic user repository:team/sample:pull,push$'
granted_sample() {
  expect_ok oci --debug pull "$@" "$REGISTRY/team/sample"
  expect_not_contains "$ERR" secret
  fresh_store
}
granted_sample
expect_match "$(tail -n 1 "$TOKEN_LOG")" '^GET basic - repository:team/sample:pull$'
printf '{"auths": {"%s": {"identitytoken": "refresh-secret"}}}' "$REGISTRY" >identity.json
granted_sample --authfile identity.json
expect_match "$(tail -n 1 "$TOKEN_LOG")" '^POST refresh token-user repository:team/sample:pull$'
printf '{"auths": {"%s": {"identitytoken": "stale-secret"}}}' "$REGISTRY" >stale.json
expect_fail 1 'log in to' -- oci pull --authfile stale.json "$REGISTRY/team/sample"
expect_not_contains "$ERR" stale-secret
expect_ok oci login -u user -p secret-password "$REGISTRY"
expect_fail 1 'invalid username/password' -- oci login -u user -p wrong "$REGISTRY"
expect_ok oci delete "docker://$REGISTRY/team/sample:latest"
expect_match "$(tail -n 1 "$TOKEN_LOG")" '^GET basic user repository:team/sample:\*$'
