#!/usr/bin/env bash
# Configs that runc and crun take are taken: of variables set twice the last one counts, relative masks are from the root, what has no
# meaning is ignored with a word.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of meant)
make_bundle b sh -c 'env; cat /etc/secret; cat /etc/passwd >/etc/passwd; true'
echo secret >b/rootfs/etc/secret
edit_config b '.process.env = ["PATH=/bin", "A=1", "B=2", "A=3=4"] | .linux.maskedPaths += ["etc/secret"] | .linux.readonlyPaths += ["etc/passwd"]
  | .linux.uidMappings = [{containerID: 0, hostID: 1000, size: 1}] | .linux.personality = {domain: "LINUX", flags: ["X"]}'
expect_ok runtime run -b b "$id" </dev/null
expect_eq "$(grep -E '^[AB]' <<<"$OUT" | sort | paste -sd' ')" "A=3=4 B=2"
expect_not_contains "$OUT" secret
expect_match "$ERR" 'Read-only file system'
expect_match "$ERR" 'linux.uidMappings: ignored'
expect_match "$ERR" 'linux.personality.flags: ignored'
