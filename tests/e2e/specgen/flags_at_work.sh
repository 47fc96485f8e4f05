#!/usr/bin/env bash
# What the flags of `oci unpack` write is what the container sees, whichever runtime runs it.
# peers: runc crun
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/specgen/_specgen.sh"

config='{"Cmd": ["sh", "-c", "id; pwd; echo $A $HOME $HOSTNAME; hostname"], "Env": ["A=image", "PATH=/bin"]}'
unpack_image "$config"
run_bundle
expect_match "$OUT" '^uid=0(\(root\))? gid=0'
expect_contains "$OUT" $'\n/\nimage /root oci\noci'

unpack_image "$config" -u 7:8 -e A=flag -w /tmp -h box
run_bundle
expect_match "$OUT" '^uid=7 gid=8 groups=8'
expect_contains "$OUT" $'\n/tmp\nflag / box\nbox'

mkdir host
echo from the host >host/file
unpack_image "$config" --read-only -v ./host:/mnt:ro -- sh -c 'cat /mnt/file; touch /mnt/x || touch /x || echo both read-only'
run_bundle
expect_eq "$OUT" $'from the host\nboth read-only'

unpack_image "$config" --cap-drop ALL --cap-add CHOWN -- grep CapEff /proc/self/status
run_bundle
expect_match "$OUT" '0000000000000001$'

unpack_image '{"User": "5", "Cmd": ["grep", "Cap", "/proc/self/status"]}'
run_bundle
expect_match "$OUT" 'CapPrm:.0000000000000000'
expect_match "$OUT" 'CapBnd:.00000000a80425fb'
