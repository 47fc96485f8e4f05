#!/usr/bin/env bash
# CVE-2026-41579, CVE-2026-47766: an image whose /dev is a link gets its devices and links inside of the container; a folder of the host's is
# not touched.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of dev)
mkdir -p victim/pts
: >victim/ptmx
ln -s nowhere victim/stdin
look() { (cd victim && find . -printf '%p %m %y %l %i\n' | sort); }
before=$(look)
make_bundle b sh -c 'test -c /dev/null && test -L /dev/fd && test -L /dev/ptmx && echo x >/dev/null'
cp b/config.json plain.json
for target in "$PWD/victim" "../../victim" "../../../../../../../../../../../../..$PWD/victim"; do
  rm -rf b/rootfs/dev
  ln -s "$target" b/rootfs/dev
  jq '.mounts |= map(select(.destination | startswith("/dev") | not))' plain.json >b/config.json
  expect_ok runtime run -b b "$id" </dev/null
  expect_eq "$(look)" "$before" "the host's folder"
  cp plain.json b/config.json # with its mounts
  runtime run -b b "$id" </dev/null >/dev/null 2>&1 || true
  expect_eq "$(look)" "$before" "the host's folder"
done
# A link of one device's name.
rm -rf b/rootfs/dev
mkdir b/rootfs/dev
ln -s "$PWD/victim/made" b/rootfs/dev/null
ln -s "$PWD/victim/made" b/rootfs/dev/console
jq '.mounts |= map(select(.destination | startswith("/dev") | not))' plain.json >b/config.json
runtime run -b b "$id" </dev/null >/dev/null 2>&1 || true
expect_eq "$(look)" "$before" "the host's folder"
