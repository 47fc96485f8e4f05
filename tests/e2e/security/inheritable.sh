#!/usr/bin/env bash
# CVE-2022-29162, CVE-2022-24769, CVE-2022-27649, CVE-2022-27650, CVE-2022-27651, CVE-2025-27612: no capability is inheritable unless config.json
# says so: not of run, exec, exec --cap, nor in a config that we write.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of caps)
make_bundle b sleep 60
expect_eq "$(jq -c '.process.capabilities | [.inheritable, .ambient] | map(select(. != null and . != []))' b/config.json)" "[]" "spec's config"
none=$'CapInh:\t0000000000000000'
# As if somebody had called us with such rights.
called() { capsh --inh=cap_kill,cap_chown -- -c 'exec "$0" "$@"' "$RUNTIME" --root "$ROOT" "$@"; }
need capsh
expect_ok called run -d -b b "$id" </dev/null
expect_contains "$(cat "/proc/$(runtime state "$id" | jq .pid)/status")" "$none"
for options in "" "--cap CAP_KILL" "--cap CAP_NET_RAW --cap CAP_CHOWN" "--user 1000" "--user 1000 --cap CAP_KILL"; do
  # shellcheck disable=SC2086
  expect_ok called exec $options "$id" grep -E 'CapInh|CapAmb' /proc/self/status </dev/null
  expect_contains "$OUT" "$none"
  expect_contains "$OUT" $'CapAmb:\t0000000000000000'
done
expect_ok runtime delete --force "$id"
