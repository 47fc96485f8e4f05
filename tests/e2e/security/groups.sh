#!/usr/bin/env bash
# CVE-2022-36109, CVE-2023-25173, CVE-2022-2989, CVE-2022-2990, CVE-2022-2995: the groups of a process are those of config.json and none of the
# caller's; what an image's user becomes has its primary group among them, so that a file may shut that group out.
. "$(dirname "$0")/../../tools/harness.sh"
need setpriv

id=$(id_of groups)
make_bundle b sleep 60
edit_config b '.process.user = {uid: 1000, gid: 1000, additionalGids: [1000, 2000]}'
called() { setpriv --groups 4,27,3000 "$RUNTIME" --root "$ROOT" "$@"; }
groups_of() { awk '/^Groups:/ { $1 = ""; print $0 }' "$1" | xargs; }
expect_ok called run -d -b b "$id" </dev/null
expect_eq "$(groups_of "/proc/$(runtime state "$id" | jq .pid)/status")" "1000 2000" "run"
expect_eq "$(called exec --user 1000 "$id" cat /proc/self/status </dev/null | groups_of -)" "" "exec --user"
expect_eq "$(called exec --user 1:7 "$id" cat /proc/self/status </dev/null | groups_of -)" "" "exec --user with a group"
expect_eq "$(called exec --user 1 --additional-gids 9 "$id" cat /proc/self/status </dev/null | groups_of -)" "9" "exec with a group"
expect_ok runtime delete --force "$id"

make_rootfs rootfs
make_image layout:latest --layer rootfs --config '{"Cmd": ["id"], "User": "user"}' >/dev/null
expect_ok oci pull oci:layout:latest
expect_ok oci unpack
expect_eq "$(jq -c '[.process.user.gid, (.process.user.additionalGids | sort)]' bundle/config.json)" "[1000,[1000,2000]]"
