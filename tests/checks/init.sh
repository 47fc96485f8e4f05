#!/usr/bin/env bash
# The container's init stands alone: static, no interpreter, nothing undefined, no C++ runtime, no writable and executable
# segment, small; its object files (it is stripped) need nothing that is not among them.
# init.sh PROGRAM LIMIT-BYTES [OBJECT...]
set -euo pipefail
program=$1 limit=$2
shift 2
status=0
wrong() {
  echo "$program $*"
  status=1
}
segments=$(readelf -lW "$program") symbols=$(readelf -sW "$program")
if grep -q INTERP <<<"$segments"; then wrong "has an interpreter"; fi
if grep -q NEEDED <<<"$(readelf -dW "$program")"; then wrong "needs a library"; fi
undefined=$(awk '$7 == "UND" && $8 != "" && $5 != "WEAK" { print $8 }' <<<"$symbols" | sort -u)
if [ -n "$undefined" ]; then wrong "has undefined symbols:" $undefined; fi
runtime=$(awk '{ print $8 }' <<<"$symbols" | grep -E '^(_ZSt|_ZNSt|_ZNKSt|__cxa_throw|__gxx_personality|_Znwm|_Znam|malloc$|dlopen)' | sort | sed -n 1,3p || true)
if [ -n "$runtime" ]; then wrong "carries a C++ runtime or allocator:" $runtime; fi
if grep -Eq 'LOAD.* RWE ' <<<"$segments"; then wrong "has a segment that is writable and executable"; fi
if [ $# -gt 0 ]; then
  outside=$(comm -23 <(nm -u "$@" | awk 'NF == 2 { print $2 }' | sort -u) <(nm --defined-only "$@" | awk 'NF == 3 { print $3 }' | sort -u))
  if [ -n "$outside" ]; then wrong "calls what is not its own:" $outside; fi
fi
size=$(stat -c %s "$program")
if [ "$size" -gt "$limit" ]; then wrong "has $size bytes; the limit is $limit"; fi
exit $status
