#!/usr/bin/env bash
# `oci spec --engine` writes what the real engine writes, but for what docs/specgen.md lists: the captures are those that
# tests/engines/captures.sh takes.
. "$(dirname "$0")/_captured_image.bash"

python3 "$TESTS/e2e/specgen/captures.py" compare "$OCI" oci:layout:latest "$TESTS/e2e/specgen/captures" "$SOURCE/docs/specgen.md" ||
  fail "see above"
