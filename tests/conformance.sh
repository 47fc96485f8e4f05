#!/usr/bin/env bash
# The validation suite of opencontainers/runtime-tools: conformance.sh FOLDER [PROGRAM…]
# FOLDER is a checkout of it; what is missing of its programs is built there (go 1.21 or newer). RUNTIME is the runtime (default
# build/release/oci). A line for each program, then how many pass; the status is 1 when fewer than CONFORMANCE_LEAST do.
# docs/conformance.md says why each of the others does not.
# Controllers of cgroup v1 that the kernel has and nobody mounts (hugetlb, net_cls, net_prio) are mounted while it runs, seen by it alone.
set -euo pipefail

if [ -z "${CONFORMANCE_INSIDE:-}" ] && [ -d /sys/fs/cgroup/freezer ]; then
  CONFORMANCE_INSIDE=1 exec unshare --mount --propagation private bash "$0" "$@"
fi
mounted=()
for controller in hugetlb net_cls net_prio; do
  if [ -d /sys/fs/cgroup/freezer ] && grep -q "^$controller[[:space:]]" /proc/cgroups && ! [ -e "/sys/fs/cgroup/$controller" ]; then
    mkdir "/sys/fs/cgroup/$controller"
    if mount -t cgroup -o "$controller" none "/sys/fs/cgroup/$controller"; then
      mounted+=("/sys/fs/cgroup/$controller")
    else # in use on cgroup v2
      rmdir "/sys/fs/cgroup/$controller"
    fi
  fi
done
# A hierarchy outlives its last mount while cgroups in it are still being freed, and containerd would look for it in vain.
unmount_again() {
  local folder tries
  for folder in "${mounted[@]}"; do
    umount "$folder"
    for ((tries = 0; tries < 20; tries++)); do
      grep -q ":${folder##*/}:" /proc/self/cgroup || break
      sleep 0.5
      mount -t cgroup -o "${folder##*/}" none "$folder" && umount "$folder"
    done
    rmdir "$folder"
  done
}
trap unmount_again EXIT

[ $# -ge 1 ] || { sed -n '2,6s/^# //p' "$0" >&2 && exit 2; }
top=$(cd "$(dirname "$0")/.." && pwd)
suite=$(realpath "$1")
shift
runtime=$(realpath "${RUNTIME:-$top/build/release/oci}")
least=${CONFORMANCE_LEAST:-42}
patience=180 # seconds a program may take

cd "$suite"
mapfile -t programs < <(
  if [ $# -gt 0 ]; then printf '%s\n' "$@"; else find validation -name '*.go' -not -path '*/util/*' -printf '%h\n' | sed 's#.*/##' | sort -u; fi
)
export GOFLAGS=-mod=vendor CGO_ENABLED=0
[ -x runtimetest ] || go build -tags 'netgo osusergo' -o runtimetest ./cmd/runtimetest
for program in "${programs[@]}"; do
  [ -x "validation/$program/$program.t" ] || go build -o "validation/$program/$program.t" "./validation/$program/$program.go"
done

passed=0
for program in "${programs[@]}"; do
  output=$(mktemp)
  status=0
  RUNTIME=$runtime timeout "$patience" "validation/$program/$program.t" >"$output" 2>&1 </dev/null || status=$?
  # Programs that only look for a refusal print no test lines.
  if [ $status -eq 0 ] && ! grep -q '^not ok' "$output"; then
    passed=$((passed + 1))
    printf 'ok      %s\n' "$program"
  else
    printf 'not ok  %s (status %s): %s\n' "$program" "$status" "$(grep -m 1 -E '^not ok|rror' "$output" | tr -s ' \t' ' ' | cut -c1-150 || true)"
    [ -z "${CONFORMANCE_LOGS:-}" ] || cp "$output" "$CONFORMANCE_LOGS/$program"
  fi
  rm -f "$output"
done
printf '%s of %s pass\n' "$passed" "${#programs[@]}"
[ $# -gt 0 ] || [ "$passed" -ge "$least" ]
