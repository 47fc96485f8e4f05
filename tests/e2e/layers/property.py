"""Random images beside a model of what their layers mean: property.py OCI WORK SEED. The model shares no code with us."""
import io
import os
import random
import subprocess
import sys
import tarfile

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools")
NAMES = ["a", "b", "c"]


def random_layer(rng, path):
    """A tar of a few members, and the same as a list for the model."""
    steps, used = [], set()
    for _ in range(rng.randint(1, 6)):
        name = "/".join(rng.choice(NAMES) for _ in range(rng.randint(1, 3)))
        if any(name == u or name.startswith(u + "/") or u.startswith(name + "/") for u in used):
            continue
        used.add(name)
        steps.append((rng.choice(["file", "dir", "link", "whiteout"]), name, rng.randbytes(8).hex()))
    with tarfile.open(path, "w") as tar:
        for kind, name, text in steps:
            member = tarfile.TarInfo(name)
            if kind == "dir":
                member.type, member.mode = tarfile.DIRTYPE, 0o755
            elif kind == "link":
                member.type, member.linkname = tarfile.SYMTYPE, "nowhere/" + text
            elif kind == "whiteout":
                head, _, leaf = name.rpartition("/")
                member.name = (head + "/" if head else "") + ".wh." + leaf
            else:
                member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()) if kind == "file" else None)
    return steps


def model_apply(tree, steps):
    """False when the layer puts something beneath what is no folder: then it is no image of ours."""
    before = dict(tree)
    for kind, name, text in steps:
        parts = name.split("/")
        parents = ["/".join(parts[:i]) for i in range(1, len(parts))]
        if any(tree.get(p, ("dir",))[0] != "dir" for p in parents):
            return False
        if kind == "whiteout":
            for path in [p for p in before if p == name or p.startswith(name + "/")]:
                tree.pop(path, None)
            continue
        for p in parents:
            tree.setdefault(p, ("dir",))
        if kind != "dir" or tree.get(name, ("dir",))[0] != "dir":
            for path in [p for p in tree if p == name or p.startswith(name + "/")]:
                del tree[path]
        tree[name] = ("dir",) if kind == "dir" else (kind, text)
    return True


def on_disk(root):
    tree = {}
    for folder, dirs, files in os.walk(root):
        for name in dirs + files:
            path = os.path.join(folder, name)
            key = os.path.relpath(path, root)
            if os.path.islink(path):
                tree[key] = ("link", os.readlink(path).removeprefix("nowhere/"))
            elif os.path.isdir(path):
                tree[key] = ("dir",)
            else:
                with open(path) as f:
                    tree[key] = ("file", f.read())
    return tree


def edit(rng, root):
    for _ in range(rng.randint(1, 5)):
        path = os.path.join(root, "/".join(rng.choice(NAMES) for _ in range(rng.randint(1, 2))))
        subprocess.run(["rm", "-rf", path], check=True)
        if not os.path.lexists(os.path.dirname(path)):
            os.makedirs(os.path.dirname(path))
        if not os.path.isdir(os.path.dirname(path)) or os.path.islink(os.path.dirname(path)):
            continue
        choice = rng.randrange(3)
        if choice == 0:
            with open(path, "w") as f:
                f.write(rng.randbytes(4).hex())
        elif choice == 1:
            os.mkdir(path)


def main():
    oci, work, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
    rng = random.Random(seed)
    os.makedirs(work)
    layout, tree, layers = os.path.join(work, "L"), {}, []
    while len(layers) < 4:
        path, attempt = os.path.join(work, f"{len(layers)}.tar"), dict(tree)
        if model_apply(attempt, random_layer(rng, path)):
            tree = attempt
            layers.append(path)
    arguments = [word for path in layers for word in ("--layer", path)]
    subprocess.run([sys.executable, TOOLS + "/make_image.py", layout + ":a"] + arguments, check=True, stdout=subprocess.DEVNULL)

    def run(*words):
        subprocess.run([oci, *words], check=True, stdout=subprocess.DEVNULL)

    run("unpack", "--image", layout + ":a", work + "/b")
    assert on_disk(work + "/b/rootfs") == tree, f"seed {seed}: unpack and the model differ"
    edit(rng, work + "/b/rootfs")
    run("repack", "--image", layout + ":b", work + "/b")
    run("unpack", "--image", layout + ":b", work + "/c")
    assert on_disk(work + "/b/rootfs") == on_disk(work + "/c/rootfs"), f"seed {seed}: repack loses something"
    run("export", "-q", f"oci:{layout}:b", work + "/b.tar")
    os.mkdir(work + "/d")
    subprocess.run(["tar", "-xf", work + "/b.tar", "-C", work + "/d"], check=True)
    assert on_disk(work + "/d") == on_disk(work + "/c/rootfs"), f"seed {seed}: export is not the rootfs"


main()
