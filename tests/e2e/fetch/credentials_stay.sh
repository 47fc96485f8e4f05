#!/usr/bin/env bash
# Credentials go to the registry and its token server only; redirects and token servers lead nowhere they should not.
# timeout: 200
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"

need openssl
image_of_layers layout:latest
start_faults layout

granted() { # FAULT ARG…
  expect_ok timeout 60 "$OCI" --debug pull "${@:2}" "$FAULTS/$1"
  expect_sound_store 1
  expect_not_contains "$ERR" secret
  fresh_store
}
refused() { # FAULT PATTERN ARG…
  expect_fail 1 "$2" -- timeout 60 "$OCI" --debug pull "${@:3}" "$FAULTS/$1"
  expect_sound_store
  expect_not_contains "$ERR" secret
  fresh_store
}
creds='--creds user:secret-password'

# A blob elsewhere is fetched without the login; a login asked for there is not given.
granted redirect $creds
if [ "$(requests '.server == "attacker"')" -eq 0 ]; then fail "the redirect was not followed"; fi
refused redirect-to-login '401' $creds
refused redirect 'no credentials were sent'

# Tokens, without and with a login.
granted bearer
granted bearer $creds
refused bearer-login '401' --no-creds
granted bearer-login $creds
refused bearer-login 'log in to .* as user' --creds user:wrong
refused bearer-redirect 'token from' $creds
refused bearer-bad-json 'not valid JSON' $creds
refused bearer-endless 'larger than 1.0 MiB' $creds
refused bearer-file 'not an http or https URL' $creds
refused bearer-http-elsewhere 'refused' $creds
before=$(requests '.path | startswith("/token-")')
refused bearer-loop '401' $creds
rounds=$(($(requests '.path | startswith("/token-")') - before))
if [ "$rounds" -gt 2 ]; then fail "$rounds tokens were asked for"; fi

refused redirect-loop 'more than 5 redirects'
refused redirect-file 'redirects to no URL'
refused redirect-http-elsewhere 'redirect to .* refused'

# A foreign layer's addresses are not asked.
before=$(requests '.server == "attacker"')
refused foreign 'foreign layer'
expect_eq "$(requests '.server == "attacker"')" "$before" "requests to the attacker"

# The next page of tags has to be the registry's own; the next step of an upload may be elsewhere, without the login.
before=$(requests '.server == "attacker"')
expect_fail 1 'the next page is elsewhere' -- oci tags $creds "$FAULTS/elsewhere"
expect_eq "$(requests '.server == "attacker"')" "$before" "requests to the attacker"
expect_ok oci copy -q --dest-creds user:secret-password oci:layout:latest "docker://$FAULTS/elsewhere:1"
[ "$(requests '.server == "attacker" and .method == "PATCH"')" -gt 0 ] || fail "no upload went where the registry said"

expect_eq "$(requests '.server == "attacker" and .headers.Authorization != null')" 0 "logins the attacker saw"
expect_eq "$(requests '.headers.Cookie != null or .headers.Referer != null')" 0
