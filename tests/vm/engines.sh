#!/usr/bin/env bash
# docker and podman with oci as their runtime, on cgroup v2 and systemd.
# timeout: 3600
. "$(dirname "$0")/../tools/harness.sh"
. "$TESTS/vm/_inside.bash"
tests_inside 3072 engines/podman.sh engines/docker.sh
