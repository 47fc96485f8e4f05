#!/usr/bin/env bash
# Mounts with other ids, tmpfs that keeps a mode or copies what it covers, links taken as they are, remounts.
. "$(dirname "$0")/../../tools/harness.sh"
need jq

mounted() { # mounted BUNDLE MOUNTS-JSON CMD…: what CMD prints
  local bundle=$1 mounts=$2
  shift 2
  edit_config "$bundle" --argjson m "$mounts" --argjson args "$(json_array "$@")" '.mounts += $m | .process.args = $args'
  expect_ok runtime run -b "$bundle" "$(id_of run)"
}
fresh() {
  rm -rf b
  make_bundle b true
}

# A tmpfs takes the mode of what it covers unless told another, and is empty; with tmpcopyup it begins with it.
fresh
mkdir -m 711 b/rootfs/d && mkdir -m 2750 b/rootfs/d/sub
echo text >b/rootfs/d/file && chmod 640 b/rootfs/d/file && chown 5:6 b/rootfs/d/file && touch -d @1000 b/rootfs/d/file
echo deep >b/rootfs/d/sub/deep && ln -s file b/rootfs/d/link && mkfifo b/rootfs/d/pipe
mounted b '[{"destination": "/d", "type": "tmpfs", "source": "tmpfs"}, {"destination": "/e", "type": "tmpfs", "source": "tmpfs", "options": ["mode=700"]}]' \
  sh -c 'stat -c %a /d /e; ls /d'
expect_eq "$OUT" $'711\n700'
fresh
mkdir -m 711 b/rootfs/d && mkdir -m 2750 b/rootfs/d/sub
echo text >b/rootfs/d/file && chmod 640 b/rootfs/d/file && chown 5:6 b/rootfs/d/file && touch -d @1000 b/rootfs/d/file
echo deep >b/rootfs/d/sub/deep && ln -s file b/rootfs/d/link && mkfifo b/rootfs/d/pipe
mounted b '[{"destination": "/d", "type": "tmpfs", "source": "tmpfs", "options": ["tmpcopyup", "ro"]}]' \
  sh -c 'stat -c "%n %a %u %g %Y" /d/file; stat -c "%n %a %F" /d/sub /d/pipe; readlink /d/link; cat /d/sub/deep; touch /d/x || echo read-only'
expect_eq "$OUT" $'/d/file 640 5 6 1000\n/d/sub 2750 directory\n/d/pipe 644 fifo\nfile\ndeep\nread-only'
expect_eq "$(cat b/rootfs/d/file)" text
fresh
edit_config b '.mounts += [{"destination": "/d", "type": "mqueue", "source": "mqueue", "options": ["tmpcopyup"]}]'
expect_fail 1 'mounts\[[0-9]+\].options: tmpcopyup is for tmpfs' -- runtime run -b b "$(id_of refused)"

# Links at either end.
echo target >target && ln -s target link
fresh
mounted b "[{\"destination\": \"/copied\", \"type\": \"bind\", \"source\": \"$SCRATCH/link\", \"options\": [\"bind\", \"copy-symlink\"]},
  {\"destination\": \"/plain\", \"type\": \"bind\", \"source\": \"$SCRATCH/target\", \"options\": [\"bind\", \"copy-symlink\"]}]" sh -c 'readlink /copied; cat /plain'
expect_eq "$OUT" $'target\ntarget'
fresh
ln -s real b/rootfs/alias && mkdir b/rootfs/real
mounted b '[{"destination": "/alias", "type": "tmpfs", "source": "tmpfs"}, {"destination": "/real", "type": "bind", "options": ["remount", "bind", "ro", "nosuid"]}]' \
  sh -c 'grep -c " /real .*ro,nosuid" /proc/self/mountinfo'
expect_eq "$OUT" 1
