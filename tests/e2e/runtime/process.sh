#!/usr/bin/env bash
# The process: user, groups, umask, HOME, capabilities, limits, no_new_privs, working folder, priorities.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of proc)
make_bundle b sh -c 'id -u; id -g; grep Groups: /proc/self/status; umask; echo $HOME; pwd; ulimit -n; grep -E "Cap|NoNew" /proc/self/status'
echo 'bob:x:1234:1001::/home/bob:/bin/sh' >>b/rootfs/etc/passwd
edit_config b '.process.user = {uid: 1234, gid: 1001, additionalGids: [5, 6], umask: 63} | .process.cwd = "/made/here"
  | .root.readonly = false | .process.noNewPrivileges = true | .process.rlimits = [{type: "RLIMIT_NOFILE", hard: 200, soft: 100}]
  | .process.capabilities = {bounding: ["CAP_KILL"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"]}
  | .process.env = ["PATH=/bin"]'
expect_ok runtime run -b b "$id" </dev/null
for text in 1234 1001 "5 6" 0077 /home/bob /made/here 100 "NoNewPrivs:.1"; do expect_match "$OUT" "$text"; done
expect_match "$OUT" 'CapInh:.0000000000000000'
expect_match "$OUT" 'CapBnd:.0000000000000020'

edit_config b '.process.user = {uid: 0, gid: 0} | .process.cwd = "/" | .process.oomScoreAdj = 700
  | .process.args = ["sh", "-c", "cat /proc/self/oom_score_adj; cut -d\" \" -f19 /proc/self/stat; cat /proc/self/personality"]
  | .process.scheduler = {policy: "SCHED_BATCH", nice: 5} | .process.ioPriority = {class: "IOPRIO_CLASS_IDLE"}
  | .linux.personality = {domain: "LINUX32"}'
expect_ok runtime run -b b "$id" </dev/null
expect_eq "$(paste -sd' ' <<<"$OUT")" "700 5 00000008"

# exec --cap: ambient too as far as the container has inheritable ones.
edit_config b '.process.args = ["sleep", "60"] | del(.process.scheduler, .process.ioPriority, .linux.personality)
  | .process.capabilities = {bounding: ["CAP_KILL"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"], inheritable: ["CAP_KILL"]}'
expect_ok runtime run -d -b b "$id" </dev/null
expect_ok runtime exec --cap CAP_KILL "$id" grep -E 'CapAmb|CapInh' /proc/self/status
expect_match "$OUT" 'CapInh:.0000000000000020'
expect_match "$OUT" 'CapAmb:.0000000000000020'
expect_ok runtime delete -f "$id"
