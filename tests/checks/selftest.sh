#!/usr/bin/env bash
# Each check must catch a planted violation: selftest.sh
set -euo pipefail
checks=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

count=0
catches() { # catches PATTERN CHECK ARG…
  local pattern=$1 out status=0
  shift
  out=$("$@" 2>&1) || status=$?
  if [ "$status" -eq 0 ] || ! grep -Eq -- "$pattern" <<<"$out"; then
    printf 'not caught (%s): %s\n%s\n' "$pattern" "$*" "$out" >&2
    exit 1
  fi
  count=$((count + 1))
}
passes() {
  "$@" || { echo "a clean case was refused: $*" >&2 && exit 1; }
  count=$((count + 1))
}

# --- includes: a small tree, one violation at a time
mkdir -p tree/{base,spec,fetch,unpack,specgen,runtime,cli}
plant() { # plant PATTERN FILE INCLUDE
  printf '#include %s\n' "$3" >"tree/$2"
  catches "$1" python3 "$checks/includes.py" tree
  rm "tree/$2"
}
printf '#include "base/fd.h"\n#include "fetch/fetch.h"\n#include <vector>\n' >tree/cli/good.cc
passes python3 "$checks/includes.py" tree
plant 'base may not include spec' base/bad.cc '"spec/store.h"'
plant 'spec may not include runtime' spec/bad.h '"runtime/runtime.h"'
plant 'fetch may not include unpack' fetch/bad.cc '"unpack/unpack.h"'
plant 'runtime may not include cli' runtime/bad.cc '"cli/verbs.h"'
plant "runtime's own" cli/bad.cc '"runtime/plan.h"'
plant 'base/json.cc alone' spec/bad.cc '<nlohmann/json.hpp>'
plant 'in cli alone' runtime/bad.cc '<CLI/CLI.hpp>'
plant 'g\+\+ 12' base/bad.cc '<format>'
plant 'not written from the root' base/bad.cc '"fd.h"'
for i in 1 2 3; do printf '#include <CLI/CLI.hpp>\n' >tree/cli/parser$i.cc; done
catches 'more than two files' python3 "$checks/includes.py" tree

# --- the table of attacks and its tests
mkdir -p attacks/{docs,tests/e2e/security}
attack() { printf '#!/bin/bash\n# %s: x.\ntrue\n' "$2" >"attacks/tests/e2e/security/$1.sh"; }
table() { printf '| Class | Why | Test |\n|---|---|---|\n' && printf '| %s: x | y | %s |\n' "$@"; }
attack one CVE-2020-1
table 'CVE-2020-1' security/one >attacks/docs/security.md
passes bash "$checks/security.sh" attacks
table 'CVE-2020-1' security/one 'CVE-2020-2' security/two >attacks/docs/security.md
catches 'no tests/e2e/security/two.sh' bash "$checks/security.sh" attacks
attack two CVE-2020-3
catches 'CVE-2020-3 of .*two.sh is not in its row' bash "$checks/security.sh" attacks
table 'CVE-2020-1' security/one >attacks/docs/security.md
catches 'two.sh is not in the table' bash "$checks/security.sh" attacks
rm attacks/tests/e2e/security/two.sh
table 'CVE-2020-1' security/one 'CVE-2020-1' security/one >attacks/docs/security.md
catches 'two rows' bash "$checks/security.sh" attacks

# --- mutants
mkdir mutated
cp -r "$checks"/../../{cli,runtime,specgen,tests} mutated
passes python3 "$checks/mutants.py" check mutated
: >mutated/runtime/verbs.cc
catches '0 times in runtime/verbs.cc' python3 "$checks/mutants.py" check mutated

# --- programs
compiler=${CXX:-c++}
printf 'int main() { volatile char b[64]; b[0] = 1; return b[0] - 1; }\n' >plain.cc
hard=(-O1 -fPIE -pie -fstack-protector-all -Wl,-z,relro -Wl,-z,now)
"$compiler" "${hard[@]}" plain.cc -o plain -Wl,--as-needed
passes bash "$checks/hardening.sh" plain
catches 'asks for a loader' bash "$checks/linkage.sh" plain
one_file=(-O1 -fPIE -static-pie -fstack-protector-all -Wl,-z,relro -Wl,-z,now)
"$compiler" "${one_file[@]}" plain.cc -o static-pie
passes bash "$checks/linkage.sh" static-pie
passes bash "$checks/hardening.sh" static-pie
printf '#include <iostream>\nint main() { std::cout << 1; }\n' >stream.cc
"$compiler" stream.cc -o stream
catches 'needs libstdc\+\+' bash "$checks/linkage.sh" stream
"$compiler" plain.cc -Wl,--no-as-needed -lseccomp -o linked
catches 'needs libseccomp' bash "$checks/linkage.sh" linked
"$compiler" "${one_file[@]}" plain.cc -Wl,-rpath,/nowhere -o pathed
catches 'library path' bash "$checks/linkage.sh" pathed
"$compiler" -static plain.cc -o static
catches 'not position independent' bash "$checks/linkage.sh" static

"$compiler" -O1 -fno-pie -no-pie -fstack-protector-all -Wl,-z,relro -Wl,-z,now plain.cc -o violation
catches 'not position independent' bash "$checks/hardening.sh" violation
"$compiler" "${hard[@]}" -Wl,-z,norelro plain.cc -o violation
catches 'no RELRO' bash "$checks/hardening.sh" violation
"$compiler" "${hard[@]}" -Wl,-z,lazy plain.cc -o violation
catches 'binds lazily' bash "$checks/hardening.sh" violation
"$compiler" "${hard[@]}" -Wl,-z,execstack plain.cc -o violation
catches 'executable stack' bash "$checks/hardening.sh" violation
"$compiler" "${hard[@]}" -fno-stack-protector plain.cc -o violation
catches 'no stack protector' bash "$checks/hardening.sh" violation

# --- init
printf 'extern "C" void _start() { for (;;) {} }\n' >bare.cc
alone=(-O1 -ffreestanding -nostdlib -static -fno-exceptions -fno-stack-protector)
"$compiler" "${alone[@]}" bare.cc -o bare
"$compiler" "${alone[@]}" -c bare.cc -o bare.o
passes bash "$checks/init.sh" bare 65536 bare.o
catches 'the limit is 100' bash "$checks/init.sh" bare 100
catches 'interpreter' bash "$checks/init.sh" plain 65536
catches 'needs a library' bash "$checks/init.sh" plain 65536
catches 'undefined symbols' bash "$checks/init.sh" stream 65536
printf '#include <cstdlib>\nvoid f() { std::free(std::malloc(1)); }\n' >heap.cc
"$compiler" "${alone[@]}" -O0 -c heap.cc -o heap.o
catches 'not its own: free malloc' bash "$checks/init.sh" bare 65536 bare.o heap.o
"$compiler" -static stream.cc -o violation
catches 'C\+\+ runtime' bash "$checks/init.sh" violation 65536
"$compiler" "${alone[@]}" -Wl,-N bare.cc -o violation 2>/dev/null
catches 'writable and executable' bash "$checks/init.sh" violation 65536

# --- words
mkdir words
printf 'a text\n' >words/good
passes bash "$checks/words.sh" words
for word in 'TO''DO' 'FIX''ME' '/wo''rk/main' '/hom''e/someone/x' 'shar''ed/tools'; do
  printf 'a %s b\n' "$word" >words/bad
  catches bad bash "$checks/words.sh" words
done

echo "$count planted cases: each caught, or passed where clean"
