#!/usr/bin/env bash
# Configs that are wrong are refused by the field's name, and what cannot be honoured is said.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of wrong)
make_bundle b id -u
cp b/config.json good.json
with() {
  cp good.json b/config.json
  edit_config b "$@"
}
refused() {
  with "$2"
  expect_fail 1 "$1" -- oci run -b b "$id" </dev/null
  expect_no_file "$ROOT/$id"
}

touch b/file
refused 'root.path: .*/b/file: not a directory' '.root.path = "file"'
refused 'root.path: .*/b/nosuch: no such file or directory' '.root.path = "nosuch"'
# -1 is "unchanged" for the kernel: root.
refused "process.user.uid: 4294967295 is nobody's number" '.process.user.uid = 4294967295'
refused "process.user.gid: 4294967295 is nobody's number" '.process.user.gid = 4294967295'
refused 'process.user.additionalGids: 4294967295' '.process.user.additionalGids = [4294967295]'
refused 'process.user.additionalGids: more than 65536 groups' '.process.user.additionalGids = [range(65537)]'

with '.mounts += [{destination: "/tmp", type: "bind", source: "/", options: ["rbind", "ro", "nosiud"]}]'
expect_ok oci run -b b "$id" </dev/null
expect_match "$ERR" 'mounts\[[0-9]+\].options: "nosiud" means nothing for a bind mount: ignored'

# A filter that lets the container's init neither execute, speak nor exit: it ends by a trap.
with '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO"}'
expect_fail 132 -- timeout 20 "$OCI" --root "$ROOT" run -b b "$id" </dev/null
expect_no_file "$ROOT/$id"

# The program is there, what would run it is not.
printf '#!/no/such/interpreter\n' >b/rootfs/script
chmod +x b/rootfs/script
refused 'exec: "/script": no such file or directory: its interpreter "/no/such/interpreter" is not in the container' '.process.args = ["/script"]'

with .
truncate -s 17M b/config.json
expect_fail 1 "error: run $id: .*/b/config.json: larger than 16777216 bytes" -- oci run -b b "$id" </dev/null
with .
expect_fail 1 'create.*: pidfd socket /nosuch: no such file or directory' -- oci create -b b --pidfd-socket /nosuch "$id" </dev/null
expect_no_file "$ROOT/$id"

long=$(printf 'x%.0s' {1..256})
for bad in a/b .. . "" a:b "$long"; do # one sentence, without the id twice
  for verb in "run -b b" "create -b b" start state kill delete; do
    # shellcheck disable=SC2086
    expect_fail 1 '^error: invalid container id "[^"]*": up to 255 letters, digits' -- oci $verb "$bad" </dev/null
  done
done
expect_eq "$(ls "$ROOT" 2>/dev/null)" ""
