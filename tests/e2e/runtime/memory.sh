#!/usr/bin/env bash
# While a container runs in the foreground, the runtime beside it is small; so is it at its peak.
. "$(dirname "$0")/../../tools/harness.sh"

make_bundle b sh -c 'echo started; exec sleep 60'
background pid oci run -b b "$(id_of memory)" >started
wait_for 10 grep -q started started
peak=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status")
now=$(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status")
expect_ok oci kill "$(id_of memory)" KILL
wait "$pid" || true
[ "$peak" -le 8192 ] || fail "peak of $peak KiB"
[ "$now" -le 2048 ] || fail "$now KiB of memory of its own while it waits"
