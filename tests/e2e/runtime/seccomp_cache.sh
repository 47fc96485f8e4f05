#!/usr/bin/env bash
# A cached filter is believed only when nobody else could have written it; a wrong one is made anew, without a word.
. "$(dirname "$0")/../../tools/harness.sh"

make_bundle b sh -c 'mkdir /tmp/d || echo refused; rmdir /tmp/d 2>/dev/null; true'
edit_config b '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]}'
refuses() {
  expect_ok runtime run -b b "$(id_of c)"
  expect_eq "$OUT" refused "$1"
}
refuses "first"
cache=$ROOT/.seccomp
expect_eq "$(stat -c %a "$cache")" 700
file=$(echo "$cache"/*)
before=$(stat -c %Y.%i "$file")
refuses "cached"
expect_eq "$(stat -c %Y.%i "$file")" "$before" "a good file is kept"

allow_all() { # as an attacker would: the same key, and a filter that lets everything through
  python3 - "$1" <<'PY'
import struct, sys
data = open(sys.argv[1], "rb").read()
key = 8 + struct.unpack("<Q", data[:8])[0]
open(sys.argv[1], "wb").write(data[:key] + data[key:key + 8] + struct.pack("<HBBI", 0x06, 0, 0, 0x7fff0000))
PY
}
allow_all "$file"
expect_ok runtime run -b b "$(id_of c)"
expect_eq "$OUT" "" "the file is really used"
chmod 666 "$file"
refuses "writable by others"
allow_all "$file"
chown 1000 "$file"
refuses "not ours"
rm "$file" && ln -s /etc/passwd "$file"
refuses "a link"
rm -f "$file" && mkfifo "$file"
refuses "a FIFO"
rm -f "$file" && printf x >"$file"
refuses "garbage"
rm -rf "$cache" && mkdir -m 777 "$cache"
refuses "a folder of everybody's"
expect_eq "$(ls "$cache")" ""
