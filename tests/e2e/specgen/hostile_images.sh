#!/usr/bin/env bash
# What an image says about itself cannot reach the host: users, labels, environment.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/specgen/_specgen.sh"

# A user out of range is an error, never root and never a name.
make_rootfs rootfs
mkdir -p rootfs/etc
printf 'root:x:0:0::/root:/bin/sh\n4294967296:x:0:0::/:/bin/sh\n' >rootfs/etc/passwd
make_image layout:latest --layer rootfs --config '{"Cmd": ["id"], "User": "4294967296"}' >/dev/null
expect_ok oci pull oci:layout:latest
expect_fail 1 'image config.User 4294967296: .*out of range' -- oci unpack

# An unknown one names the near miss.
rm -rf layout bundle
make_image layout:latest --layer rootfs --config '{"Cmd": ["id"], "User": "rot"}' >/dev/null
expect_ok oci pull oci:layout:latest
expect_fail 1 'no user rot in the image.s /etc/passwd; did you mean root' -- oci unpack

# /etc/passwd as FIFO or as a link to the host's: not waited on, not followed out.
rm -rf layout bundle
rm rootfs/etc/passwd rootfs/etc/group
mkfifo rootfs/etc/passwd
ln -s /../../../../etc/group rootfs/etc/group
make_image layout:latest --layer rootfs --config '{"Cmd": ["id"], "User": "daemon"}' >/dev/null
expect_ok oci pull oci:layout:latest
expect_fail 1 'no user daemon in the image.s /etc/passwd: not a regular file' -- timeout 60 "$OCI" unpack
rm -rf bundle
expect_ok timeout 60 "$OCI" unpack -u 0
expect_eq "$(jq -c .process.user.additionalGids bundle/config.json)" '[0]' "groups"

# Labels that runtimes act on and Env entries without a value stay out, with a word about it.
rm rootfs/etc/passwd
export SECRET=host
unpack_image '{"Cmd": ["env"], "Env": ["SECRET", "SEC*", "A=1"], "Labels": {"run.oci.seccomp_bpf_data": "AAAA", "vendor": "x"}}'
expect_contains "$ERR" "label run.oci.seccomp_bpf_data is left out"
expect_contains "$ERR" "Env entry SECRET is not of the form NAME=VALUE"
expect_eq "$(jq -c '[.annotations | keys[] | select(startswith("org.opencontainers") | not)]' bundle/config.json)" '["vendor"]' "annotations"
expect_not_contains "$(jq -c .process.env bundle/config.json)" SEC
