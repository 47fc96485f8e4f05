#!/usr/bin/env bash
# linux.netDevices: a device of the host's becomes the container's, under its name or another, with its permanent global addresses, and up.
. "$(dirname "$0")/../../tools/harness.sh"
need ip unshare

# Within a network namespace of this test: the host's devices stay where they are.
if [ -z "${OCI_TEST_OWN_NETWORK:-}" ]; then
  unshare -n ip link add probe0 type veth peer name probe1 2>/dev/null || skip "the kernel makes no veth devices"
  export OCI_TEST_OWN_NETWORK=yes
  exec unshare -n bash "$0"
fi
id=$(id_of devices)
make_bundle b true
pair() { # pair NAME: NAME, and NAME-x that stays
  ip link add "$1" type veth peer name "$1-x"
  ip link set "$1" mtu 1400
  ip addr add 10.9.8.7/24 brd 10.9.8.255 dev "$1"
  ip addr add 10.9.8.8/32 scope link dev "$1"
  ip -6 addr add fd00:1::7/64 dev "$1"
}
with() { # with NETDEVICES CMD…
  jq --argjson n "$1" --argjson args "$(json_array "${@:2}")" '.linux.netDevices = $n | .process.args = $args' plain.json >b/config.json
}
cp b/config.json plain.json

pair one
with '{"one": {}}' ip addr show one
expect_ok runtime run -b b "$id" </dev/null
expect_match "$OUT" '^[0-9]+: one(@[a-z0-9]+)?: <[A-Z,_-]*UP'
expect_contains "$OUT" "mtu 1400"
expect_contains "$OUT" "inet 10.9.8.7/24 brd 10.9.8.255"
expect_contains "$OUT" "inet6 fd00:1::7/64"
expect_not_contains "$OUT" 10.9.8.8
expect_eq "$(ip link show one 2>/dev/null)" "" "the device on the host"

pair two
with '{"two": {"name": "eth0"}}' ip addr show eth0
expect_ok runtime run -b b "$id" </dev/null
expect_contains "$OUT" "inet 10.9.8.7/24"

# A template of a name; two devices, one by template.
pair three
pair four
with '{"three": {"name": "net%d"}, "four": {"name": "net%d"}}' sh -c 'ip link show net0 && ip link show net1'
expect_ok runtime run -b b "$id" </dev/null

# Joined by path.
unshare -n sleep 60 &
other=$!
at_exit kill "$other"
wait_for 10 sh -c "[ \"\$(readlink /proc/$other/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]"
pair five
with '{"five": {}}' ip link show five
edit_config b --arg p "/proc/$other/ns/net" '.linux.namespaces |= map(if .type == "network" then .path = $p else . end)'
expect_ok runtime run -b b "$id" </dev/null

# What cannot be is said, and nothing is moved.
pair six
refused() { # PATTERN NETDEVICES
  with "$2" true
  expect_fail 1 "$1" -- runtime run -b b "$id" </dev/null
  expect_no_file "$ROOT/$id"
  expect_ok ip link show six
}
refused 'linux.netDevices\["nosuch"\]: no such network device' '{"six": {}, "nosuch": {}}'
refused 'has a network device lo already' '{"six": {"name": "lo"}}'
refused 'another one is to be x as well' '{"six": {"name": "x"}, "one-x": {"name": "x"}}'
refused 'is no name of a network device' '{"six": {"name": "a/b"}}'
refused 'is no name of a network device' '{"six": {"name": "a-name-that-is-too-long"}}'
with '{"six": {}}' true
edit_config b '.linux.namespaces |= map(select(.type != "network"))'
expect_fail 1 'no network namespace' -- runtime run -b b "$id" </dev/null
expect_eq "$(runtime features | jq -c .linux.netDevices)" '{"enabled":true}'
