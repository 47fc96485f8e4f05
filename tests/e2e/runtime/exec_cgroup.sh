#!/usr/bin/env bash
# exec --cgroup puts the process into a cgroup beneath the container's.
# peers: runc
. "$(dirname "$0")/../../tools/harness.sh"
need jq

make_bundle b sleep 1000
id=$(id_of c)
expect_ok runtime run -d -b b "$id" </dev/null >/dev/null 2>&1
at_exit runtime delete -f "$id"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  folder=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(runtime state "$id" | jq .pid)/cgroup")
  mkdir "$folder/below"
  expect_ok runtime exec --cgroup below "$id" cat /proc/self/cgroup
  expect_match "$OUT" '/below$'
  expect_fail any -- runtime exec --cgroup memory:below "$id" true
else
  folder=/sys/fs/cgroup/memory$(sed -n 's/^[0-9]*:memory://p' "/proc/$(runtime state "$id" | jq .pid)/cgroup")
  mkdir "$folder/below"
  expect_ok runtime exec --cgroup memory:below "$id" cat /proc/self/cgroup
  expect_match "$OUT" ':memory:.*/below$'
  expect_match "$OUT" ":cpu,?.*:.*$id$"
fi
expect_fail any -- runtime exec --cgroup nosuch "$id" true
expect_fail any -- runtime exec --cgroup ../up "$id" true
rmdir "$folder/below"
expect_ok runtime exec "$id" true
