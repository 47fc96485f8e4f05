#!/usr/bin/env bash
# What runs on a layer's bytes executes nothing, opens nothing outside the rootfs, and holds six capabilities at most:
# not even programs and libraries that the image itself brings.
. "$(dirname "$0")/_unpack.sh"
need strace

make_layout <<'PYTHON'
evil = b"#!/bin/sh\ntouch /victim-was-run\n"
layer = Layer()
for name in ("usr/bin/gzip", "usr/bin/xz", "usr/bin/zstd", "usr/bin/unpigz", "usr/bin/tar", "lib/x86_64-linux-gnu/libnss_evil.so.2",
             "usr/lib/locale/locale-archive", "usr/lib/x86_64-linux-gnu/gconv/gconv-modules"):
    layer.file(name, evil, mode=0o755)
layer.file("etc/nsswitch.conf", b"passwd: evil\n").file("etc/passwd", b"root:x:0:0::/:/bin/sh\n")
layout.image("evil", [gzipped(layer.tar()), zstd_frames(Layer().file("gr\u00fcn").tar())])
PYTHON

expect_ok oci pull "oci:$SCRATCH/img:evil" # so that the other half needs no threads, which would be taken for the extractor's
rm -rf b
strace -f -qq -o trace -e trace=execve,execveat,open,openat,openat2,connect,socket,capset,chroot,seccomp,prctl \
  "$OCI" unpack --rootfs-only "$OUT" "$SCRATCH/b" || fail "unpack under strace"
expect_file b/rootfs/usr/bin/gzip
child=$(awk '/ chroot\("\."\)/ {print $1; exit}' trace)
[ -n "$child" ] || fail "no chroot"
# From the filter on: everything by the extractor's threads (the ones that come after it).
awk -v child="$child" '$1 == child && /seccomp\(SECCOMP_SET_MODE_FILTER|prctl\(PR_SET_SECCOMP/ {on = 1; next}
  on && $1 >= child' trace >after
[ -s after ] || fail "nothing traced after the filter"
if grep -E 'exec|socket|connect' after; then fail "the extractor ran or called somebody"; fi
if grep -E 'open[a-z0-9]*\((AT_FDCWD|[0-9]+), "/' after; then fail "the extractor opened by an absolute path"; fi
grep -q 'PR_SET_NO_NEW_PRIVS' trace || fail "no_new_privs is not set"
grep -E "^$child .*capset" trace | grep -q CAP_SYS_ADMIN && fail "capabilities were kept"
true
