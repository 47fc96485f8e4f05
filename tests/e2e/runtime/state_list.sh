#!/usr/bin/env bash
# state and list: created, running, stopped; the members engines read; other runtimes' containers are listed, not touched.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of state)
make_bundle b sleep 60
edit_config b '.annotations = {"org.example.key": "value"}'
expect_ok runtime list -q
expect_eq "$OUT" ""
expect_fail 1 "does not exist" -- runtime state "$id"

is() { [ "$(runtime state "$id" | jq -r .status)" = "$1" ]; }
expect_ok runtime create -b b "$id" </dev/null
expect_ok runtime state "$id"
expect_eq "$(jq -r '.status, .id, .bundle, .rootfs, .annotations["org.example.key"], .owner' <<<"$OUT" | tr '\n' ' ')" \
  "created $id $SCRATCH/b $SCRATCH/b/rootfs value $(id -un) "
expect_match "$(jq -r .created <<<"$OUT")" '^20[0-9-]+T[0-9:]+\.[0-9]+Z$'
expect_ok kill -0 "$(jq .pid <<<"$OUT")"
is created # asking did not start it
expect_ok runtime start "$id"
is running
expect_fail 1 -- runtime start "$id"

foreign=$ROOT/runc-made
mkdir "$foreign"
printf '{"id":"runc-made","init_process_pid":1,"init_process_start":1,"config":{"rootfs":"/x","labels":["bundle=/x"]}}' >"$foreign/state.json"
before=$(sha256sum "$foreign/state.json")
expect_ok runtime list -f json
expect_eq "$(jq -r '.[] | .id + " " + .status' <<<"$OUT" | sort)" "$(printf '%s\n' "$id running" "runc-made stopped" | sort)"
expect_ok runtime list
expect_match "$OUT" "^ID +PID +STATUS +BUNDLE +CREATED +OWNER"
expect_match "$OUT" "^$id +[0-9]+ +running +$SCRATCH/b +20"
for verb in "kill runc-made KILL" "delete runc-made" "delete --force runc-made" "start runc-made"; do
  # shellcheck disable=SC2086
  expect_fail any "another runtime" -- runtime $verb
done
expect_eq "$(sha256sum "$foreign/state.json")" "$before"
rm -r "$foreign"

expect_ok runtime kill "$id" KILL
wait_for 10 is stopped
expect_eq "$(runtime state "$id" | jq .pid)" 0
expect_ok runtime delete "$id"
