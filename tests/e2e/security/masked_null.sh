#!/usr/bin/env bash
# CVE-2025-31133, CVE-2025-62161: what masks a file is the host's /dev/null, whatever the image has under that name; and standard streams that are
# /dev/null are not opened anew by it.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of null)
echo kept >victim
make_bundle b sh -c 'cat /proc/keys /etc/secret; echo x >/etc/secret; stat -c %t:%T /etc/secret; echo y; readlink /proc/self/fd/0'
echo secret >b/rootfs/etc/secret
echo inside >b/rootfs/inside
cp b/config.json plain.json
masks='.linux.maskedPaths = ["/proc/keys", "/etc/secret", "/proc/sysrq-trigger"]'
no_dev='.mounts |= map(select(.destination | startswith("/dev") | not))'
for target in /proc/sys/kernel/domainname /inside "$PWD/victim" nosuch; do
  rm -f b/rootfs/dev/null
  ln -s "$target" b/rootfs/dev/null
  jq "$masks" plain.json >b/config.json # a tmpfs of its own on /dev
  expect_ok runtime run -b b "$id" </dev/null
  expect_eq "$(paste -sd' ' <<<"$OUT")" "1:3 y /dev/null"
  jq "$masks | $no_dev" plain.json >b/config.json # the image's /dev
  runtime run -b b "$id" </dev/null >out 2>err || true
  if [ -s out ]; then expect_match "$(paste -sd' ' out)" '^1:3 y '; fi
done
expect_eq "$(cat victim)" kept
expect_eq "$(cat b/rootfs/inside)" inside
