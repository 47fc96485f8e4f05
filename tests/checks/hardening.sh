#!/usr/bin/env bash
# Position independent, full RELRO, stack protector, no executable stack: hardening.sh PROGRAM
set -euo pipefail
program=$1
status=0
wrong() {
  echo "$program $*"
  status=1
}
readelf -hW "$program" | grep -Eq 'Type: +DYN' || wrong "is not position independent"
readelf -lW "$program" | grep -q GNU_RELRO || wrong "has no RELRO"
readelf -dW "$program" | grep -Eq 'BIND_NOW|FLAGS.* NOW' || wrong "binds lazily"
readelf -lW "$program" | grep -Eq 'GNU_STACK.* RW ' || wrong "has an executable stack"
readelf -sW --dyn-syms "$program" | grep -q __stack_chk_fail || wrong "has no stack protector"
exit $status
