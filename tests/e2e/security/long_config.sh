#!/usr/bin/env bash
# CVE-2021-43784: nothing in config.json is too long for how it is handed to the container's init: more than 64 KiB is passed on whole or
# refused, and never read as something else.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of long)
make_bundle b sh -c 'echo ${#LONG}; readlink /proc/self/ns/net; ls /proc/self/ns >/dev/null'
cp b/config.json plain.json
long=$(printf '%070000d' 0)
host=$(readlink /proc/self/ns/net)
jq --arg l "LONG=$long" '.process.env += [$l]' plain.json >b/config.json
expect_ok runtime run -b b "$id" </dev/null
expect_eq "$(head -1 <<<"$OUT")" 70000
expect_not_contains "$OUT" "$host"
refused() { # FILTER: an error, and a short one
  jq --arg l "$long" "$1" plain.json >b/config.json
  expect_fail any -- timeout 60 "$RUNTIME" --root "$ROOT" run -b b "$id" </dev/null
  expect_eq "$OUT" "" "$1"
  [ "${#ERR}" -lt 40000 ] || fail "an error of ${#ERR} bytes: $1"
  expect_no_file "$ROOT/$id"
}
refused '.process.cwd = "/" + $l'
refused '.process.args = ["/" + $l]'
refused '.root.path = $l'
refused '.hostname = $l'
refused '.linux.cgroupsPath = "/" + $l'
refused '.mounts += [{destination: ("/" + $l), type: "tmpfs", source: "t"}]'
refused '.mounts += [{destination: "/tmp", type: "bind", source: ("/" + $l), options: ["bind"]}]'
refused '.linux.namespaces |= map(if .type == "network" then .path = "/" + $l else . end)'
refused '.linux.maskedPaths += [$l]'
# As many mappings as fill 64 KiB: the kernel takes 340.
refused '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [range(6000) | {containerID: ., hostID: (100000 + .), size: 1}]
  | .linux.gidMappings = .linux.uidMappings'
