#!/usr/bin/env bash
# The end-to-end tests of the runtime, on cgroup v2 and systemd; those that try every system call are too many for an emulated machine.
# timeout: 5400
. "$(dirname "$0")/../tools/harness.sh"
. "$TESTS/vm/_inside.bash"
cd "$TESTS" && mapfile -t all < <(grep -L '^# labels:.*long' e2e/runtime/[!_]*.sh) && cd "$SCRATCH"
tests_inside 3072 "${all[@]}"
