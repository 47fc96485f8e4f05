#!/usr/bin/env bash
# A pull killed again and again, anywhere: the store is sound each time, and the pulls together fetch little twice.
# timeout: 300
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"
. "$TESTS/e2e/store/_store.sh"

killed_pulls 8 2000000
