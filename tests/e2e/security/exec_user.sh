#!/usr/bin/env bash
# CVE-2026-30892, CVE-2024-40635: exec --user is the user it says or an error, and root only when it says 0.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of user)
make_bundle b sleep 60
printf 'root:x:0:0::/root:/bin/sh\n1:x:0:0::/:/bin/sh\n4294967296:x:0:0::/:/bin/sh\nbob:x:1001:1001::/:/bin/sh\n' >b/rootfs/etc/passwd
expect_ok runtime run -d -b b "$id" </dev/null
who() { runtime exec --user "$1" "$id" sh -c 'echo $(id -u) $(id -g)' </dev/null; }
expect_eq "$(who 1)" "1 0"
expect_eq "$(who 1:7)" "1 7"
expect_eq "$(who 1000:1000)" "1000 1000"
expect_eq "$(who 4294967294:4294967294)" "4294967294 4294967294"
for wrong in "" bob :5 1: 1x x1 1:x 1:2:3 -1 1:-1 4294967295 4294967296 1:4294967295 1:4294967296 18446744073709551616 0x1 1e0 " 1" "1 " +1; do
  expect_fail any -- runtime exec --user "$wrong" "$id" id -u </dev/null
  expect_eq "$OUT" "" "--user '$wrong'"
done
expect_ok runtime delete --force "$id"
