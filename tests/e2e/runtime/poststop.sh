#!/usr/bin/env bash
# poststop hooks run once the container is gone, with its state on stdin; one that fails is warned about and the rest run.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of hooks)
make_bundle b true
edit_config b --arg dir "$SCRATCH" '.hooks.poststop = [
  {path: "/bin/sh", args: ["sh", "-c", "echo no good >&2; exit 4"]},
  {path: "/bin/sh", args: ["sh", "-c", "cat >$DIR/state; ls $DIR/run >$DIR/left"], env: ["DIR=" + $dir, "PATH=/bin:/usr/bin"]}]'
expect_ok runtime run -b b "$id"
expect_contains "$ERR" "poststop hook 0 (/bin/sh): exit status 4: no good"
expect_eq "$(jq -r '.id + " " + .status' state)" "$id stopped"
expect_not_contains "$(cat left)" "$id"
