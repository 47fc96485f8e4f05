#!/usr/bin/env bash
# Nobody listens there.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
expect_fail 1 "^error: pull 127.0.0.1:$port/sample" '[Cc]onnection refused|connect to' -- oci pull "127.0.0.1:$port/sample"
expect_nothing_half_written
