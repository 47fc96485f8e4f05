#!/usr/bin/env bash
# delete: what is stopped or only created goes without --force, what runs does not; --force is quiet about the unknown.
# peers: runc
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of delete)
make_bundle b sleep 60
expect_ok runtime create -b b "$id" </dev/null
expect_fail 1 "ID already exists" -- runtime create -b b "$id" </dev/null
expect_ok runtime delete "$id"

expect_ok runtime run -d -b b "$id" </dev/null
pid=$(runtime state "$id" | jq .pid)
expect_fail 1 "not stopped" -- runtime delete "$id"
expect_ok kill -0 "$pid"
expect_ok runtime delete --force "$id"
if grep -qs "^State:.[^Z]" "/proc/$pid/status"; then fail "it still runs"; fi

expect_ok runtime delete --force "$id"
expect_eq "$OUT$ERR" ""
expect_fail 1 "does not exist" -- runtime delete "$id"
expect_no_file "$ROOT/$id"

for id in "$(id_of a.b+c_D)" "-$(id_of dash)"; do
  expect_ok runtime create -b b -- "$id" </dev/null
  expect_ok runtime delete -- "$id"
done
for bad in ../evil a/b . .. 'a b' ''; do expect_fail any -- runtime create -b b -- "$bad" </dev/null; done
