#!/usr/bin/env bash
# The runtime on a machine with cgroup v2 and systemd: in a virtual machine, by the program in $OCI_VM_RUN (default vm-run:
# `vm-run --share DIR -- COMMAND` runs COMMAND as root in a throw-away machine that sees DIR).
# timeout: 600
. "$(dirname "$0")/../tools/harness.sh"

OCI_VM_RUN=${OCI_VM_RUN:-vm-run}
need "$OCI_VM_RUN"
make_bundle bundle sh -c 'echo "pid $$"; exit 7'
cp "$OCI" program
cat >inside.sh <<'END'
set -u
cp -a bundle /tmp/bundle
oci=$PWD/program
"$oci" run -b /tmp/bundle one
echo "status $?"
sed -i 's/"echo .*exit 7"/"sleep 1000"/' /tmp/bundle/config.json
"$oci" run -d -b /tmp/bundle two </dev/null >/dev/null 2>&1
"$oci" exec two echo "exec works"
"$oci" kill two KILL
"$oci" delete --force two
"$oci" list -q
find /sys/fs/cgroup -name one -o -name two
END
expect_ok "$OCI_VM_RUN" --share "$SCRATCH" -- bash "$SCRATCH/inside.sh"
expect_eq "$OUT" $'pid 1\nstatus 7\nexec works'
