#!/usr/bin/env python3
"""Includes run one way: base <- spec <- {fetch, unpack, specgen, runtime} <- cli.

    includes.py TREE

Also: a module's own headers are its own (others see MODULE/MODULE.h alone), nlohmann's header stays in base/json.cc, CLI11 in
at most two files of cli, and headers that g++ 12 or clang 14 lack are not used.
"""
import os
import re
import sys

BELOW = {"base": set(), "spec": {"base"}}
for sibling in ("fetch", "unpack", "specgen", "runtime"):
    BELOW[sibling] = {"base", "spec"}
BELOW["cli"] = set(BELOW)
OPEN_MODULES = {"base", "spec"}
LACKING = {"expected", "format", "print", "ranges", "source_location", "generator", "stacktrace"}
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def includes(tree):
    for module in BELOW:
        for folder, _, names in os.walk(os.path.join(tree, module)):
            for path in sorted(os.path.join(folder, n) for n in names if n.endswith((".h", ".cc", ".inc"))):
                with open(path, encoding="utf-8") as f:
                    for ours, theirs in INCLUDE.findall(f.read()):
                        yield module, os.path.relpath(path, tree), ours, theirs


def wrong(module, name, ours, theirs):
    if theirs in LACKING:
        return f"<{theirs}> is not in g++ 12 and clang 14 both"
    if theirs.startswith("nlohmann/") and name != "base/json.cc":
        return "nlohmann's header belongs in base/json.cc alone"
    if theirs.startswith("CLI/") and module != "cli":
        return "CLI11 belongs in cli alone"
    if not ours or ours.startswith("generated/"):
        return None
    if "/" not in ours:
        return f'"{ours}" is not written from the root'
    owner = ours.partition("/")[0]
    if owner == module or owner not in BELOW:
        return None
    if owner not in BELOW[module]:
        return f"{module} may not include {owner}"
    if owner not in OPEN_MODULES and ours != f"{owner}/{owner}.h":
        return f'"{ours}" is {owner}\'s own; its public header is {owner}/{owner}.h'
    return None


def main():
    found, parsers = [], set()
    for module, name, ours, theirs in includes(sys.argv[1]):
        problem = wrong(module, name, ours, theirs)
        if problem:
            found.append(f"{name}: {problem}")
        if theirs.startswith("CLI/"):
            parsers.add(name)
    if len(parsers) > 2:
        found.append(f"CLI11 is in more than two files: {', '.join(sorted(parsers))}")
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)


main()
