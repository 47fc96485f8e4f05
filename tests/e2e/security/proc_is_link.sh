#!/usr/bin/env bash
# CVE-2019-19921, CVE-2023-27561, CVE-2023-28642, CVE-2025-54867: an image whose /proc or /sys is a link does not start: masks, read-only
# paths and labels would lie elsewhere than they are looked for.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of link)
mkdir -p victim/self
echo kept >victim/file
make_bundle b true
for name in proc sys; do
  for target in "$PWD/victim" ../../victim tmp /nosuch; do
    rm -rf "b/rootfs/$name"
    ln -s "$target" "b/rootfs/$name"
    expect_fail any 'plain directory' -- runtime run -b b "$id" </dev/null
  done
  rm "b/rootfs/$name"
  echo file >"b/rootfs/$name"
  expect_fail any -- runtime run -b b "$id" </dev/null
  rm "b/rootfs/$name"
  mkdir "b/rootfs/$name"
done
expect_no_file b/rootfs/tmp/self
expect_eq "$(find victim | sort | paste -sd' ')" "victim victim/file victim/self"
expect_ok runtime run -b b "$id" </dev/null
