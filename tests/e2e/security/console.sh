#!/usr/bin/env bash
# CVE-2025-52565: the terminal is the container's own devpts' and nothing that an image put in its place; /dev/console is not bound over a link.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of console)
mkdir -p victim
: >victim/0
make_bundle b sh -c 'tty; stat -c %t /dev/console; ls -l /proc/self/fd/0'
edit_config b '.process.terminal = true'
cp b/config.json plain.json
look() { stat -c '%n %s %a %F %i' victim victim/*; }
before=$(look)
for link in console ptmx pts pts/ptmx pts/0 console:/new ptmx:/0 pts/0:/0; do
  name=${link%%:*} to=victim${link#"$name"}
  rm -rf b/rootfs/dev
  mkdir -p "b/rootfs/dev/$(dirname "$name")"
  ln -s "$PWD/${to/:/}" "b/rootfs/dev/$name"
  jq '.mounts |= map(select(.destination | startswith("/dev") | not))' plain.json >b/config.json # no devpts: nothing else will do
  expect_fail any -- timeout 60 "$RUNTIME" --root "$ROOT" run -b b "$id" </dev/null
  expect_no_file "$ROOT/$id"
  jq '.mounts |= map(select(.destination != "/dev"))' plain.json >b/config.json # the image's /dev, a devpts of its own
  if timeout 60 "$RUNTIME" --root "$ROOT" run -b b "$id" </dev/null >out 2>err; then
    expect_match "$(cat out)" /dev/pts/0
    expect_match "$(cat out)" '^88' # of a pty
  fi
  expect_eq "$(look)" "$before" "the host's folder"
done
