#!/usr/bin/env bash
# A Debian image of three layers, the last of whiteouts: what runs is right, and the tree is the one umoci makes.
# timeout: 400
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

need mmdebstrap skopeo umoci
cache=${XDG_CACHE_HOME:-$HOME/.cache}/oci-tests
base=$cache/debian-bookworm.tar
if [ ! -e "$base" ]; then
  mkdir -p "$cache"
  mmdebstrap --quiet --mode=root --variant=essential --include=libcap2-bin bookworm "$base.part.tar" http://deb.debian.org/debian \
    >mmdebstrap.log 2>&1 || {
    rm -f "$base.part.tar"
    skip "no Debian mirror: $(grep -E '^E:' mmdebstrap.log | head -n 1)"
  }
  mv "$base.part.tar" "$base"
fi

mkdir -p second/srv/data third/{srv/data,usr/share,etc}
echo second >second/srv/data/kept
echo second >second/srv/data/removed
printf '#!/bin/sh\n. /etc/os-release\necho "$ID $VERSION_CODENAME $(cat /srv/data/*)"\n' >second/srv/hello
chmod 755 second/srv/hello
cp second/srv/hello second/srv/capable
mkfifo second/srv/fifo
python3 - <<'PYTHON'
import os
os.setxattr("second/srv/capable", "security.capability", bytes.fromhex("0100000200200000" + 24 // 2 * "00"))  # cap_net_raw+ep
os.setxattr("second/srv/hello", "user.note", b"text")
PYTHON
chmod 4755 second/srv/hello
tar --format=pax --xattrs --xattrs-include='*' -cf second.tar -C second .
touch third/srv/data/.wh.removed third/usr/share/.wh.doc third/etc/.wh.issue
make_image layout:bookworm --layer "$base" --layer second.tar --layer third --config '{"Entrypoint": ["/srv/hello"]}' >/dev/null
start_registry
push layout:bookworm debian:bookworm

pull_unpack_run "$REGISTRY/debian:bookworm"
expect_eq "$OUT" "debian bookworm second"
expect_no_file bundle/rootfs/usr/share/doc
expect_no_file bundle/rootfs/etc/issue
expect_no_file bundle/rootfs/srv/data/removed
expect_file bundle/rootfs/usr/bin/dpkg
expect_ok python3 "$TESTS/tools/compare_trees.py" --list bundle/rootfs/srv
expect_match "$OUT" '^capable .*security.capability'
expect_match "$OUT" '^hello .*user.note'
same_as_umoci layout:bookworm

# The same distribution as a folder made by hand, without any image.
mkdir -p by-hand/folder && tar -C by-hand/folder --numeric-owner -xf "$base"
cd by-hand
expect_ok oci spec --rootfs folder --hostname by-hand -- sh -c '. /etc/os-release; echo "$ID on $(cat /proc/sys/kernel/hostname)"; dpkg --print-architecture'
expect_ok oci run "$(id_of folder)"
expect_match "$OUT" '^debian on by-hand'
