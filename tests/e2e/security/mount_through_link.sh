#!/usr/bin/env bash
# CVE-2019-18837, CVE-2025-24965: a mount's destination, and what is made for it, lies in the container's root whatever links the image has.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of through)
mkdir victim source
echo kept >victim/file
echo marker >source/marker
look() { (cd victim && find . -printf '%p %m %y %s\n' | sort && cat file) && grep -c "$PWD/victim" /proc/self/mountinfo; }
before=$(look || true)
make_bundle b sh -c 'cat "$0/marker"'
ln -s "$PWD/victim" b/rootfs/absolute
ln -s ../../../../../../../../../../../../../../../"$PWD/victim" b/rootfs/relative
ln -s absolute b/rootfs/chain
ln -s "$PWD/victim/new" b/rootfs/dangling
ln -s /proc/self/cwd b/rootfs/magic
ln -s loop b/rootfs/loop
cp b/config.json plain.json
for place in /absolute /absolute/deep /relative/deep/er /chain/x /dangling /dangling/y; do
  jq --arg d "$place" --arg s "$PWD/source" '.process.args += [$d] | .mounts += [{destination: $d, type: "bind", source: $s, options: ["rbind", "ro"]}]' \
    plain.json >b/config.json
  expect_ok runtime run -b b "$id" </dev/null
  expect_eq "$OUT" marker "$place"
  jq --arg d "$place" --arg s "$PWD/source/marker" '.process.args = ["cat", $d + "/f"] | .mounts += [{destination: ($d + "/f"), type: "bind", source: $s, options: ["bind"]}]' \
    plain.json >b/config.json
  expect_ok runtime run -b b "$id" </dev/null
  expect_eq "$OUT" marker "$place/f"
done
for place in /magic/x /loop /loop/x; do
  jq --arg d "$place" --arg s "$PWD/source" '.mounts += [{destination: $d, type: "bind", source: $s, options: ["rbind"]}]' plain.json >b/config.json
  expect_fail any -- runtime run -b b "$id" </dev/null
done
# Names of the host's network and such are bound the same way: what stands in the image is not written.
rm -rf b/rootfs/etc
ln -s "$PWD/victim" b/rootfs/etc
jq --arg s "$PWD/source/marker" '.process.args = ["cat", "/etc/resolv.conf"] | .mounts += [{destination: "/etc/resolv.conf", type: "bind", source: $s, options: ["bind"]}]' \
  plain.json >b/config.json
expect_ok runtime run -b b "$id" </dev/null
expect_eq "$OUT" marker
expect_eq "$(look || true)" "$before" "the host's folder"
