#!/usr/bin/env bash
# libcurl and libarchive, and the forty libraries they bring, are loaded by what speaks to a registry or reads an archive alone.
. "$(dirname "$0")/../../tools/harness.sh"

mkdir tree
echo x >tree/file
make_image layout:v1 --layer tree --cmd sh >/dev/null
loaded() { # loaded ARG…: the libraries, by the loader's own word
  LD_DEBUG=files LD_DEBUG_OUTPUT=$SCRATCH/loader "$OCI" "$@" >/dev/null 2>&1 || true
  cat loader.* 2>/dev/null
  rm -f loader.*
}
for line in 'ls --layout layout' 'pull -q oci:layout:v1' images 'unpack --rootfs-only localhost/layout:v1 out'; do
  expect_eq "$(loaded $line | grep -cE 'lib(curl|archive)')" 0 "$line"
done
expect_match "$(loaded tags 127.0.0.1:1/x)" 'libcurl'
expect_ok oci copy -q oci:layout:v1 oci-archive:one.tar
expect_match "$(loaded verify oci-archive:one.tar)" 'libarchive'
