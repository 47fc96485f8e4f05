#!/usr/bin/env bash
# The six hooks: order, the state on their standard input, where each runs; failures and time limits.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of hooks)
make_bundle b sh -c 'echo main >>/log'
touch log
cat >hook <<'END'
#!/bin/sh
read -r state
printf '%s %s %s\n' "$1" "$(echo "$state" | sed 's/.*"status": *"\([a-z]*\)".*/\1/')" "$(readlink /proc/self/ns/mnt)" >>"$2"
END
chmod 755 hook
hook() { jq -n --arg k "$1" --arg p "$PWD/hook" --arg l "$PWD/log" '[{path: $p, args: ["hook", $k, $l], env: ["PATH=/bin:/usr/bin"]}]'; }
edit_config b --argjson a "$(hook prestart)" --argjson b "$(hook createRuntime)" --argjson c "$(hook createContainer)" \
  --argjson d "$(hook poststart)" --argjson e "$(hook poststop)" --arg log "$PWD/log" \
  '.hooks = {prestart: $a, createRuntime: $b, createContainer: $c, poststart: $d, poststop: $e,
             startContainer: [{path: "/bin/sh", args: ["sh", "-c", "echo startContainer >>/log"]}]}
   | .mounts += [{destination: "/log", type: "bind", source: $log, options: ["bind"]}]'
expect_ok runtime run -b b "$id" </dev/null
expect_eq "$(awk '{ print $1 }' log | grep -v -e main -e poststart | paste -sd' ')" \
  "prestart createRuntime createContainer startContainer poststop"
expect_eq "$(grep -c -e main -e poststart log)" 2
expect_eq "$(awk '/^(prestart|createRuntime|createContainer) / { print $2 }' log | sort -u)" created
expect_match "$(cat log)" 'poststop stopped'
here=$(readlink /proc/self/ns/mnt)
expect_contains "$(grep createRuntime log)" "$here"
expect_not_contains "$(grep createContainer log)" "$here"

only() { edit_config b --argjson h "$1" '.hooks = $h'; }
only '{"createContainer": [{"path": "/bin/true"}, {"path": "/bin/false"}]}'
expect_fail 1 'createContainer hook 1 \(/bin/false\): exit status 1' -- runtime run -b b "$id" </dev/null
only '{"createRuntime": [{"path": "/bin/false"}]}'
expect_fail 1 'createRuntime hook 0' -- runtime create -b b "$id" </dev/null
only '{"startContainer": [{"path": "/bin/sleep", "args": ["sleep", "30"], "timeout": 1}]}'
expect_fail 1 'startContainer hook 0 \(/bin/sleep\): killed after its timeout' -- runtime run -b b "$id" </dev/null
expect_no_file "$ROOT/$id"
expect_ok runtime create -b b "$id" </dev/null
expect_fail 1 'startContainer hook 0' -- runtime start "$id"
expect_ok runtime delete --force "$id"

# A poststart hook that fails ends the container, and its poststop hooks run.
edit_config b --arg log "$PWD/ended" '.process.args = ["sleep", "60"] | .hooks = {poststart: [{path: "/bin/true"}, {path: "/bin/false"}],
  poststop: [{path: "/bin/touch", args: ["touch", $log]}]}'
for form in "run" "run -d"; do
  rm -f ended
  # shellcheck disable=SC2086
  expect_fail 1 'poststart hook 1 \(/bin/false\): exit status 1' -- runtime $form -b b "$id" </dev/null
  expect_no_file "$ROOT/$id"
  expect_file ended
done
rm -f ended
expect_ok runtime create -b b "$id" </dev/null
expect_fail 1 'poststart hook 1' -- runtime start "$id"
expect_no_file "$ROOT/$id"
expect_file ended
