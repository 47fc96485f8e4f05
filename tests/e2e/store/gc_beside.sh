#!/usr/bin/env bash
# gc again and again beside pulls, tags, removals and unpacks takes nothing that is in use.
# timeout: 200
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/store/_store.sh"

beside_gc 3
