#!/usr/bin/env bash
# As killed.sh, 50 times over an image of 200 MB.
# labels: long
# timeout: 1200
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/fetch/_fetch.sh"
. "$TESTS/e2e/store/_store.sh"

killed_pulls 50 100000000
