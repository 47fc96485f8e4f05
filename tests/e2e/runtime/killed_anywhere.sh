#!/usr/bin/env bash
# create and run killed at any moment: delete --force removes the state, cgroups and processes. Two creates of one id: one wins.
. "$(dirname "$0")/../../tools/harness.sh"

make_bundle b sleep 60
id=$(id_of killed)
cat >killed.py <<'P'
import os, random, subprocess, sys, time
program = sys.argv[1:]
process = subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
until = time.perf_counter() + random.random() * 0.015
while time.perf_counter() < until:
    pass
process.kill()
P
for _ in $(seq 40); do
  for verb in create run; do
    python3 killed.py "$OCI" --root "$ROOT" "$verb" -b b "$id"
    expect_ok timeout 60 "$OCI" --root "$ROOT" delete --force "$id"
    expect_eq "$ERR" "" "delete after a killed $verb"
    expect_no_file "$ROOT/$id"
    expect_eq "$(find /sys/fs/cgroup -type d -name "$id")" "" "cgroups after a killed $verb"
  done
done

for _ in $(seq 10); do
  oci create -b b "$id" </dev/null 2>one &
  first=$!
  oci create -b b "$id" </dev/null 2>two &
  second=$!
  won=0
  if wait "$first"; then won=$((won + 1)); fi
  if wait "$second"; then won=$((won + 1)); fi
  expect_eq "$won" 1 "creates of one id that succeeded"
  expect_match "$(cat one two)" 'already exists'
  expect_ok oci delete --force "$id"
done
