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
touch third/srv/data/.wh.removed third/usr/share/.wh.doc third/etc/.wh.issue
make_image layout:bookworm --layer "$base" --layer second --layer third --config '{"Entrypoint": ["/srv/hello"]}' >/dev/null
start_registry
push layout:bookworm debian:bookworm

pull_unpack_run "$REGISTRY/debian:bookworm"
expect_eq "$OUT" "debian bookworm second"
expect_no_file bundle/rootfs/usr/share/doc
expect_no_file bundle/rootfs/etc/issue
expect_no_file bundle/rootfs/srv/data/removed
expect_file bundle/rootfs/usr/bin/dpkg
same_as_umoci layout:bookworm
