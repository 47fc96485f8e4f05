#!/usr/bin/env bash
# As gc_beside.sh, 20 times.
# labels: long
# timeout: 1200
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/store/_store.sh"

beside_gc 20
