#!/usr/bin/env bash
# A user without rights unpacks a Debian image: with subordinate ids each file belongs, seen from inside, to whom the layer
# says; with one id that is kept in the attribute. In a virtual machine by $OCI_VM_RUN (default vm-run), as the user that
# `as-tester` is there.
# timeout: 900
. "$(dirname "$0")/../tools/harness.sh"

OCI_VM_RUN=${OCI_VM_RUN:-vm-run}
need "$OCI_VM_RUN" mmdebstrap
mmdebstrap --quiet --mode=root --variant=essential bookworm debian.tar http://deb.debian.org/debian >mmdebstrap.log 2>&1 ||
  skip "no Debian mirror: $(grep -E '^E:' mmdebstrap.log | head -n 1)"
cp "$OCI" "$(dirname "$OCI")/oci-image" .
mkdir lib # what the machine may lack
ldd oci-image | awk '$3 ~ /^\// && $1 !~ /^(libc|libm|libdl|librt|libpthread)\.so/ { print $3 }' | xargs -r cp -t lib
make_image layout:debian --cmd=/bin/sh --layer debian.tar >/dev/null

# What each must be: owner, mode and name, devices left out.
python3 - >expected <<'PYTHON'
import tarfile
found = {}
with tarfile.open("debian.tar") as tar:
    for m in tar:
        name = m.name.removeprefix("./").strip("/")
        if name in ("", ".") or m.isdev() and not m.isfifo():
            continue
        found[name] = found[tar.getmember(m.linkname).name.removeprefix("./")] if m.islnk() else (m.uid, m.gid, m.mode)
for name, (uid, gid, mode) in sorted(found.items()):
    print(f"{uid} {gid} {mode:o} {name}")
PYTHON
cat >inside.sh <<'END'
set -eu
export HOME=/scratch/home TMPDIR=/scratch/home
export OCI_STORE=$HOME/store
share=$PWD
export LD_LIBRARY_PATH=$share/lib
cd "$HOME"
"$share/oci" unpack -q "oci:$share/layout:debian" many >/dev/null
"$share/oci" unpack -q --rootless "oci:$share/layout:debian" one >/dev/null 2>one.err
grep -c user.rootlesscontainers one.err
unshare -U --map-auto --map-root-user find many/rootfs -mindepth 1 ! -path '*/dev/*' -printf '%U %G %m %P\n' >many.list
find one/rootfs -mindepth 1 ! -path '*/dev/*' -printf '%U %G %m %P\n' >one.list
python3 - >one.kept <<'PYTHON'
import os, stat
def varints(data):
    at = 0
    while at < len(data):
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        yield value
for folder, folders, files in os.walk("one/rootfs"):
    for name in folders + files:
        path = os.path.join(folder, name)
        if stat.S_ISLNK(os.lstat(path).st_mode):
            continue
        try:
            fields = list(varints(os.getxattr(path, "user.rootlesscontainers")))
        except OSError:
            continue
        print(*(0 if v == 2**32 - 1 else v for v in (fields[1], fields[3])), os.path.relpath(path, "one/rootfs"))
PYTHON
cp many.list one.list one.kept "$share"
END
cat >job.sh <<'END'
set -eu
mkdir -p /scratch/home && chown tester /scratch/home && chmod 777 "$1"
cd "$1" && as-tester bash inside.sh
END
chmod 755 . && chmod -R a+rX layout
expect_ok "$OCI_VM_RUN" --share "$SCRATCH" -- bash "$SCRATCH/job.sh" "$SCRATCH"
expect_eq "$OUT" 1 "warnings of owners"
sorted() { grep -Ev ' dev(/|$)' "$1" | sort -k4; }
links='^[0-9]+ [0-9]+ 777 ' # a link's mode means nothing
diff <(sorted expected | grep -Ev "$links") <(sorted many.list | grep -Ev "$links") >difference || fail "owners: $(head difference)"
diff <(sorted expected | cut -d' ' -f3-) <(sorted one.list | cut -d' ' -f3-) >difference || fail "modes: $(head difference)"
expect_eq "$(cut -d' ' -f1,2 one.list | sort -u)" "1000 1000"
# Every other owner than root is kept; the image has some.
awk '$1 != 0 || $2 != 0 {print $1, $2, $4}' expected | sort >owners
[ "$(wc -l <owners)" -ge 3 ] || fail "the image has no other owners: $(cat owners)"
diff owners <(sort one.kept) >difference || fail "kept owners: $(cat difference)"
