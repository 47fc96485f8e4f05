#!/usr/bin/env bash
# CVE-2019-16884: nothing is mounted inside of /proc, by its name or by a link that leads there, so that a label or a sysctl is
# never written to a file of the image's.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of inside)
make_bundle b true
mkdir attr
cp b/config.json plain.json
for place in /proc/self/attr /proc/1/attr /proc/sys/kernel /proc/self/../1/attr //proc//self/attr /x/../proc/self/attr; do
  for type in tmpfs bind; do
    jq --arg d "$place" --arg t "$type" --arg s "$PWD/attr" \
      '.mounts += [{destination: $d, type: $t, source: $s, options: (if $t == "bind" then ["bind"] else [] end)}]' plain.json >b/config.json
    expect_fail any 'inside /proc' -- runtime run -b b "$id" </dev/null
  done
done
ln -s proc/self b/rootfs/way
for place in /way/attr /way/./attr; do
  jq --arg d "$place" --arg s "$PWD/attr" '.mounts += [{destination: $d, type: "bind", source: $s, options: ["bind"]}]' plain.json >b/config.json
  expect_fail any 'inside (/)?proc' -- runtime run -b b "$id" </dev/null
done
# And /proc itself is procfs or not there.
for type in tmpfs bind; do
  jq --arg t "$type" --arg s "$PWD/attr" '(.mounts[] | select(.destination == "/proc")) |= {destination: "/proc", type: $t, source: $s, options: (if $t == "bind" then ["bind"] else [] end)}' plain.json >b/config.json
  expect_fail any -- runtime run -b b "$id" </dev/null
done
expect_no_file "$ROOT/$id"
