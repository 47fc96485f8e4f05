#!/usr/bin/env bash
# CVE-2022-31030, CVE-2022-1708, CVE-2022-23471, CVE-2025-64329: what a program prints and nobody reads stays in the kernel's buffer: exec
# does not grow, with a terminal or without.
. "$(dirname "$0")/../../tools/harness.sh"
need python3

id=$(id_of prints)
make_bundle b sleep 60
expect_ok runtime run -d -b b "$id" </dev/null
cat >peak.py <<'P'
# Reads nothing for a while, then all: the peak memory of the program in the meantime, in KiB.
import os, subprocess, sys, time
terminal = sys.argv[1] == "terminal"
if terminal:
    master, slave = os.openpty()
    process = subprocess.Popen(sys.argv[2:], stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    output = master
else:
    process = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    output = process.stdout.fileno()
time.sleep(0.5)
total = 0
while total < 100 << 20:
    try:
        data = os.read(output, 1 << 20)
    except OSError:
        break
    if not data: break
    total += len(data)
    if total > 64 << 20: break
with open(f"/proc/{process.pid}/status") as status:
    print([line.split()[1] for line in status if line.startswith("VmHWM")][0])
process.kill()
process.wait()
P
for kind in pipe terminal; do
  option=
  if [ $kind = terminal ]; then option=-t; fi
  expect_ok timeout 100 python3 peak.py $kind "$RUNTIME" --root "$ROOT" exec $option "$id" yes "$(printf '%0200d' 0)"
  [ "$OUT" -lt 16384 ] || fail "$kind: $OUT KiB"
done
expect_ok runtime delete --force "$id"
