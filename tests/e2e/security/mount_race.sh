#!/usr/bin/env bash
# CVE-2021-30465, CVE-2024-45310: a volume in which another container exchanges a folder and a link all the time leads neither a mount nor
# what is made for it out of the root.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of race)
mkdir -p victim/b volume/a/b
echo kept >victim/file
look() { (cd victim && find . -printf '%p %m %y %s\n' | sort); }
before=$(look)
ln -s "$PWD/victim" volume/link
cat >exchange.py <<'P'
import ctypes, sys
rename = ctypes.CDLL(None).renameat2
a, b = (name.encode() for name in sys.argv[1:3])
print("ready", flush=True)
while True:
    rename(-100, a, -100, b, 2)  # RENAME_EXCHANGE
P
make_bundle b true
edit_config b --arg v "$PWD/volume" '.mounts += [{destination: "/vol", type: "bind", source: $v, options: ["rbind"]},
  {destination: "/vol/a/b", type: "tmpfs", source: "tmpfs"}, {destination: "/vol/a/new/deep", type: "bind", source: $v, options: ["bind"]},
  {destination: "/vol/a/file", type: "bind", source: "/etc/hostname", options: ["bind"]}]'
background exchanging python3 exchange.py volume/a volume/link >exchanging
wait_for 20 grep -q ready exchanging
mounts() { grep -c " $PWD/\(victim\|volume\)" /proc/self/mountinfo || true; }
for _ in $(seq 120); do
  runtime run -b b "$id" </dev/null >/dev/null 2>&1 || true # lost against the exchange is an error; where it leads to is what counts
  expect_eq "$(look)" "$before" "the host's folder"
done
expect_eq "$(mounts)" 0 "mounts on the host"
expect_ok runtime delete --force "$id"
