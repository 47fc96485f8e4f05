"""Edits a root file system at random, with all that layers can hold: random_tree.py ROOT SEED. Times are whole seconds."""
import os
import random
import shutil
import stat
import sys

NAMES = ["a", "b", "c", "d", "a b", "é", "#x", "[*?]", "back\\slash", "new\nline", "-n", "...", "x" * 120, "y" * 90]
BOOT_TIME = 1_500_000_000


def paths(root):
    """All names beneath root, folders before what is in them, and which of them are folders."""
    found = []
    for folder, dirs, files in os.walk(root):
        found += [(os.path.join(folder, name), not os.path.islink(os.path.join(folder, name))) for name in sorted(dirs)]
        found += [(os.path.join(folder, name), False) for name in sorted(files)]
    return found


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def make(rng, root, path):
    kind = rng.choice(["file", "file", "dir", "dir", "link", "hard", "hard", "fifo", "char", "block", "sparse"])
    if kind == "dir":
        os.mkdir(path)
    elif kind == "link":
        os.symlink(rng.choice(["nowhere", "/abs/olute", "..", "x" * 150, path[len(root):]]), path)
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind in ("char", "block"):
        os.mknod(path, (stat.S_IFCHR if kind == "char" else stat.S_IFBLK) | 0o600, os.makedev(rng.choice([1, 259]), rng.randrange(70000)))
    elif kind == "hard":
        others = [other for other, is_dir in paths(root) if not is_dir]
        if not others:
            return
        os.link(rng.choice(others), path, follow_symlinks=False)
    else:
        with open(path, "wb") as f:
            f.write(rng.randbytes(rng.choice([0, 1, 511, 512, 513, 70000])))
            if kind == "sparse":
                f.truncate(200_000)


def dress(rng, path):
    """Owner, mode and attributes."""
    os.lchown(path, rng.choice([0, 1000, 3_000_000]), rng.choice([0, 7, 4_000_000]))
    status = os.lstat(path)
    if not stat.S_ISLNK(status.st_mode):
        os.chmod(path, rng.choice([0o644, 0o755, 0o4755, 0o2711, 0o1777, 0o000, 0o600]))
    if stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode):
        if rng.random() < 0.3:
            os.setxattr(path, "user." + rng.choice(["a", "b", "é", "a b"]), rng.randbytes(rng.choice([1, 200])))
        if stat.S_ISREG(status.st_mode) and rng.random() < 0.2:
            os.setxattr(path, "security.capability", bytes.fromhex("0100000200200000000000000000000000000000"))


def edit(rng, root):
    for _ in range(rng.randint(3, 12)):
        everything = paths(root)
        folders = [root] + [path for path, is_dir in everything if is_dir]
        choice = rng.randrange(10)
        if choice < 6:
            path = os.path.join(rng.choice(folders), rng.choice(NAMES))
            if len(os.path.relpath(path, root)) > 1000:
                continue
            remove(path)
            make(rng, root, path)
            if os.path.lexists(path):
                dress(rng, path)
        elif everything:
            path, is_dir = rng.choice(everything)
            if choice == 6:
                remove(path)
            elif choice == 7 and not is_dir:
                remove(path)
                os.mkdir(path)
            elif choice == 8 and is_dir:
                remove(path)
                with open(path, "w") as f:
                    f.write("was a folder")
            else:
                dress(rng, path)


def set_times(rng, root):
    """Of what was touched just now; folders last, as what is in them changes their times."""
    for path in [path for path, _ in reversed(paths(root))] + [root]:
        if os.lstat(path).st_mtime > 1_700_000_000 or rng.random() < 0.1:
            when = BOOT_TIME + rng.randrange(100_000_000)
            os.utime(path, (when, when), follow_symlinks=False)


def main():
    root, rng = sys.argv[1], random.Random(int(sys.argv[2]))
    edit(rng, root)
    set_times(rng, root)


main()
