#!/usr/bin/env bash
# Owner, mode, times, links and attributes of what layers make, each rule with the tree it must give, written down.
. "$(dirname "$0")/_unpack.sh"

make_layout <<'PYTHON'
image = lambda name, *layers: layout.image(name, [layer.tar() for layer in layers])
image("kinds", Layer().dir("./", mode=0o711, uid=1, mtime=3).fifo("fifo", mode=0o622, uid=1, mtime=9)
      .char("char", 1, 3, mode=0o666, gid=2, mtime=9).block("block", 7, 200, mtime=9)
      .file("suid", b"s", mode=0o4755, uid=10, gid=11, mtime=9).file("sgid", b"s", mode=0o2755, uid=10, mtime=9)
      .dir("sticky", mode=0o1777, mtime=9).dir("setgid", mode=0o2770, gid=50, mtime=9).file("setgid/in", mtime=9)
      .dir("setgid/below", mtime=9).dir("locked", mode=0, mtime=9).file("locked/in", b"in", mode=0, mtime=9)
      .symlink("link", "suid", uid=4, gid=5, mtime=33))
image("times", Layer().dir("./", mtime=1).file("zero", mtime=0).file("before", mtime=-1000).file("half", mtime=1e9 + 0.5)
      .file("nano", pax={"mtime": "1234567890.123456789", "atime": "1.5"}).file("minus", pax={"mtime": "-1.5"})
      .file("late", mtime=4102444800).dir("d", mtime=77.5).file("d/f", mtime=2).dir("d/e", mtime=78).file("d/e/f", mtime=2))
# What an upper layer does in a folder that it does not name leaves the folder's times alone.
image("upper", Layer().dir("./", mtime=1).dir("d", mode=0o750, uid=3, mtime=5, xattrs={"user.a": b"1"}).file("d/old", mtime=2)
      .dir("named", mtime=5, xattrs={"user.a": b"1"}).file("gone", mtime=2),
      Layer().file("d/new", b"n", mtime=3).file("d/.wh.old").dir("named", mode=0o700, gid=4, mtime=6, xattrs={"user.b": b"2"})
      .file(".wh.gone"))
# A hard link's own entry has no metadata; what is written over one of the names leaves the other alone.
image("links", Layer().dir("./", mtime=1).file("a", b"a", mode=0o600, uid=1, mtime=2).link("b", "a", mode=0o777, uid=9, mtime=9)
      .symlink("s", "a", mtime=2).link("t", "s", mtime=9).fifo("p", mtime=2).link("q", "p").dir("sub", mtime=2)
      .link("sub/c", "/a"),
      Layer().file("a", b"new", mtime=4).dir("sub", mtime=4))
# Each change of type, within a layer and from one to the next.
kinds = {"file": lambda l, n: l.file(n, b"x", mtime=2), "dir": lambda l, n: l.dir(n, mtime=2).file(n + "/in", mtime=2),
         "link": lambda l, n: l.symlink(n, "/nowhere", mtime=2), "fifo": lambda l, n: l.fifo(n, mtime=2),
         "hard": lambda l, n: l.link(n, "target")}
lower, upper, both = (Layer().dir("./", mtime=1).file("target", b"t", mtime=2) for _ in range(3))
for before, make_before in kinds.items():
    for after, make_after in kinds.items():
        make_after(make_before(both, f"{before}-{after}"), f"{before}-{after}")
        make_before(lower, f"{before}-{after}")
        make_after(upper, f"{before}-{after}")
image("types-in-one", both)
image("types-in-two", lower, upper)
image("removed-and-made", Layer().dir("./", mtime=1).dir("d", mtime=2).file("d/old", mtime=2).file("f", b"1", mtime=2),
      Layer().file(".wh.d").file(".wh.f"), Layer().dir("./", mtime=1).file("d", b"now a file", mtime=3).dir("f", mtime=3))
PYTHON

tree() { # TAG FORMAT: one line a name
  expect_ok unpack "$1"
  (cd b/rootfs && find . -printf "$2\n" | LC_ALL=C sort)
}
expect_tree() { expect_eq "$(tree "$1" "$2")" "$(cat)" "$1"; }

expect_tree kinds '%P %y %m %U:%G %Ts' <<END
 d 711 1:0 3
block b 644 0:0 9
char c 666 0:2 9
fifo p 622 1:0 9
link l 777 4:5 33
locked d 0 0:0 9
locked/in f 0 0:0 9
setgid d 2770 0:50 9
setgid/below d 755 0:0 9
setgid/in f 644 0:0 9
sgid f 2755 10:0 9
sticky d 1777 0:0 9
suid f 4755 10:11 9
END
expect_eq "$(stat -c %t:%T b/rootfs/char b/rootfs/block | tr '\n' ' ')" "1:3 7:c8 "

# find shows -1.5 as -2 seconds and half a one.
expect_tree times '%P %T@' <<END
 1.0000000000
before -1000.0000000000
d 77.5000000000
d/e 78.0000000000
d/e/f 2.0000000000
d/f 2.0000000000
half 1000000000.5000000000
late 4102444800.0000000000
minus -2.5000000000
nano 1234567890.1234567890
zero 0.0000000000
END
expect_eq "$(stat -c %X b/rootfs/nano)" 1

expect_tree upper '%P %y %m %U:%G %Ts' <<END
 d 755 0:0 1
d d 750 3:0 5
d/new f 644 0:0 3
named d 700 0:4 6
END
expect_eq "$(getfattr -d b/rootfs/d b/rootfs/named | grep = | tr '\n' ' ')" 'user.a="1" user.b="2" '

expect_tree links '%P %y %m %U:%G %Ts %n' <<END
 d 755 0:0 1 3
a f 644 0:0 4 1
b f 600 1:0 2 2
p p 644 0:0 2 2
q p 644 0:0 2 2
s l 777 0:0 2 2
sub d 755 0:0 4 2
sub/c f 600 1:0 2 2
t l 777 0:0 2 2
END
expect_eq "$(cat b/rootfs/a b/rootfs/b b/rootfs/sub/c)" newaa
[ b/rootfs/p -ef b/rootfs/q ] && [ b/rootfs/b -ef b/rootfs/sub/c ] || fail "no hard links"

types() {
  local before after
  for before in dir fifo file hard link; do
    for after in dir fifo file hard link; do
      case $after in
      dir) echo "$before-$after d" && echo "$before-$after/in f" ;;
      fifo) echo "$before-$after p" ;;
      link) echo "$before-$after l/nowhere" ;;
      *) echo "$before-$after f" ;;
      esac
    done
  done
  echo " d" && echo "target f"
}
for tag in types-in-one types-in-two; do
  expect_tree "$tag" '%P %y%l' < <(types | LC_ALL=C sort)
  expect_eq "$(stat -c %h b/rootfs/target)" 6 "links to target in $tag"
  expect_eq "$(cat b/rootfs/target b/rootfs/link-file b/rootfs/hard-file b/rootfs/dir-hard)" txxt
done

expect_tree removed-and-made '%P %y %Ts' <<END
 d 1
d f 3
f d 3
END
