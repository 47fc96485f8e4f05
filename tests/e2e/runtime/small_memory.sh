#!/usr/bin/env bash
# A container whose limit of memory is 2 MiB starts: init and what is charged to it before the program is small.
# peers: crun
. "$(dirname "$0")/../../tools/harness.sh"
need jq

# A program without a C library, so that the program itself does not need more than the limit: exit(7), one page.
make_bundle b /bin/tiny
cat >tiny.py <<'END'
import os, struct, sys
x86 = os.uname().machine == "x86_64"
code = bytes.fromhex("b83c000000bf070000000f05" if x86 else "a80b80d2e00080d2010000d4")
base, size = 0x400000, 64 + 56 + len(code)
header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62 if x86 else 183, 1, base + 120, 64, 0, 0, 64, 56, 1, 0, 0, 0)
sys.stdout.buffer.write(header + struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, size, size, 4096) + code)
END
python3 tiny.py >b/rootfs/bin/tiny
chmod 755 b/rootfs/bin/tiny
edit_config b '.linux.resources.memory = {"limit": 2097152}'
expect_fail 7 -- runtime run -b b "$(id_of run)"
# With the least that kernels and programs want for themselves, busybox runs too.
make_bundle c sh -c 'exit 3'
edit_config c '.linux.resources.memory = {"limit": 2097152}'
expect_fail 3 -- runtime run -b c "$(id_of shell)"
# With less nothing runs, and it is said why.
if [ "$RUNTIME" = "$OCI" ]; then
  edit_config c '.linux.resources.memory = {"limit": 4096}'
  expect_fail 1 "init was killed by signal 9" -- runtime run -b c "$(id_of none)"
  expect_contains "$ERR" 'linux.resources.memory.limit may be too low'
fi
