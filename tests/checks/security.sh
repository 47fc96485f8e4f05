#!/usr/bin/env bash
# docs/security.md and the tests of attacks name each other: security.sh TREE
# Each test of the table exists, each tests/e2e/security/*.sh is in it, and what a test says it attacks (CVE-…) stands in its row.
set -euo pipefail
cd "$1"
status=0
wrong() {
  echo "docs/security.md: $*"
  status=1
}
rows=$(grep -E '^\| .* \|$' docs/security.md | tail -n +2) || true
tests=$(sed -E 's/ *\|$//; s/.*\| *//' <<<"$rows" | tr ',' '\n' | tr -d ' ' | sort -u)
[ -n "$tests" ] || wrong "no table"
for name in $tests; do
  [ -f "tests/e2e/$name.sh" ] || wrong "there is no tests/e2e/$name.sh"
done
for file in tests/e2e/security/[!_]*.sh; do
  name=security/$(basename "$file" .sh)
  row=$(grep -E "[ ,]$name( \||,)" <<<"$rows") || {
    wrong "$file is not in the table"
    continue
  }
  # CVE-… of the comment at the top: the first lines that begin with #.
  for advisory in $(sed -n '2,/^[^#]/p' "$file" | grep -oE '(CVE-[0-9]{4}-[0-9]+|GHSA(-[a-z0-9]{4}){3})' | sort -u); do
    [[ $row == *"$advisory"* ]] || wrong "$advisory of $file is not in its row"
  done
done
for advisory in $(grep -oE '(CVE-[0-9]{4}-[0-9]+|GHSA(-[a-z0-9]{4}){3})' <<<"$rows" | sort | uniq -d); do
  wrong "$advisory stands in two rows"
done
exit $status
