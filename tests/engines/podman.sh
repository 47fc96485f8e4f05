#!/usr/bin/env bash
# podman with oci as its runtime: run, exit codes, exec, a limit, stop, removal.
# timeout: 300
. "$(dirname "$0")/../tools/harness.sh"

need podman
make_rootfs rootfs
cat >containers.conf <<'END'
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=20000:20000"]
[engine]
lock_type = "file"
events_logger = "file"
END
export CONTAINERS_CONF=$SCRATCH/containers.conf
podman() {
  command podman --root "$SCRATCH/storage" --runroot "$SCRATCH/runroot" --tmpdir "$SCRATCH/tmpdir" --storage-driver vfs \
    --cgroup-manager cgroupfs --runtime "$RUNTIME" "$@"
}
run=(run --network none --cgroup-parent "/$OCI_TEST_ID")

at_exit podman rm --all --force --time 0
expect_ok podman "${run[@]}" --rm --rootfs "$SCRATCH/rootfs" echo from podman
expect_eq "$OUT" "from podman"
expect_fail 7 -- podman "${run[@]}" --rm --rootfs "$SCRATCH/rootfs" sh -c 'exit 7'
expect_fail 127 -- podman "${run[@]}" --rm --rootfs "$SCRATCH/rootfs" nosuchprogram
expect_fail 126 -- podman "${run[@]}" --rm --rootfs "$SCRATCH/rootfs" /etc/passwd

expect_ok podman "${run[@]}" -d --name one --memory 64m --rootfs "$SCRATCH/rootfs" sleep 1000
wait_for 20 podman exec one grep -q sleep /proc/1/cmdline # start returns before exec
expect_ok podman exec one cat /proc/1/cmdline
expect_eq "$OUT" sleep1000
expect_ok podman inspect --format '{{.State.Status}}' one
expect_eq "$OUT" running
expect_ok podman stop --time 1 one
expect_ok podman inspect --format '{{.State.Status}} {{.State.ExitCode}}' one
expect_eq "$OUT" "exited 137"
expect_ok podman rm one
expect_ok podman ps --all --quiet
expect_eq "$OUT" ""
find /sys/fs/cgroup -depth -type d -path "*/$OCI_TEST_ID*" -exec rmdir {} +
