#!/usr/bin/env bash
# CVE-2016-9962: who is in the container cannot look into a process that is on its way in: its descriptors, memory, program.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of watched)
make_bundle b sh /watch
# With shell built-ins only, to be quick. A program of the container's has the descriptors 0 to 2; whoever has more is the runtime:
# that there are more may be seen, what they are may not.
cat >b/rootfs/watch <<'W'
echo ready >/began
while [ ! -e /stop ]; do
  for p in /proc/[0-9]*; do
    [ "$p" = /proc/1 ] && continue
    for fd in "$p"/fd/*; do
      case ${fd##*/} in [012] | \*) ;; *) [ -e "$fd" ] && echo "$fd" >>/caught ;; esac
    done
    # The memory first: that which is open stays that of the program it was opened of.
    { read -r name <"$p/comm" && [ "$name" != true ] && echo "$name $p/mem" >>/caught; } 7<"$p/mem"
    looked=$((looked + 1))
  done
done 2>/dev/null
echo "$looked" >/looked
W
expect_ok runtime run -d -b b "$id" </dev/null
wait_for 20 test -e b/rootfs/began
for _ in $(seq 150); do expect_ok runtime exec "$id" true </dev/null; done
touch b/rootfs/stop
wait_for 20 test -s b/rootfs/looked
if [ -e b/rootfs/caught ]; then fail "open to the container: $(sort b/rootfs/caught | uniq -c | head)"; fi
[ "$(cat b/rootfs/looked)" -gt 0 ] || fail "the container saw no process come in"
expect_ok runtime delete --force "$id"
