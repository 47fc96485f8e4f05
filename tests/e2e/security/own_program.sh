#!/usr/bin/env bash
# CVE-2019-5736: a container cannot write to our program, though it may be told to run it again (#!/proc/self/exe) and sees
# /proc/PID/exe of what comes in.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of writer)
cp "$RUNTIME" program
RUNTIME=$PWD/program # what is attacked is a copy
before=$(sha256sum program)
make_bundle b sh /attack
edit_config b '.process.capabilities |= map_values(. + ["CAP_DAC_OVERRIDE", "CAP_SYS_PTRACE"])'
# The program of each process that comes is opened and kept, and written to by the descriptor once nobody runs it.
cat >b/rootfs/attack <<'W'
echo ready >/began
while [ ! -e /stop ]; do
  for p in /proc/[0-9]*; do
    [ "$p" = /proc/1 ] && continue
    read -r name <"$p/comm" && [ "$name" != true ] || continue
    {
      seen=$((seen + 1))
      for again in 1 2 3 4 5 6 7 8 9 10; do { echo x; } >>/proc/1/fd/7 && echo "$p $name" >>/written; done
    } 7<"$p/exe"
  done
done 2>/dev/null
echo "$seen" >/seen
W
printf '#!/proc/self/exe\n' >b/rootfs/bin/again
chmod 755 b/rootfs/bin/again
expect_ok runtime run -d -b b "$id" </dev/null
wait_for 20 test -e b/rootfs/began
for _ in $(seq 60); do
  expect_ok runtime exec "$id" true </dev/null
  expect_fail any -- timeout 20 "$RUNTIME" --root "$ROOT" exec "$id" again </dev/null
done
touch b/rootfs/stop
wait_for 20 test -s b/rootfs/seen
expect_no_file b/rootfs/written
[ "$(cat b/rootfs/seen)" -gt 0 ] || fail "the container got hold of no program"
expect_ok runtime delete --force "$id"

# From outside: what waits to be started is in memory that cannot be written.
other=$(id_of waits)
expect_ok runtime create -b b "$other" </dev/null
pid=$(runtime state "$other" | jq .pid)
expect_not_contains "$(readlink "/proc/$pid/exe")" "$RUNTIME"
expect_fail any -- sh -c "echo >>/proc/$pid/exe"
expect_ok runtime delete --force "$other"
expect_eq "$(sha256sum program)" "$before" "our program"
