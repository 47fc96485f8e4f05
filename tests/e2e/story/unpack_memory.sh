#!/usr/bin/env bash
# No image takes more than 96 MiB of memory to unpack, to pack again, to export or to compare: not with many names, long
# headers, large attributes or much content. A zstd window comes on top. Nothing stays in $TMPDIR.
# timeout: 300
. "$(dirname "$0")/../../tools/harness.sh"

mkdir fast
mount -t tmpfs none fast
at_exit umount "$SCRATCH/fast"
PYTHONPATH=$TESTS/e2e/unpack PYTHONDONTWRITEBYTECODE=1 python3 - <<'PYTHON'
import sys
from layers import *
layout = Layout("fast/img")

def entries(count, kind, name):
    """Headers by hand: tarfile takes too long."""
    info = tarfile.TarInfo("NAME")
    info.type, info.mode = kind, 0o755
    empty = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    empty[0:100] = bytes(100)
    empty[148:156] = b" " * 8
    base = sum(empty)
    for i in range(count):
        header = bytearray(empty)
        text = name(i).encode()
        header[0 : len(text)] = text
        header[148:156] = b"%06o\0 " % (base + sum(text))
        yield bytes(header)

many = lambda *args: b"".join(entries(*args))
layout.image("folders", [many(100_000, tarfile.DIRTYPE, lambda i: f"d{i:06}-{'x' * 80}") + bytes(1024)])
layout.image("files", [many(1, tarfile.DIRTYPE, lambda i: "d"), many(150_000, tarfile.REGTYPE, lambda i: f"d/{i}-{'x' * 80}")])
long = Layer()
for i in range(150):
    long.file(f"f{i}", pax={"comment": "x" * 1_000_000})
layout.image("headers", [gzipped(long.tar())])
attributes = Layer()
for i in range(1000):
    attributes.dir(f"d{i}", pax={"SCHILY.xattr.system.posix_acl_default": "\2" * 60_000})
layout.image("acls", [attributes.tar()])
layout.image("content", [gzipped(Layer().file("zeros", bytes(200 << 20)).tar())])
layout.image("window", [zstd_frames(Layer().file("f", os.urandom(1 << 20) * 120).tar(), arguments=["--long=27"])])
PYTHON

peak() { # MIB TAG OPTION…: unpacks and prints what the largest process took
  rm -rf fast/b
  peak_of "$OCI" unpack -q --rootfs-only "oci:fast/img:$2" fast/b "${@:3}" || fail "unpack $2"
}
peak_of() {
  python3 - "$@" <<'PYTHON'
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
text = process.stderr.read()
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss // 1024, os.waitstatus_to_exitcode(status), text)
PYTHON
}
within() { # MIB STATUS TAG OPTION…
  local taken status text
  read -r taken status text <<<"$(peak "$1" "${@:3}")"
  expect_eq "$status" "$2" "$3: $text"
  [ "$taken" -le "$1" ] || fail "$3: $taken MiB, at most $1"
  printf '%s: %s MiB %s\n' "$3" "$taken" "$text"
}
export OCI_STORE=$SCRATCH/fast/store
within 96 0 folders
within 96 0 files
within 96 0 headers
within 96 1 acls
within 96 0 content
within 232 0 window

of_it() { # VERB ARG…: is done, within the same
  local taken status text
  read -r taken status text <<<"$(peak_of "$OCI" "$@")"
  expect_eq "$status" 0 "$*: $text"
  [ "$taken" -le 96 ] || fail "$*: $taken MiB, at most 96"
  printf '%s: %s MiB %s\n' "$1" "$taken" "$text"
}
export TMPDIR=$SCRATCH/fast/tmp
mkdir "$TMPDIR"
for tag in folders files; do
  rm -rf fast/b fast/store
  of_it unpack --image "fast/img:$tag" fast/b
  touch fast/b/rootfs/new
  of_it repack --image fast/img:new --refresh-bundle fast/b
  rm -rf fast/b
  of_it export -q "oci:fast/img:$tag" fast/tar
  rm fast/tar
  of_it diff -q "oci:fast/img:$tag" "oci:fast/img:$tag"
  expect_eq "$(ls -A "$TMPDIR")" ''
done
