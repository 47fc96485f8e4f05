#!/usr/bin/env bash
# Sessions people write about runc: a template, a name that can be set, a call that kills, a network joined, the host's network.
. "$(dirname "$0")/../../tools/harness.sh"
need script
runc() { "$OCI" --root "$ROOT" "$@"; }
typed() { # typed COMMANDS ARG…: oci ARG… on a terminal, with COMMANDS typed into its shell
  local commands=$1
  shift
  printf '%s\nexit\n' "$commands" | script -qec "$(printf '%q ' "$OCI" --root "$ROOT" "$@")" /dev/null | tr -d '\r'
}

# mkdir rootfs; runc spec; runc run; runc list; runc exec
make_rootfs mine/rootfs
cd mine
expect_ok runc spec
expect_contains "$(typed 'echo in $((40 + 2))' run "$(id_of typed)")" "in 42"
expect_match "$(typed 'touch /file' run "$(id_of typed)")" 'Read-only file system'
edit_config . '.root.readonly = false | .process.terminal = false'
edit_config . '.process.args = ["touch", "/file"]'
expect_ok runc run "$(id_of a)"
expect_file rootfs/file
edit_config . '.process.args = ["sleep", "1000"]'
expect_ok runc run -d "$(id_of a)" </dev/null
expect_match "$(runc list)" "^$(id_of a) .* running .*/mine "
expect_eq "$(runc exec "$(id_of a)" uname -s)" Linux
expect_ok runc delete --force "$(id_of a)"

# hostname: refused, allowed by SYS_ADMIN, killed by the filter
edit_config . '.process.args = ["sh", "-c", "hostname foo; hostname"]'
expect_ok runc run "$(id_of a)"
expect_eq "$OUT" runc
expect_match "$ERR" 'not permitted'
edit_config . '.process.capabilities |= with_entries(.value += ["CAP_SYS_ADMIN"] | .value |= unique)'
expect_ok runc run "$(id_of a)"
expect_eq "$OUT" foo
edit_config . '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["sethostname"], action: "SCMP_ACT_KILL"}]}'
expect_ok runc run "$(id_of a)"
expect_match "$ERR" 'Bad system call'

# a second container in the network and user namespace of the first
cd .. && chmod 755 . mine mine/rootfs && cp -a mine second
for one in mine second; do
  edit_config "$one" 'del(.linux.seccomp) | .process.args = ["sleep", "1000"] | .linux.namespaces += [{type: "user"}]
    | .linux.uidMappings = [{containerID: 0, hostID: 200000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
done
expect_ok runc run -d -b mine "$(id_of a)" </dev/null
pid=$(runc state "$(id_of a)" | jq .pid)
edit_config second --arg p "/proc/$pid/ns" 'del(.linux.uidMappings, .linux.gidMappings)
  | .linux.namespaces |= map(if .type == "network" then .path = $p + "/net" elif .type == "user" then .path = $p + "/user" else . end)
  | .process.args = ["sh", "-c", "readlink /proc/self/ns/net; readlink /proc/self/ns/user; id -u"]'
expect_ok runc run -b second "$(id_of b)"
expect_eq "$OUT" "$(readlink "/proc/$pid/ns/net")
$(readlink "/proc/$pid/ns/user")
0"
expect_ok runc delete --force "$(id_of a)"

# the network namespace left out: the host's
rm -r second && make_rootfs host/rootfs && cd host
expect_ok runc spec
edit_config . '.process.terminal = false | .linux.namespaces |= map(select(.type != "network")) | .process.args = ["readlink", "/proc/self/ns/net"]'
expect_ok runc run "$(id_of a)"
expect_eq "$OUT" "$(readlink /proc/self/ns/net)"

# spec --rootless: a user's own ids
make_rootfs ../user/rootfs && cd ../user
expect_ok runc spec --rootless
expect_eq "$(jq -c '[.linux.namespaces[].type] | [index("user") != null, index("network") != null]' config.json)" '[true,false]'
expect_contains "$(typed 'id -u; echo in $((40 + 2))' run "$(id_of a)")" "in 42"
