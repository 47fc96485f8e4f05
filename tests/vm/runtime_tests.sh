#!/usr/bin/env bash
# The end-to-end tests of the runtime, on cgroup v2 and systemd.
# timeout: 1800
. "$(dirname "$0")/../tools/harness.sh"
. "$TESTS/vm/_inside.bash"
cd "$TESTS" && mapfile -t all < <(ls e2e/runtime/*.sh | grep -v '/_') && cd "$SCRATCH"
tests_inside 3072 "${all[@]}"
