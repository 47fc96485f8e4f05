# Tests of this tree run in one virtual machine, each on its own: tests_inside MEMORY TEST…, TEST a path below tests/.
# Sourced after the harness. OCI_VM_RUN names the program (vm-run: `vm-run --share DIR -- COMMAND`).
OCI_VM_RUN=${OCI_VM_RUN:-vm-run}
need "$OCI_VM_RUN"

tests_inside() {
  local one
  mkdir -p tree/build/release
  cp "$OCI" tree/build/release/oci
  cp -a "$TESTS" tree/tests
  cat >job.sh <<'END_OF_JOB'
cd "$1/tree" && shift
export OCI=$PWD/build/release/oci OCI_TEST_TMP=/scratch
mkdir -p /sys/fs/cgroup && cat /sys/fs/cgroup/cgroup.controllers >/dev/null || exit 9
for controller in cpu cpuset io memory pids hugetlb; do echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null; done
status=0
for one; do
  OCI_TEST_TIMEOUT=1500 bash "tests/$one" >/scratch/log 2>&1
  code=$?
  echo "$code $one" | tee -a results
  case $code in
  0) ;;
  77) cat /scratch/log | tee -a results ;;
  *) status=1 && tail -n 30 /scratch/log | tee -a results ;;
  esac
done
exit $status
END_OF_JOB
  expect_ok "$OCI_VM_RUN" --mem "$1" --timeout $((${OCI_TEST_TIMEOUT:-1260} - 60)) --share "$SCRATCH" -- bash "$SCRATCH/job.sh" "$SCRATCH" "${@:2}"
  printf '%s\n' "$OUT"
  for one in "${@:2}"; do expect_match "$OUT" "^(0|77) $one\$"; done
}
