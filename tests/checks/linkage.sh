#!/usr/bin/env bash
# The program loads nothing, no loader either, and is position independent: linkage.sh PROGRAM
set -euo pipefail
status=0
wrong() {
  echo "$program $*"
  status=1
}
program=$1
header=$(readelf -hlW "$program") dynamic=$(readelf -dW "$program")
if grep -q 'INTERP' <<<"$header"; then wrong "asks for a loader"; fi
while read -r library; do
  wrong "needs $library"
done < <(sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p' <<<"$dynamic")
if grep -Eq '\((RPATH|RUNPATH)\)' <<<"$dynamic"; then wrong "has a library path of its own"; fi
grep -Eq 'Type: +DYN' <<<"$header" || wrong "is not position independent"
exit $status
