#!/usr/bin/env bash
# A limit that cannot be set is an error that names its field, and nothing is left; without a limit there is no error.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/runtime/cgroups.bash"

make_bundle b true
refused() { # FIELD FILTER
  edit_config b ".linux.resources = $2"
  expect_fail any "$1" -- runtime run -b b "$(id_of x)"
  expect_eq "$(folders_named "$(id_of x)")" "" "cgroups left behind"
  expect_fail 1 "does not exist" -- runtime state "$(id_of x)"
}
refused linux.resources.cpu.cpus '{cpu: {cpus: "4000-4001"}}'
refused linux.resources.pids.limit '{pids: {limit: 99999999999}}'
refused linux.resources.rdma '{rdma: {no_such_device: {hcaHandles: 1}}}'
refused 'linux.resources.devices.1.' '{devices: [{allow: true, type: "c", major: 240, access: "r"}, {allow: false, type: "c", major: 240, minor: 1, access: "r"}]}'
refused linux.resources.memory.swap '{memory: {limit: 33554432, swap: 1048576}}'

edit_config b '.linux.resources = {rdma: {}, hugepageLimits: [], network: {classID: 0, priorities: []}, pids: {limit: -1}, memory: {limit: -1}}'
expect_ok runtime run -b b "$(id_of y)"
