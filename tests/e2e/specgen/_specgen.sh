# Shared by the tests of specgen.

# unpack_image CONFIG [UNPACK-FLAG… [-- CMD…]]: a busybox image with that config (JSON), unpacked to ./bundle anew.
unpack_image() {
  local config=$1
  shift
  rm -rf bundle layout
  [ -d rootfs ] || make_rootfs rootfs
  make_image layout:latest --layer rootfs --config "$config" >/dev/null
  expect_ok oci pull oci:layout:latest
  expect_ok oci unpack "$@"
}

# run_bundle: ./bundle by the runtime under test; what it printed is in OUT.
run_bundle() { expect_ok runtime run -b bundle "$(id_of "c$((++RUNS))")"; }
RUNS=0
