#!/usr/bin/env bash
# Words that have no place in what is committed: words.sh TREE
# Unfinished work, and paths of the machine something was written on. The brackets keep this file from finding itself.
set -euo pipefail
cd "$1"
files=(git ls-files)
if ! git rev-parse --is-inside-work-tree >/dev/null 2>&1; then files=(find . -type f -not -path './build/*'); fi
if "${files[@]}" | grep -v '^LICENSE$' | tr '\n' '\0' |
  xargs -0 grep -nIE '\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b|/w[o]rk/|/hom[e]/[a-z]+/[a-z]|/roo[t]/\.|/tm[p]/b-|shar[e]d/(tools|design|seeds)' --; then
  exit 1
fi
