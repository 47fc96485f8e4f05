#!/usr/bin/env bash
# Why a program cannot be executed reaches who uses podman; what create cannot know yet (start says it) is 126 there.
# timeout: 300
. "$(dirname "$0")/../tools/harness.sh"
need podman conmon

make_rootfs rootfs
bin=rootfs/bin
script() { # NAME FIRST-LINE
  printf '%b\necho hi\n' "$2" >"$bin/$1"
  chmod 755 "$bin/$1"
}
script bash '#!/usr/bin/bash -e'
script dos '#!/bin/sh\r'
script text 'just text'
: >"$bin/empty" && chmod 755 "$bin/empty"
cp /bin/true "$bin/dynamic"
cp "$bin/busybox" "$bin/other"
printf '\xf3\x00' | dd of="$bin/other" bs=1 seek=18 conv=notrunc status=none
printf x >"$bin/plain"
mkdir rootfs/mnt

printf '[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=20000:20000"]\n[engine]\nlock_type = "file"\nevents_logger = "file"\n' >containers.conf
export CONTAINERS_CONF=$SCRATCH/containers.conf
podman() {
  command podman --root "$SCRATCH/storage" --runroot "$SCRATCH/runroot" --tmpdir "$SCRATCH/tmpdir" --storage-driver vfs \
    --cgroup-manager cgroupfs --runtime "$(command -v "$RUNTIME")" "$@"
}
clean() {
  podman rm --all --force --time 0
  find /sys/fs/cgroup -depth -type d -path "*/$OCI_TEST_ID*" -exec rmdir {} +
}
at_exit clean
run=(podman run --rm --network none --cgroup-parent "/$OCI_TEST_ID")
says() { # STATUS PATTERN WORD...: podman run says it
  expect_fail "$1" "$2" -- "${run[@]}" -v "$SCRATCH/$bin:/mnt:noexec" --rootfs "$SCRATCH/rootfs" "${@:3}" </dev/null
}

says 127 'exec: "slepe": executable file not found in \$PATH: did you mean ' slepe 1
says 127 'args is one text with spaces' '/bin/ps -a'
says 126 'its interpreter "/usr/bin/bash" is not in the container' bash
says 126 'the #! line ends with a carriage return' dos
says 126 'its loader "/lib[^"]*/ld-linux' dynamic
says 126 'exec format error: the program is for riscv64' other
says 126 'the file is neither a program nor a script' text
says 126 'exec format error: the file is empty' empty
says 126 'exec: "/bin/plain": permission denied' /bin/plain
says 126 'lies on a mount with the option noexec' /mnt/true

# The same for users, working folders, mount sources and devices.
wrong() { expect_fail any "$1" -- "${run[@]}" "${@:2}" --rootfs "$SCRATCH/rootfs" true </dev/null; }
wrong 'nobody-there' -u nobody-there
wrong '/bin/sh' -w /bin/sh
wrong '/not/here' -v /not/here:/v
wrong '/dev/not-here' --device /dev/not-here
