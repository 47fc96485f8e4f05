#!/usr/bin/env bash
# A program that cannot be executed is create's error, in the words that engines look for; nothing is left.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of prog)
make_bundle b true
touch b/rootfs/etc/noexec
try() { # PATTERN PROGRAM
  edit_config b --arg p "$2" '.process.args = [$p]'
  expect_fail 1 "$1" -- runtime create -b b "$id" </dev/null
  expect_no_file "$ROOT/$id"
  expect_eq "$(find /sys/fs/cgroup -name "$id" 2>/dev/null)" ""
}
try 'exec: "nosuchprog": executable file not found in \$PATH' nosuchprog
try 'exec: "/no/such": stat /no/such: no such file or directory' /no/such
try 'exec: "/etc/noexec": permission denied' /etc/noexec
try 'exec: "/etc": is a directory: permission denied' /etc

edit_config b '.process.args = ["sleep", "60"]'
expect_ok runtime run -d -b b "$id" </dev/null
expect_fail 255 'exec: "nosuchprog": executable file not found in \$PATH' -- runtime exec "$id" nosuchprog </dev/null
expect_ok runtime delete --force "$id"

# What only the kernel can tell is start's.
printf '#!/no/interpreter\n' >b/rootfs/bin/script
chmod 755 b/rootfs/bin/script
edit_config b '.process.args = ["script"]'
expect_ok runtime create -b b "$id" </dev/null
expect_fail 1 'exec: "script": no such file or directory' -- runtime start "$id"
expect_ok runtime delete --force "$id"
