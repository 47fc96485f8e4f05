#!/usr/bin/env bash
# Pulling, verifying and copying take less than 64 MiB of memory, whatever a layer's size.
# timeout: 200
. "$(dirname "$0")/../../tools/harness.sh"

mkdir fast
mount -t tmpfs none fast
at_exit umount "$SCRATCH/fast"
export OCI_STORE=$SCRATCH/fast/store
mkdir fast/layer
truncate -s 300M fast/layer/file
make_image fast/layout:latest --layer fast/layer --compress none --cmd true >/dev/null
start_registry --layout fast/layout
within() { # COMMAND...
  python3 - "$@" <<'PYTHON'
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
text = process.stderr.read()
_, status, usage = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
if process.returncode != 0:
    sys.exit(f"status {process.returncode}: {text.decode()}")
if usage.ru_maxrss > 64 << 10:
    sys.exit(f"{usage.ru_maxrss >> 10} MiB: {sys.argv[1:]}")
PYTHON
}
within "$OCI" pull -q "$REGISTRY/x"
within "$OCI" verify -q
within "$OCI" copy -q "docker://$REGISTRY/x" "oci-archive:fast/x.tar"
rm -rf fast/store
within "$OCI" pull -q oci-archive:fast/x.tar
