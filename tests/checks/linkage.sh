#!/usr/bin/env bash
# The program needs libc and the loader, nothing else: linkage.sh PROGRAM
set -euo pipefail
status=0
dynamic=$(readelf -dW "$1")
grep -q NEEDED <<<"$dynamic" || {
  echo "$1 is not a dynamic program"
  status=1
}
while read -r library; do
  case $library in
  libc.so.6 | ld-linux-*.so.*) ;;
  *)
    echo "$1 needs $library"
    status=1
    ;;
  esac
done < <(sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p' <<<"$dynamic")
if grep -Eq '\((RPATH|RUNPATH)\)' <<<"$dynamic"; then
  echo "$1 has a library path of its own"
  status=1
fi
exit $status
