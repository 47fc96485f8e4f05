#!/usr/bin/env bash
# linux.cgroupsPath: absolute beneath the hierarchy's root, parents made and removed again; a cgroup in use is refused and
# left alone; ".." leads nowhere.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/runtime/cgroups.bash"

id=$(id_of path)
make_bundle b sleep 60
edit_config b --arg path "/$id-a/b/c" '.linux.cgroupsPath = $path'
expect_ok runtime run -d -b b "$id" </dev/null
pid=$(pid_of "$id")
expect_match "$(cgroup_of "$pid" pids)" "^/sys/fs/cgroup(/pids)?/$id-a/b/c\$"

expect_fail any "is not empty" -- runtime run -b b "$(id_of second)"
expect_ok kill -0 "$pid"

expect_ok runtime delete --force "$id"
expect_eq "$(folders_named "$id-a")" "" "cgroups left behind"

edit_config b --arg path "/../../$id-d" '.linux.cgroupsPath = $path'
expect_ok runtime run -d -b b "$id" </dev/null
expect_match "$(cgroup_of "$(pid_of "$id")" pids)" "^/sys/fs/cgroup(/pids)?/$id-d\$"
expect_ok runtime delete --force "$id"

edit_config b '.linux.cgroupsPath = "/"'
expect_fail any cgroupsPath -- runtime run -b b "$id"
