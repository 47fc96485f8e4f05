#!/usr/bin/env bash
# Why a program cannot be executed is said, not only that it cannot; what engines look for stays in the text.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of why)
make_bundle b true
bin=b/rootfs/bin
says() { # PATTERN ARG...: run says it
  edit_config b --argjson args "$(json_array "${@:2}")" '.process.args = $args'
  expect_fail 1 "$1" -- runtime run -b b "$id" </dev/null
  expect_no_file "$ROOT/$id"
}
script() { # NAME FIRST-LINE
  printf '%b\necho hi\n' "$2" >"$bin/$1"
  chmod 755 "$bin/$1"
}

# Not there: what has a similar name, or where it is.
says 'exec: "slepe": executable file not found in \$PATH: did you mean "/.*bin/sleep"\?$' slepe 1
says 'exec: "/bin/ech": stat /bin/ech: no such file or directory: did you mean "/bin/echo"\?$' /bin/ech
says 'exec: "/opt/x/y": stat /opt/x/y: no such file or directory: the directory "/opt/x" is missing already$' /opt/x/y
says 'exec: "zqxjkv": executable file not found in \$PATH$' zqxjkv
says 'stat /bin/ps -a: no such file or directory: args is one text with spaces' '/bin/ps -a'
edit_config b '.process.env = ["PATH=/elsewhere"]'
says 'executable file not found in \$PATH: "/bin/sleep" is there, but its directory is not in PATH$' sleep 1
edit_config b '.process.env = []'
says 'executable file not found in \$PATH: "/bin/sleep" is there, but PATH is not set$' sleep 1
edit_config b '.process.env = ["PATH=/bin"]'

# There, but not for this user.
printf 'x' >"$bin/plain"
says 'exec: "plain": executable file not found in \$PATH: "/bin/plain" is there, but is no file that this user may execute$' plain
says 'exec: "/bin/plain": permission denied$' /bin/plain
says 'exec: "/bin": is a directory: permission denied$' /bin

# There and executable, but what it needs is not.
script bash '#!/usr/bin/bash -e'
says 'exec: "bash": no such file or directory: its interpreter "/usr/bin/bash" is not in the container.s root file system$' bash
script dos '#!/bin/sh\r'
says 'exec: "dos": no such file or directory: its interpreter "/bin/sh.x0d" is missing: the #! line ends with a carriage return' dos
script none '#!'
says 'exec: "none": (exec format error|no such file or directory): its #! line names no interpreter$' none
script weak '#!/etc/passwd'
says 'exec: "weak": permission denied: its interpreter "/etc/passwd" may not be executed$' weak
script text 'just text'
says 'exec: "text": exec format error: the file is neither a program nor a script' text
: >"$bin/empty"
chmod 755 "$bin/empty"
says 'exec: "empty": exec format error: the file is empty$' empty

# ELF files: a loader that is missing, another machine's, one cut short.
cp /bin/true "$bin/dynamic"
says 'exec: "dynamic": no such file or directory: its loader "/lib[^"]*/ld-linux[^"]*" is not in the container' dynamic
cp "$bin/busybox" "$bin/other"
printf '\xf3\x00' | dd of="$bin/other" bs=1 seek=18 conv=notrunc status=none
says 'exec: "other": exec format error: the program is for riscv64, this machine is (amd64|arm64)$' other
head -c 10 /bin/true >"$bin/stub"
chmod 755 "$bin/stub"
says "exec: \"stub\": exec format error: the program's file is cut short\$" stub

# On a mount that executes nothing.
edit_config b --arg dir "$PWD/b/rootfs/bin" '.mounts += [{destination: "/mnt", type: "bind", source: $dir, options: ["bind", "noexec"]}]'
mkdir -p b/rootfs/mnt
says 'exec: "/mnt/true": permission denied: "/mnt/true" lies on a mount with the option noexec$' /mnt/true

# What create cannot know is start's error; exec's words are the same.
edit_config b '.process.args = ["dynamic"]'
expect_ok runtime create -b b "$id" </dev/null
expect_fail 1 'exec: "dynamic": no such file or directory: its loader' -- runtime start "$id"
expect_ok runtime delete --force "$id"
edit_config b '.process.args = ["sleep", "60"]'
expect_ok runtime run -d -b b "$id" </dev/null
expect_fail 255 'exec: "dos": no such file or directory: its interpreter' -- runtime exec "$id" dos </dev/null
expect_fail 255 'did you mean "/bin/echo"' -- runtime exec "$id" ecoh </dev/null

# A FIFO, a folder of many names and a filter that kills who looks: an answer all the same.
mkfifo "$bin/fifo"
chmod 755 "$bin/fifo"
expect_fail 255 'exec: "fifo": permission denied' -- runtime exec "$id" fifo </dev/null
expect_ok runtime delete --force "$id"
edit_config b '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["openat", "open", "statfs", "statx", "faccessat", "faccessat2"], action: "SCMP_ACT_KILL_PROCESS"}]}'
says 'exec: "dynamic": no such file or directory' dynamic
