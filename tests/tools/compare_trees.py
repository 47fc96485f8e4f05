#!/usr/bin/env python3
"""Compares two folders as root file systems: names, types, modes, owners, link groups, times, xattrs, contents, devices.

    compare_trees.py [--since SECONDS] [--no-owner] [--skip-xattr NAME]... A B
    compare_trees.py --list A

Prints one line a difference and exits with 1 when there are some. --since: modification times from then on (seconds since
1970) count as equal to each other: who made the trees left the time to the kernel. --list prints what would be compared.
"""
import argparse
import hashlib
import os
import stat
import sys

KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link", stat.S_IFCHR: "char", stat.S_IFBLK: "block",
         stat.S_IFIFO: "fifo", stat.S_IFSOCK: "socket"}


def content_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as f:
        while block := f.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def xattrs_of(path, skipped):
    names = os.listxattr(path, follow_symlinks=False)
    return {name: os.getxattr(path, name, follow_symlinks=False) for name in sorted(names) if name not in skipped}


def describe(path, options):
    status = os.lstat(path)
    kind = KINDS[stat.S_IFMT(status.st_mode)]
    about = {"type": kind, "mode": oct(stat.S_IMODE(status.st_mode)), "mtime": status.st_mtime_ns}
    if options.since is not None and status.st_mtime >= options.since:
        about["mtime"] = "now"
    if not options.no_owner:
        about["owner"] = f"{status.st_uid}:{status.st_gid}"
    if xattrs := xattrs_of(path, options.skip_xattr):
        about["xattrs"] = xattrs
    if kind == "file":
        about.update(size=status.st_size, content=content_of(path))
    elif kind == "link":
        about["target"] = os.readlink(path)
    elif kind in ("char", "block"):
        about["device"] = f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
    return about, (status.st_ino if kind != "folder" and status.st_nlink > 1 else None)


def scan(root, options):
    root = os.fsencode(root)
    tree, groups = {}, {}

    def add(name, path):
        tree[name], inode = describe(path, options)
        if inode is not None:
            groups.setdefault(inode, []).append(name)

    add(b".", root)
    rest = [b""]
    while rest:
        folder = rest.pop()
        for entry in os.scandir(os.path.join(root, folder)):
            name = os.path.join(folder, entry.name)
            add(name, entry.path)
            if entry.is_dir(follow_symlinks=False):
                rest.append(name)
    for names in groups.values():
        for name in names:
            tree[name]["links"] = sorted(names)
    return tree


def text(name):
    return name.decode("utf-8", "backslashreplace")


def differences(left, right):
    for name in sorted(left.keys() | right.keys()):
        if name not in right:
            yield f"{text(name)}: only in the first ({left[name]['type']})"
        elif name not in left:
            yield f"{text(name)}: only in the second ({right[name]['type']})"
        else:
            one, other = left[name], right[name]
            for key in sorted(one.keys() | other.keys()):
                if one.get(key) != other.get(key):
                    yield f"{text(name)}: {key}: {one.get(key)} / {other.get(key)}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--since", type=float)
    parser.add_argument("--no-owner", action="store_true")
    parser.add_argument("--skip-xattr", action="append", default=[])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("trees", nargs="+")
    options = parser.parse_args()
    trees = [scan(tree, options) for tree in options.trees]
    if options.list:
        for name in sorted(trees[0]):
            print(text(name), *(f"{key}={value}" for key, value in trees[0][name].items()))
        return 0
    found = list(differences(*trees))
    for line in found[:200]:
        print(line)
    if len(found) > 200:
        print(f"… and {len(found) - 200} more")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
