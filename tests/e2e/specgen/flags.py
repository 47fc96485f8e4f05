#!/usr/bin/env python3
"""flags.py OCI ROOTFS TABLE [--write]: each row of the table (flags.table says its form) against what `oci spec` writes.

With --write the table's expectations are made anew from what is written: read the difference before you commit it.
"""
import json
import os
import re
import shlex
import subprocess
import sys

IDENTITY = {"mounts": "destination", "linux.namespaces": "type", "process.rlimits": "type", "linux.devices": "path"}
SETS = re.compile(r"process\.capabilities\.|linux\.(masked|readonly)Paths$")
MAPS = ("annotations", "linux.sysctl", "linux.resources.unified")


def leaves(value, path="", found=None):
    """{path: value} of all that has no parts; list elements are named by what identifies them."""
    found = {} if found is None else found
    if isinstance(value, dict) and value:
        for key, part in value.items():
            inner = f"{path}[{key}]" if path in MAPS else f"{path}.{key}" if path else key
            leaves(part, inner, found)
    elif isinstance(value, list) and value:
        for number, part in enumerate(value):
            name = number
            if path in IDENTITY:
                name = part[IDENTITY[path]]
            elif path == "process.env":
                name = part.split("=")[0]
            elif SETS.match(path):
                name = part
            leaves(part, f"{path}[{name}]", found)
    else:
        found[path] = json.dumps(value)
    return found


def spec(oci, rootfs, words):
    """The leaves of config.json for these words, and the source of each."""
    command = [] if "--" in words else ["--", "true"]
    base = [oci, "spec"] if "--rootfs" in words or "--rootless" in words else [oci, "spec", "--rootfs", rootfs]
    if "--rootless" in words:
        command = []

    def run(*more):
        out = subprocess.run([*base, *words[: words.index("--")], *more, *words[words.index("--"):]]
                             if "--" in words else [*base, *more, *words, *command],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        if out.returncode != 0:
            sys.exit(f"FAILED: oci spec {shlex.join(words)}: {out.stderr}")
        return json.loads(out.stdout)

    config = leaves(run("-o", "-"))
    sources = {leaf["path"]: leaf["source"] for leaf in run("--explain", "--format", "json")["values"]}
    if set(sources) != set(config):
        sys.exit(f"FAILED: --explain {shlex.join(words)} has other leaves: {sorted(set(sources) ^ set(config))}")
    return config, sources


def change(before, after, sources):
    lines = [f"- {path}" for path in before if path not in after]
    for path, value in after.items():
        if before.get(path) != value:
            lines.append(f"+ {path} {value}  <- {sources[path]}".replace(os.environ["SCRATCH"], "$SCRATCH"))
    return sorted(lines, key=lambda line: line[2:])


def rows(table):
    row = None
    for number, line in enumerate(open(table, encoding="utf-8"), 1):
        line = line.rstrip("\n")
        if line and not line.startswith(("#", " ")):
            if row:
                yield row
            row = (number, line, [])
        elif line.startswith("    "):
            row[2].append(line.strip())
    yield row


def flags_of_help(oci):
    text = subprocess.run([oci, "spec", "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
    names = [re.findall(r"-[-\w]+(?=,| |$)", line[2:33].split("  ")[0]) for line in text.splitlines() if line.startswith("  -")]
    return [[name for name in group if name.startswith("-")] for group in names]


def main():
    oci, rootfs, table = sys.argv[1:4]
    before, _ = spec(oci, rootfs, [])
    wrong, used, written = [], set(), {}
    for number, words, expected in rows(table):
        words = shlex.split(os.path.expandvars(words))
        used.update(word for word in words if word.startswith("-") and word != "--")
        if words[0] == "see":
            used.add(words[1])
            if words[1] not in open(os.path.join(os.path.dirname(table), words[2]), encoding="utf-8").read():
                wrong.append(f"{table}:{number}: {words[2]} has nothing of {words[1]}")
            continue
        found = change(before, *spec(oci, rootfs, words))
        written[number] = found
        if expected and expected[-1] == "...":
            missing = [line for line in expected[:-1] if line not in found]
            if missing:
                wrong.append(f"{table}:{number}: {shlex.join(words)}: not there: {missing}")
        elif found != expected:
            wrong.append(f"{table}:{number}: {shlex.join(words)}:\n  expected " + "\n           ".join(expected) +
                         "\n  found    " + "\n           ".join(found))
    for names in flags_of_help(oci):
        if not used.intersection(names):
            wrong.append(f"{table}: no row for {names[-1]} of `oci spec --help`")
    if "--write" in sys.argv:
        write(table, written)
    elif wrong:
        sys.exit("FAILED: " + "\n".join(wrong))


def write(table, written):
    lines, out, partial = open(table, encoding="utf-8").read().split("\n"), [], False
    for number, line in enumerate(lines, 1):
        if line.startswith("    ") and not partial:
            continue
        out.append(line)
        if number in written:
            rest = []
            for later in lines[number:]:
                if not later.startswith("    "):
                    break
                rest.append(later)
            partial = bool(rest) and rest[-1].strip() == "..."
            if not partial:
                out.extend("    " + one for one in written[number])
    open(table, "w", encoding="utf-8").write("\n".join(out))


main()
