"""Random images beside a model of what their layers mean: property.py OCI WORK SEED. The model shares no code with us."""
import io
import itertools
import os
import random
import stat
import subprocess
import sys
import tarfile

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools")
NAMES = ["a", "b", "c"]
KINDS = ["file", "file", "dir", "link", "fifo", "hard", "hard", "whiteout", "whiteout", "opaque"]
serial = itertools.count()


def beneath(path, folder):
    return path.startswith(folder + "/")


def random_layer(rng, path, lower):
    """A tar of a few members, and the same as a list for the model."""
    steps, used = [], set()
    for _ in range(rng.randint(1, 8)):
        name = "/".join(rng.choice(NAMES) for _ in range(rng.randint(1, 3)))
        kind = rng.choice(KINDS)
        if kind != "opaque":
            if any(name == u or beneath(name, u) or beneath(u, name) for u in used):
                continue
            used.add(name)
        text = rng.randbytes(8).hex()
        if kind == "hard":
            files = sorted(p for p, node in lower.items() if node[0] in ("file", "fifo"))
            if not files:
                continue
            text = rng.choice(files)
        steps.append((kind, name, text))
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for kind, name, text in steps:
            member = tarfile.TarInfo(name)
            if kind == "dir":
                member.type, member.mode = tarfile.DIRTYPE, 0o755
            elif kind == "link":
                member.type, member.linkname = tarfile.SYMTYPE, "nowhere/" + text
            elif kind == "fifo":
                member.type = tarfile.FIFOTYPE
            elif kind == "hard":
                member.type, member.linkname = tarfile.LNKTYPE, text
            elif kind == "opaque":
                member.name = name + "/.wh..wh..opq"
            elif kind == "whiteout":
                head, _, leaf = name.rpartition("/")
                member.name = (head + "/" if head else "") + ".wh." + leaf
            else:
                member.size = len(text)
                member.pax_headers = {"SCHILY.xattr.user.x": text[:4]}
            tar.addfile(member, io.BytesIO(text.encode()) if kind == "file" else None)
    return steps


def model_apply(tree, steps):
    """A node is (kind, content, whose names are one file). False when the layer puts something beneath what is no folder,
    or links to what is not there: then it is no image of ours."""
    before, made = dict(tree), set()
    for kind, name, text in steps:
        parts = name.split("/")
        parents = ["/".join(parts[:i]) for i in range(1, len(parts))]
        if any(tree.get(p, ("dir",))[0] != "dir" for p in parents):
            return False
        if kind == "whiteout":
            for path in [p for p in before if p == name or beneath(p, name)]:
                tree.pop(path, None)
            continue
        if kind == "opaque":
            if tree.get(name, ("",))[0] == "dir" and name in before:
                for path in [p for p in before if beneath(p, name) and p in tree]:
                    if path not in made and not any(beneath(m, path) for m in made):
                        del tree[path]
            continue
        if kind == "hard" and tree.get(text, ("",))[0] not in ("file", "fifo"):
            return False
        node = tree[text] if kind == "hard" else ("dir",) if kind == "dir" else (kind, text, next(serial))
        if kind == "fifo":
            node = ("fifo", "", node[2])
        for p in parents:
            tree.setdefault(p, ("dir",))
        if kind != "dir" or tree.get(name, ("dir",))[0] != "dir":
            if kind == "hard" and tree.get(name) is node:
                made.add(name)
                continue
            for path in [p for p in tree if p == name or beneath(p, name)]:
                del tree[path]
            if kind == "hard" and text not in tree:
                return False
        tree[name] = node
        made.add(name)
    return True


def on_disk(root):
    tree = {}
    for folder, dirs, files in os.walk(root):
        for name in dirs + files:
            path = os.path.join(folder, name)
            key, status = os.path.relpath(path, root), os.lstat(path)
            if stat.S_ISLNK(status.st_mode):
                tree[key] = ("link", os.readlink(path).removeprefix("nowhere/"), status.st_ino)
            elif stat.S_ISDIR(status.st_mode):
                tree[key] = ("dir",)
            elif stat.S_ISFIFO(status.st_mode):
                tree[key] = ("fifo", "", status.st_ino)
            else:
                with open(path) as f:
                    text = f.read()
                marks = os.listxattr(path)
                assert not marks or os.getxattr(path, "user.x").decode() == text[:4], f"{path}: another's attribute"
                tree[key] = ("file", text, status.st_ino)
    return tree


def grouped(tree):
    """With the first of a file's names in the place of what makes them one."""
    first = {}
    for path in sorted(tree):
        if len(tree[path]) == 3:
            first.setdefault(tree[path][2], path)
    return {path: node if len(node) < 3 else (node[0], node[1], first[node[2]]) for path, node in tree.items()}


def edit(rng, root):
    for _ in range(rng.randint(1, 5)):
        path = os.path.join(root, "/".join(rng.choice(NAMES) for _ in range(rng.randint(1, 2))))
        subprocess.run(["rm", "-rf", path], check=True)
        if not os.path.lexists(os.path.dirname(path)):
            os.makedirs(os.path.dirname(path))
        if not os.path.isdir(os.path.dirname(path)) or os.path.islink(os.path.dirname(path)):
            continue
        choice = rng.randrange(5)
        others = [p for p, node in sorted(on_disk(root).items()) if node[0] == "file"]
        if choice == 0:
            with open(path, "w") as f:
                f.write(rng.randbytes(4).hex())
        elif choice == 1:
            os.mkdir(path)
        elif choice == 2 and others:
            os.link(os.path.join(root, rng.choice(others)), path)
        elif choice == 3:
            os.mkfifo(path)


def main():
    oci, work, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
    rng = random.Random(seed)
    os.makedirs(work)
    layout, tree, layers = os.path.join(work, "L"), {}, []
    while len(layers) < 4:
        path, attempt = os.path.join(work, f"{len(layers)}.tar"), dict(tree)
        if model_apply(attempt, random_layer(rng, path, tree)):
            tree = attempt
            layers.append(path)
    arguments = [word for path in layers for word in ("--layer", path)]
    subprocess.run([sys.executable, TOOLS + "/make_image.py", layout + ":a"] + arguments, check=True, stdout=subprocess.DEVNULL)

    def run(*words):
        subprocess.run([oci, *words], check=True, stdout=subprocess.DEVNULL)

    def same(one, other, what):
        one, other = grouped(one), grouped(other)
        differing = {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}
        assert not differing, f"seed {seed}: {what}: " + str([(p, one.get(p), other.get(p)) for p in sorted(differing)])

    run("unpack", "--image", layout + ":a", work + "/b")
    same(on_disk(work + "/b/rootfs"), tree, "unpack and the model differ")
    edit(rng, work + "/b/rootfs")
    run("repack", "--image", layout + ":b", work + "/b")
    run("unpack", "--image", layout + ":b", work + "/c")
    same(on_disk(work + "/b/rootfs"), on_disk(work + "/c/rootfs"), "repack loses something")
    run("export", "-q", f"oci:{layout}:b", work + "/b.tar")
    os.mkdir(work + "/d")
    subprocess.run(["tar", "-xf", work + "/b.tar", "-C", work + "/d"], check=True)
    same(on_disk(work + "/d"), on_disk(work + "/c/rootfs"), "export is not the rootfs")


main()
