#!/usr/bin/env bash
# `oci spec` writes what `runc spec` of runc 1.3 writes. Older ones differ in two places: the version, and ambient capabilities.
. "$(dirname "$0")/../../tools/harness.sh"
need runc jq

same() {
  mkdir "$1-ours" "$1-runcs"
  expect_ok oci spec -b "$1-ours" "${@:2}"
  (cd "$1-runcs" && runc spec "${@:2}")
  local filter='del(.ociVersion, .process.capabilities.ambient)'
  expect_eq "$(jq "$filter" "$1-ours/config.json")" "$(jq "$filter" "$1-runcs/config.json")" "runc's template"
}
same plain
same rootless --rootless

# Byte for byte where runc is new enough, but for the newline at the end that runc leaves out.
if [ "$(jq -r .ociVersion plain-runcs/config.json)" = 1.2.1 ]; then
  expect_eq "$(cat plain-ours/config.json)" "$(cat plain-runcs/config.json)" "text"
fi

expect_fail 1 'config.json exists' -- oci spec -b plain-ours
