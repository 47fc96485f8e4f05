#!/usr/bin/env bash
# Links in an image do not lead the runtime out of it: /proc, /dev, mount points, masked paths (CVE-2019-19921,
# CVE-2026-41579, CVE-2025-31133, CVE-2019-16884).
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of links)
mkdir victim
echo kept >victim/file
bundle() { rm -rf b && make_bundle b "$@"; }
look() { find victim | sort; cat victim/file; }
before=$(look)

bundle true
rm -rf b/rootfs/proc
ln -s "$PWD/victim" b/rootfs/proc
expect_fail any 'plain directory' -- runtime run -b b "$id" </dev/null

bundle sh -c 'test -c /dev/null && test -L /dev/fd'
rm -rf b/rootfs/dev
ln -s "$PWD/victim" b/rootfs/dev
edit_config b '.mounts |= map(select(.destination | startswith("/dev") | not)) | .root.readonly = false'
expect_ok runtime run -b b "$id" </dev/null

bundle sh -c 'cat /vol/deep/marker'
mkdir source
echo marker >source/marker
ln -s "$PWD/victim" b/rootfs/vol
edit_config b --arg s "$PWD/source" '.mounts += [{destination: "/vol/deep", type: "bind", source: $s, options: ["rbind"]}]'
expect_ok runtime run -b b "$id" </dev/null
expect_eq "$OUT" marker

# /dev/null of the image is not what masks.
bundle sh -c 'cat /proc/keys /etc/secret'
mkdir -p b/rootfs/dev
rm -f b/rootfs/dev/null
ln -s "$PWD/victim/file" b/rootfs/dev/null
echo secret >b/rootfs/etc/secret
edit_config b '.linux.maskedPaths = ["/proc/keys", "/etc/secret"]'
expect_ok runtime run -b b "$id" </dev/null
expect_eq "$OUT" ""

bundle true
edit_config b '.mounts += [{destination: "/proc/self/attr", type: "tmpfs", source: "t"}]'
expect_fail any 'inside /proc' -- runtime run -b b "$id" </dev/null
ln -s proc/self b/rootfs/way
edit_config b '.mounts[-1].destination = "/way/attr"'
expect_fail any 'inside proc' -- runtime run -b b "$id" </dev/null
expect_eq "$(look)" "$before"
