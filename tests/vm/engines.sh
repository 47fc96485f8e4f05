#!/usr/bin/env bash
# podman with oci as its runtime, on cgroup v2 and systemd.
# timeout: 1800
. "$(dirname "$0")/../tools/harness.sh"
. "$TESTS/vm/_inside.bash"
tests_inside 3072 engines/podman.sh
