#!/usr/bin/env bash
# Where a program runs: memory policy, cpus of exec, a user namespace whose mappings nobody wrote down.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of place)
make_bundle b sleep 60
cp b/config.json plain.json
with() { jq "$@" plain.json >b/config.json; }

with '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES"]} |
  .process.args = ["grep", "-c", "bind=static:0", "/proc/self/numa_maps"]'
if [ -e /proc/self/numa_maps ]; then
  expect_ok runtime run -b b "$id" </dev/null
  expect_match "$OUT" '^[1-9]'
fi
for wrong in '{mode: "MPOL_NONE"}' '{mode: "MPOL_BIND"}' '{mode: "MPOL_BIND", nodes: "3-1"}' '{mode: "MPOL_LOCAL", nodes: "0"}' \
  '{mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_X"]}' '{mode: "MPOL_BIND", nodes: "99999999999999999999"}'; do
  with ".linux.memoryPolicy = $wrong"
  expect_fail 1 'linux.memoryPolicy' -- runtime run -b b "$id" </dev/null
  expect_no_file "$ROOT/$id"
done

# exec's cpus; the container's own program is where it was.
with '.process.execCPUAffinity = {initial: "0-1", final: "0"}'
expect_ok runtime run -d -b b "$id" </dev/null
expect_eq "$(runtime exec "$id" awk '/Cpus_allowed_list/ { print $2 }' /proc/self/status </dev/null)" 0
expect_eq "$(awk '/Cpus_allowed_list/ { print $2 }' "/proc/$(runtime state "$id" | jq .pid)/status")" \
  "$(awk '/Cpus_allowed_list/ { print $2 }' /proc/self/status)"
expect_ok runtime delete --force "$id"
with '.process.execCPUAffinity = {final: "x"}'
expect_fail 1 'process.execCPUAffinity.final' -- runtime run -b b "$id" </dev/null

# Root's ids are as outside.
with '.linux.namespaces += [{type: "user"}] | .process.args = ["cat", "/proc/self/uid_map"]'
expect_ok runtime run -b b "$id" </dev/null
expect_eq "$(awk '{ print $1, $2, $3 }' <<<"$OUT")" "$(awk '{ print $1, $1, $3 }' /proc/self/uid_map)"

# A label of mounts is nothing without SELinux: told, and left out.
if [ ! -e /sys/fs/selinux/enforce ]; then
  with '.process.args = ["true"] | .linux.mountLabel = "system_u:object_r:container_file_t:s0"'
  expect_ok runtime run -b b "$id" </dev/null
  if [ "${RUNTIME:-$OCI}" = "$OCI" ]; then expect_match "$ERR" 'linux.mountLabel: ignored, SELinux is not enabled'; fi
fi
