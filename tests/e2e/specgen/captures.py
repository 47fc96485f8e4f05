#!/usr/bin/env python3
"""What engines write into config.json, beside what `oci spec --engine` writes.

captures.py cases TABLE ENGINE            its rows as "NAME|words for the engine", where @IMAGE@ stands for the image
captures.py normalise CONFIG SCRATCH      config.json as it is kept: ids and folders by name, the seccomp filter as a list
captures.py compare OCI IMAGE DIR DOCS    each capture against ours; what differs has to be in the table of DOCS, and no more
"""
import fnmatch
import json
import os
import re
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
IDENTITY = {"mounts": "destination", "linux.namespaces": "type", "process.rlimits": "type", "linux.devices": "path"}


def rows(table):
    for line in open(table, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            head, *rest = [column.strip() for column in line.split("|")]
            engines, name = head.split()
            flags, command, ours = (rest + [""] * 3)[:3]
            for engine in engines.split(","):
                yield engine, name, flags, command, ours or flags


def summary_of(seccomp):
    """One line a rule, each system call by itself, sorted: as short as it gets and good to compare."""
    rules = {}
    for rule in seccomp.pop("syscalls", []):
        more = {key: value for key, value in rule.items() if key not in ("names", "action") and value}
        for name in rule["names"]:
            rules.setdefault(" ".join([rule["action"], json.dumps(more, sort_keys=True)] if more else [rule["action"]]), set()).add(name)
    return {**seccomp, "rules": {rule: " ".join(sorted(names)) for rule, names in sorted(rules.items())}}


def normalised(text, scratch):
    text = text.replace(scratch, "$SCRATCH")
    if test := os.environ.get("OCI_TEST_ID"):
        text = text.replace(test, "TEST")
    text = re.sub(r"\b[0-9a-f]{64}\b", "ID", text)
    text = re.sub(r'(HOSTNAME=|"hostname": ?")[0-9a-f]{12}\b', r"\1ID", text)
    config = json.loads(text)
    config.get("root", {})["path"] = "rootfs"
    config.pop("hooks", None)
    config.get("annotations", {}).pop("io.kubernetes.cri-o.Created", None)
    config["process"]["env"].sort()
    config["process"].get("rlimits", []).sort(key=lambda limit: limit["type"])
    config["mounts"].sort(key=lambda mount: mount["destination"])
    for mount in config["mounts"]:
        mount.get("options", []).sort()
    linux = config["linux"]
    linux.pop("cgroupsPath", None)
    if "seccomp" in linux:
        linux["seccomp"] = summary_of(linux["seccomp"])
    if len(linux.get("devices", [])) > 8:
        linux["devices"] = [{"path": "of the host"}]
        linux["resources"]["devices"] = [rule for rule in linux["resources"]["devices"] if "major" not in rule]
    return config


def leaves(value, path="", found=None):
    """{path: value}; list elements are named by what identifies them, other lists of texts are whole."""
    found = {} if found is None else found
    if isinstance(value, dict) and value:
        for key, part in value.items():
            leaves(part, f"{path}[{key}]" if "." in key else f"{path}.{key}" if path else key, found)
    elif path in IDENTITY and value:
        for part in value:
            leaves(part, f"{path}[{part[IDENTITY[path]]}]", found)
    elif path in ("process.env", "linux.maskedPaths", "linux.readonlyPaths") or path.startswith("process.capabilities."):
        for part in value or []:
            found[f"{path}[{part.split('=')[0]}]"] = part
    elif path.startswith("linux.seccomp.rules"):
        for name in value.split():
            found[f"{path}[{name}]"] = True
    else:
        found[path] = value
    return found


def ours(oci, image, scratch, engine, flags, command):
    words = [oci, "spec", "--engine", engine, "-o", "-", image, *flags]
    if command:
        words += ["--", *command]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"FAILED: {shlex.join(words)}: {done.stderr}")
    return normalised(done.stdout, scratch)


def differences(theirs, mine):
    a, b = leaves(theirs), leaves(mine)
    return {path: (a.get(path), b.get(path)) for path in a.keys() | b.keys() if a.get(path) != b.get(path)}


def documented(docs):
    """The rows of the table of differences: (engines, pattern of the path, whether it was needed or need not be)."""
    found = []
    for line in open(docs, encoding="utf-8"):
        columns = [column.strip() for column in line.strip().strip("|").split("|")]
        if len(columns) == 3 and columns[1].startswith("`"):
            for pattern in re.findall(r"`([^`]+)`", columns[1]):
                found.append([columns[0].split(", "), pattern, columns[2].startswith("the machine")])
    return found


def matches(path, pattern):
    return fnmatch.fnmatchcase(path, pattern.replace("[", "[[]"))


def compare(oci, image, folder, docs):
    scratch, table, wrong = os.environ["SCRATCH"], documented(docs), []
    for engine, name, _, command, flags in rows(os.path.join(HERE, "captures.cases")):
        flags = [word.replace("$SCRATCH", scratch) for word in shlex.split(flags)]
        with open(os.path.join(folder, f"{engine}-{name}.json"), encoding="utf-8") as file:
            theirs = json.load(file)
        for path, (real, mine) in sorted(differences(theirs, ours(oci, image, scratch, engine, flags, shlex.split(command))).items()):
            known = [row for row in table if engine in row[0] and matches(path, row[1])]
            for row in known:
                row[2] = True
            if not known:
                wrong.append(f"{engine} {name}: {path}: the engine {json.dumps(real)}, ours {json.dumps(mine)}")
    wrong += [f"{docs}: {pattern} of {', '.join(engines)}: no such difference" for engines, pattern, used in table if not used]
    if wrong:
        sys.exit("FAILED: not as documented:\n" + "\n".join(wrong))


def main():
    word, *rest = sys.argv[1:]
    if word == "cases":
        for engine, name, flags, command, _ in rows(rest[0]):
            if engine == rest[1]:
                print(f"{name}|{flags} @IMAGE@ {command}")
    elif word == "normalise":
        with open(rest[0], encoding="utf-8") as file:
            config = normalised(file.read(), rest[1])
        print(json.dumps(config, indent=1, ensure_ascii=False))
    elif word == "compare":
        compare(*rest)


main()
