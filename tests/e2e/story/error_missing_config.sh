#!/usr/bin/env bash
# A bundle without config.json, and no bundle at all.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

mkdir empty
expect_fail 1 'config.json' '[Nn]o such file or directory' -- oci run -b empty "$(id_of empty)"
expect_fail 1 'config.json' -- oci create -b empty "$(id_of empty)"
expect_fail any 'bundle|config.json' -- oci run
expect_eq "$(ls "$ROOT" 2>/dev/null)" "" "container state"
