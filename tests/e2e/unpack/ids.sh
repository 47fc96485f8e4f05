#!/usr/bin/env bash
# Whose the files are: the image's owners, or mapped by --uid-map and --gid-map (the image's id, the host's, how many) or
# --id-shift. What the maps leave out is refused. --keep-dirlinks, and the options that raise or lower limits.
. "$(dirname "$0")/_unpack.sh"

make_layout <<'PYTHON'
cap = {"security.capability": b"\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0"}
layer = (Layer().dir("d", uid=5, gid=6).file("d/f", b"x", uid=1000, gid=0).symlink("l", "d", uid=7, gid=8)
         .fifo("p", gid=65535).file("cap", b"x", xattrs=cap, mode=0o755).file("suid", b"s", mode=0o6755, uid=9, gid=10))
layout.image("owners", [layer.tar(), Layer().dir("d", uid=11, gid=6).file("d/new", b"n", uid=12).tar()])
layout.image("far", [Layer().file("far", uid=70000).tar()])
links = Layer().dir("usr").dir("usr/lib").file("usr/lib/a").symlink("lib", "usr/lib").symlink("loop", "loop2")
links.symlink("loop2", "loop").symlink("out", "../../../..").symlink("file", "usr/lib/a")
layout.image("links", [links.tar(), Layer().dir("lib", mode=0o750).file("lib/b").dir("loop").file("loop/x").dir("file")
                       .dir("out", mode=0o711).file("out/made").tar()])
layout.image("labels", [Layer().file("f", xattrs={"security.selinux": b"x", "user.a": b"1"}).tar()])
layout.image("big", [Layer().dir("a/b/c/d").file("f", b"x" * 5000, xattrs={"user.a": b"y" * 300})
                     .file("long", pax={"comment": "z" * 3000}).tar()])
PYTHON
owners() { (cd b/rootfs && find . -printf '%P %U:%G %m\n' | LC_ALL=C sort | tr '\n' ','); }
unpack_with() { # TAG OPTION…
  rm -rf "$SCRATCH/b"
  timeout -k 1 20 "$OCI" unpack -q "oci:$SCRATCH/img:$1" "$SCRATCH/b" "${@:2}"
}
shifted=" 100000:200000 755,cap 100000:200000 755,d 100011:200006 755,d/f 101000:200000 644,d/new 100012:200000 644,\
l 100007:200008 777,p 100000:265535 644,suid 100009:200010 6755,"

expect_ok unpack_with owners --uid-map 0:100000:65536 --gid-map 0:200000:65536
expect_eq "$(owners)" "$shifted"
expect_eq "$(jq -c '.linux | [.uidMappings, .gidMappings, ([.namespaces[].type] | index("user") != null)]' b/config.json)" \
  '[[{"containerID":0,"hostID":100000,"size":65536}],[{"containerID":0,"hostID":200000,"size":65536}],true]'
# The capability is that of the namespace's root.
expect_contains "$(getcap -n b/rootfs/cap)" 'rootid=100000'
expect_ok unpack_with owners --id-shift 100000:65536
expect_eq "$(owners)" "${shifted//:2/:1}"
expect_ok unpack_with owners --uid-map 0:100000:13 --uid-map 1000:5 --gid-map 0:200000:65536
expect_contains "$(owners)" "d/f 5:200000 644,"
expect_ok unpack_with owners
expect_contains "$(owners)" " 0:0 755,cap 0:0 755,d 11:6 755,d/f 1000:0 644,"
expect_eq "$(jq -c '.linux.uidMappings' b/config.json)" null

expect_fail 1 '/far: uid 70000 is not in the mapping' -- unpack_with far --id-shift 100000:65536
expect_no_file b
expect_fail 1 'go together' -- unpack_with owners --uid-map 0:1:2
expect_fail 1 -- unpack_with owners --uid-map x --gid-map 0:1:2
expect_fail 1 'overlap' -- unpack_with owners --uid-map 0:1:5 --uid-map 4:10:5 --gid-map 0:1:5
expect_fail 1 'out of range' -- unpack_with owners --uid-map 0:4294967295:2 --gid-map 0:1:2
expect_fail 1 'out of range' -- unpack_with owners --id-shift 1:0
expect_fail 1 -- unpack_with owners --id-shift 5
expect_fail 1 'does not go with' -- unpack_with owners --id-shift 1:2 --rootless

# A folder over a link to a folder: the link goes, or stays and the folder behind it is meant, within the root.
tree() { (cd b/rootfs && find . -mindepth 1 -printf '%P%y%l %m,' | tr , '\n' | LC_ALL=C sort | tr '\n' ','); }
expect_ok unpack_with links
expect_eq "$(tree)" "filed 755,lib/bf 644,libd 750,loop/xf 644,loop2lloop 777,loopd 755,out/madef 644,outd 711,usr/lib/af 644,\
usr/libd 755,usrd 755,"
expect_ok unpack_with links --keep-dirlinks
expect_eq "$(tree)" "filed 755,liblusr/lib 777,loop/xf 644,loop2lloop 777,loopd 755,madef 644,outl../../../.. 777,\
usr/lib/af 644,usr/lib/bf 644,usr/libd 750,usrd 755,"
expect_eq "$(stat -c %a b/rootfs)" 711

# Labels of another system.
labels() { getfattr --absolute-names -d -m - b/rootfs/f | grep = | cut -d= -f1 | sort | tr '\n' ' '; }
expect_ok unpack_with labels
expect_eq "$(labels)" "user.a "
expect_ok unpack_with labels --keep-labels
expect_eq "$(labels)" "security.selinux user.a "

# Limits.
expect_ok unpack_with big
for limit in --max-entries=2 --max-bytes=4999 --max-depth=3 --max-header=2k --max-xattr=299 --max-memory=100; do
  expect_fail 1 "layer sha256:.*${limit%=*} allows more" -- unpack_with big "$limit"
  expect_no_file b
done
expect_ok unpack_with big --max-entries=3 --max-bytes=5000 --max-depth=4 --max-header=4k --max-xattr=300
expect_fail 1 'max-bytes 5x' -- unpack_with big --max-bytes=5x
expect_fail 1 'max-bytes 99999999999t' -- unpack_with big --max-bytes=99999999999t
