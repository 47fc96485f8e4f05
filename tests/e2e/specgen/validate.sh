#!/usr/bin/env bash
# `oci validate` says everything that is wrong with a config.json at once; what we write is valid.
. "$(dirname "$0")/../../tools/harness.sh"
need jq

make_bundle b true
expect_ok oci validate b
expect_match "$OUT" '^b/config.json: valid$'
(cd b && expect_ok oci validate && expect_eq "$OUT" "config.json: valid")
make_rootfs image
make_image layout:latest --layer image --cmd sh >/dev/null
expect_ok oci pull oci:layout:latest
for flags in "" "--net host --read-only --memory 64m --cpus 1 --ulimit nofile=10:20 --user 7:8 --init"; do
  # shellcheck disable=SC2086
  expect_ok oci spec oci:layout:latest $flags -o made.json
  expect_ok oci validate --strict made.json
done
expect_ok oci spec oci:layout:latest --privileged -o made.json
expect_ok oci validate made.json

# Each fault has its place; the worst of them does not hide the others.
edit_config b '.process.cwd = "x" | .process.user.uid = "a" | .process.capabilties = {} | .hooks.poststop = [{"path": "x"}]
  | .linux.namespaces += [{"type": "pid"}]'
expect_fail 1 -- oci validate b
expect_match "$OUT" '^error: process.user.uid: expected a number, got a string$'
expect_match "$OUT" '^warning: process.capabilties: unknown, has no effect; did you mean "capabilities"\?$'
expect_match "$OUT" '^error: process.cwd: must be an absolute path, not "x"$'
expect_match "$OUT" '^error: hooks.poststop\[0\].path: must be an absolute path'
expect_match "$OUT" '^error: linux.namespaces\[[0-9]+\].type: pid is there already$'
expect_match "$OUT" '^b/config.json: not valid$'
expect_fail 1 -- oci validate --format json b
expect_eq "$(jq -c '[.valid, ([.findings[] | select(.level == "error")] | length)]' <<<"$OUT")" '[false,4]'

# A warning alone fails only when asked.
make_bundle w true
edit_config w '.process.Env = []'
expect_ok oci validate w
expect_fail 1 -- oci validate --strict w

# What this machine lacks.
make_bundle h true
edit_config h '.mounts += [{"destination": "/x", "type": "bind", "source": "/no/such", "options": ["bind"]}, {"destination": "/y", "type": "nofs"}]
  | .hooks.prestart = [{"path": "/no/such/hook"}] | .linux.namespaces[0].path = "/proc/self/ns/none"
  | .process.apparmorProfile = "no-such-profile"'
expect_ok oci validate h
expect_fail 1 -- oci validate --host h
expect_match "$OUT" '^error: mounts\[[0-9]+\].source: /no/such: no such file or directory$'
expect_match "$OUT" '^error: mounts\[[0-9]+\].type: the kernel has no file system "nofs"'
expect_match "$OUT" '^error: hooks.prestart\[0\].path: /no/such/hook: no such file'
expect_match "$OUT" '^error: linux.namespaces\[0\].path: /proc/self/ns/none'
expect_match "$OUT" '^error: process.apparmorProfile: no profile'

# Not JSON, not there, no rootfs.
printf '{"a": ' >broken.json
expect_fail 1 'validate: broken.json: .*line 1' -- oci validate broken.json
expect_fail 1 'validate: nowhere: no such file' -- oci validate nowhere
rm -r w/rootfs
expect_fail 1 -- oci validate w
expect_match "$OUT" '^error: root.path: .*/w/rootfs: no such file'
