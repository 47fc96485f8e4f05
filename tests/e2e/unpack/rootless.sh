#!/usr/bin/env bash
# Without rights: with one id all files are the user's, the image's owners are kept in an attribute as umoci writes it; with
# subordinate ids they are real, in a user namespace. Modes that would shut the user out are set last. What is told to stop
# or fails leaves nothing.
. "$(dirname "$0")/_unpack.sh"
need setpriv unshare newuidmap
user=$(getent passwd | awk -F: '$3 >= 1000 && $3 < 60000 {print $3; exit}')
if [ -z "$user" ]; then user=65534; fi
mkdir home
chown "$user" home
as_user() { setpriv --reuid "$user" --regid "$user" --clear-groups env HOME="$SCRATCH/home" OCI_STORE="$SCRATCH/home/store" "$@"; }
as_user "$OCI" --version >/dev/null 2>&1 && as_user test -w "$SCRATCH/home" || skip "another user cannot get at the program"

make_layout <<'PYTHON'
cap = {"security.capability": b"\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0"}
lower = (Layer().dir("d", mode=0o000, uid=5, gid=6, mtime=5).file("d/f", b"x", mode=0o400, uid=1000, xattrs={"user.a": b"1"})
         .dir("d/e", mode=0o500, mtime=7).file("d/e/g", b"y", mode=0).char("null", 1, 3, mode=0o666).fifo("p", uid=3)
         .symlink("l", "d", uid=8).file("cap", b"x", xattrs=cap, mode=0o755).file("suid", b"s", mode=0o4755, gid=7)
         .file("far", uid=300000, gid=70000).dir("gone", mode=0).file("gone/x"))
upper = Layer().file("d/.wh.f").file("d/new", b"n", uid=9).dir("d", mode=0o100, uid=4, mtime=6).file(".wh.gone")
layout.image("a", [lower.tar(), upper.tar()])
layout.image("fails", [lower.tar(), Layer().file("cap/x").tar()])
PYTHON
chmod -R a+rX img
tree() { (cd "$1" && find . -printf '%P %y %m %U:%G %Ts\n' | LC_ALL=C sort | sed -E "s/\\b$user\\b/me/g"); }
kept() { getfattr --absolute-names --only-values -n user.rootlesscontainers "$1" | od -An -tx1 | tr -d ' \n'; }

expect_ok as_user "$OCI" unpack -q --rootless "oci:$SCRATCH/img:a" "$SCRATCH/home/one"
expect_eq "$(grep -c user.rootlesscontainers <<<"$ERR")" 1 "warnings"
expect_eq "$(tree home/one/rootfs)" " d 755 me:me 0
cap f 755 me:me 1500000000
d d 100 me:me 6
d/e d 500 me:me 7
d/e/g f 0 me:me 1500000000
d/new f 644 me:me 1500000000
far f 644 me:me 1500000000
l l 777 me:me 1500000000
null f 0 me:me 1500000000
p p 644 me:me 1500000000
suid f 4755 me:me 1500000000"
# Fields 1 and 2 as varints; root is the id that means nothing.
expect_eq "$(kept home/one/rootfs/far)" 08e0a71210f0a204
expect_eq "$(kept home/one/rootfs/d/new)" 080910ffffffff0f
expect_eq "$(kept home/one/rootfs/suid)" 08ffffffff0f1007
expect_eq "$(getfattr --absolute-names -d -m - home/one/rootfs/cap)" ""
expect_eq "$(jq -c '[.linux.uidMappings, .linux.gidMappings]' home/one/config.json)" \
  "[[{\"containerID\":0,\"hostID\":$user,\"size\":1}],[{\"containerID\":0,\"hostID\":$user,\"size\":1}]]"
if command -v "$UMOCI" >/dev/null; then # what umoci keeps for the files it can
  expect_ok as_user "$UMOCI" unpack --rootless --image "$SCRATCH/img:a" "$SCRATCH/home/umoci"
  for file in suid far d/new; do expect_eq "$(kept "home/umoci/rootfs/$file")" "$(kept "home/one/rootfs/$file")"; done
fi
expect_fail 1 '/cap/x' -- as_user "$OCI" unpack -q --rootless "oci:$SCRATCH/img:fails" "$SCRATCH/home/none"
expect_no_file home/none

# Subordinate ids, in a view of /etc of our own.
printf '%s:200000:65536\n' "$user" >subid
cat >ranges.sh <<'SCRIPT'
mount --bind "$SCRATCH/subid" /etc/subuid && mount --bind "$SCRATCH/subid" /etc/subgid || exit 99
setpriv --reuid "$1" --regid "$1" --clear-groups env HOME="$SCRATCH/home" OCI_STORE="$SCRATCH/home/store" "${@:2}"
SCRIPT
export SCRATCH
ranges() { unshare -m --propagation private bash ranges.sh "$user" "$@"; }
ranges unshare -U --map-auto --map-root-user true 2>/dev/null || skip "user namespaces with ranges do not work here"
expect_ok ranges "$OCI" unpack -q "oci:$SCRATCH/img:a" "$SCRATCH/home/many"
expect_eq "$(tree home/many/rootfs)" " d 755 me:me 0
cap f 755 me:me 1500000000
d d 100 200003:me 6
d/e d 500 me:me 7
d/e/g f 0 me:me 1500000000
d/new f 644 200008:me 1500000000
far f 644 me:me 1500000000
l l 777 200007:me 1500000000
null f 0 me:me 1500000000
p p 644 200002:me 1500000000
suid f 4755 me:200006 1500000000"
expect_eq "$(kept home/many/rootfs/far)" 08e0a71210f0a204
expect_eq "$(getfattr --absolute-names -d -m - home/many/rootfs/d/new)" ""
expect_contains "$(getcap -n home/many/rootfs/cap)" "rootid=$user"
# From inside they are the image's.
expect_ok ranges unshare -U --map-auto --map-root-user find "$SCRATCH/home"/many/rootfs/ -name 'd*' -printf '%f %U:%G\n' -o -name suid -printf '%f %U:%G\n'
expect_contains "$OUT" "d 4:0"
expect_contains "$OUT" "suid 0:7"
expect_eq "$(jq -c '.linux.uidMappings' home/many/config.json)" \
  "[{\"containerID\":0,\"hostID\":$user,\"size\":1},{\"containerID\":1,\"hostID\":200000,\"size\":65536}]"
expect_fail 1 '/cap/x' -- ranges "$OCI" unpack -q "oci:$SCRATCH/img:fails" "$SCRATCH/home/none"
expect_no_file home/none
