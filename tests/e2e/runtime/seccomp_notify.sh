#!/usr/bin/env bash
# SCMP_ACT_NOTIFY: the agent gets the listener's descriptor with the process state, for run and for exec, and its word counts.
. "$(dirname "$0")/../../tools/harness.sh"
need python3

id=$(id_of notify)
mkdir seen
background AGENT python3 "$TESTS/tools/seccomp_agent.py" "$PWD/agent" "$PWD/seen"
wait_for 10 test -S agent
make_bundle b sh -c 'mkdir /tmp/x; echo "status $?"'
edit_config b --arg path "$PWD/agent" '.annotations = {a: "b"} | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
  listenerPath: $path, listenerMetadata: "some text",
  syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_NOTIFY"}]}'
expect_ok runtime run -b b "$id" </dev/null
expect_match "$ERR" "mkdir: can't create directory '/tmp/x': (Operation not supported|Not supported)"
expect_contains "$OUT" "status 1"
wait_for 10 test -e seen/message-0
expect_eq "$(jq -c '[.fds, .metadata, .state.id, .state.status, .state.annotations.a, .pid == .state.pid]' seen/message-0)" \
  "[[\"seccompFd\"],\"some text\",\"$id\",\"creating\",\"b\",true]"

# Calls that the end of our own way needs may be judged or forbidden as well; create and start; exec.
edit_config b '.process.args = ["sleep", "60"] | .process.noNewPrivileges = false |
  .linux.seccomp.syscalls += [{names: ["sendmsg", "futex", "wait4"], action: "SCMP_ACT_ERRNO"}]'
expect_ok runtime create -b b "$id" </dev/null
expect_ok runtime start "$id"
wait_for 10 test -e seen/message-1
expect_fail 1 "(Not supported|not supported)" -- runtime exec "$id" mkdir /tmp/y </dev/null
wait_for 10 test -e seen/message-2
expect_eq "$(jq -c '[.state.status, .pid != .state.pid]' seen/message-2)" '["running",true]'
expect_ok runtime delete --force "$id"

# Without an agent nothing is made.
stop_process "$AGENT"
expect_fail 1 'linux.seccomp.listenerPath.*(refused|no such file)' -- runtime run -b b "$id" </dev/null
expect_no_file "$ROOT/$id"
edit_config b 'del(.linux.seccomp.listenerPath)'
expect_fail 1 'linux.seccomp.listenerPath: missing' -- runtime run -b b "$id" </dev/null
edit_config b '.linux.seccomp.syscalls[0].action = "SCMP_ACT_ERRNO" | .linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"] |
  .process.args = ["true"]'
expect_ok runtime run -b b "$id" </dev/null
