#!/usr/bin/env bash
# Position independent, full RELRO, stack protector, no executable stack: hardening.sh PROGRAM
set -euo pipefail
program=$1
status=0
wrong() {
  echo "$program $*"
  status=1
}
header=$(readelf -hlW "$program") dynamic=$(readelf -dW "$program") symbols=$(readelf -sW --dyn-syms "$program")
grep -Eq 'Type: +DYN' <<<"$header" || wrong "is not position independent"
grep -q GNU_RELRO <<<"$header" || wrong "has no RELRO"
grep -Eq 'BIND_NOW|FLAGS.* NOW' <<<"$dynamic" || wrong "binds lazily"
grep -Eq 'GNU_STACK.* RW ' <<<"$header" || wrong "has an executable stack"
grep -q __stack_chk_fail <<<"$symbols" || wrong "has no stack protector"
exit $status
