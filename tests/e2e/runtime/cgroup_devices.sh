#!/usr/bin/env bash
# Without rules only the default devices can be opened, though any node can be made; a rule opens one more.
# peers: runc
. "$(dirname "$0")/../../tools/harness.sh"
[ "$(id -u)" = 0 ] || skip "needs root"

probe='
mknod /tmp/disk b 7 0; mknod /tmp/mem c 1 1; mknod /tmp/fuse c 10 229
for d in /tmp/disk /tmp/mem /tmp/fuse; do
  if err=$( (: <$d) 2>&1); then echo "$d opened"; else case $err in *"not permitted"*) echo "$d denied";; *) echo "$d opened";; esac; fi
done
for d in null zero full random urandom tty; do
  (: <>/dev/$d) 2>/dev/null || [ $d = tty ] || echo "$d does not open"
done'
make_bundle b sh -c "$probe"
edit_config b '.process.capabilities |= with_entries(.value += ["CAP_MKNOD"])'
for rules in 'null' '[]' '[{"allow": false, "access": "rwm"}]'; do
  edit_config b --argjson rules "$rules" '.linux.resources = (if $rules == null then null else {devices: $rules} end) | if .linux.resources == null then del(.linux.resources) else . end'
  expect_ok runtime run -b b "$(id_of "default")"
  expect_eq "$OUT" $'/tmp/disk denied\n/tmp/mem denied\n/tmp/fuse denied' "rules $rules"
done
edit_config b '.linux.resources.devices = [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 10, minor: 229, access: "r"}]'
expect_ok runtime run -b b "$(id_of one)"
expect_eq "$OUT" $'/tmp/disk denied\n/tmp/mem denied\n/tmp/fuse opened'
