#!/usr/bin/env bash
# A user namespace: ids as mapped, devices bound from the host, exec inside; with time and cgroup namespaces beside it.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of userns)
make_bundle b sleep 60
chmod 755 . b b/rootfs
maps='[{"containerID": 0, "hostID": 100000, "size": 65536}]'
edit_config b --argjson m "$maps" '.linux.namespaces += [{type: "user"}, {type: "cgroup"}, {type: "time"}]
  | .linux.namespaces |= unique_by(.type) | .linux.uidMappings = $m | .linux.gidMappings = $m
  | .linux.timeOffsets = {boottime: {secs: 100000000}}'
expect_ok runtime run -d -b b "$id" </dev/null
pid=$(runtime state "$id" | jq .pid)
expect_eq "$(awk '/^Uid:/ { print $2 }' "/proc/$pid/status")" 100000
expect_eq "$(runtime exec "$id" awk '{ print $1, $2, $3 }' /proc/self/uid_map </dev/null)" "0 100000 65536"
expect_eq "$(runtime exec "$id" id -u </dev/null)" 0
expect_ok runtime exec "$id" sh -c 'echo x >/dev/null && head -c 1 /dev/zero' </dev/null
expect_eq "$(runtime exec "$id" sh -c 'cut -d: -f3 /proc/self/cgroup | sort -u | grep -v "^/$"' </dev/null)" ""
expect_match "$(runtime exec "$id" cat /proc/uptime </dev/null)" '^1[0-9]{8}'
expect_fail any -- runtime exec "$id" sh -c 'echo 1 >/proc/sys/kernel/panic' </dev/null

# Another container in its namespaces, pid and user too.
make_bundle j sh -c 'id -u; hostname; ps | grep -c "[s]leep 60"'
edit_config j --arg p "/proc/$pid/ns" '.hostname = "" | .linux.namespaces = [{type: "mount"}, {type: "user", path: ($p + "/user")},
  {type: "pid", path: ($p + "/pid")}, {type: "network", path: ($p + "/net")}, {type: "ipc", path: ($p + "/ipc")},
  {type: "uts", path: ($p + "/uts")}]'
expect_eq "$(runtime run -b j "$(id_of joined)" </dev/null | paste -sd' ')" "0 $(jq -r .hostname b/config.json) 1"
expect_ok runtime delete --force "$id"
