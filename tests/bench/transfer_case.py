"""Moving images without unpacking them: a pull from a registry on loopback, and copies between a layout and an archive, beside
skopeo, on a tmpfs. CPU and wall time, medians of paired rounds."""
import os
import random
import shutil
import statistics
import subprocess
import sys

from unpack_case import measure, registry, tmpfs

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = 7
# Of skopeo's CPU time. A pull is the kernel's copies (80 %) and SHA-256 for both of us: there is little more to win.
LIMITS = {"pull": 0.9, "archive to layout": 0.6, "layout to archive": 0.6}
LAYERS, LAYER_BYTES = 4, 30 << 20


def make_layout(scratch):
    layout, layers = os.path.join(scratch, "image"), []
    for number in range(LAYERS):
        folder = os.path.join(scratch, f"layer{number}")
        os.mkdir(folder)
        with open(os.path.join(folder, "noise"), "wb") as f:
            f.write(random.Random(number).randbytes(LAYER_BYTES))
        layers += ["--layer", folder]
    command = [sys.executable, os.path.join(HERE, "../tools/make_image.py"), f"{layout}:latest", *layers, "--cmd", "true"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return layout


def cases(args, layout, archive, address):
    """What each program is called with, by case; in a folder of its own."""
    oci, skopeo = [args.oci], [args.skopeo, "copy", "-q", "--insecure-policy"]
    name = f"{address}/bench:latest"
    return {
        "pull": ([*oci, "--store", "store", "pull", "-q", name], [*skopeo, "--src-tls-verify=false", f"docker://{name}", "oci:store:latest"]),
        "archive to layout": ([*oci, "copy", "-q", f"oci-archive:{archive}:latest", "oci:out:latest"],
                              [*skopeo, f"oci-archive:{archive}:latest", "oci:out:latest"]),
        "layout to archive": ([*oci, "copy", "-q", f"oci:{layout}:latest", "oci-archive:out.tar:latest"],
                              [*skopeo, f"oci:{layout}:latest", "oci-archive:out.tar:latest"]),
    }


def run_in_new_folder(command, scratch):
    folder = os.path.join(scratch, "run")
    os.mkdir(folder)
    try:
        return measure([command], folder)
    finally:
        shutil.rmtree(folder)


def compare(name, ours, theirs, rounds, scratch):
    """Prints the case; returns what is over its limit."""
    for command in (ours, theirs):
        run_in_new_folder(command, scratch)  # warms up
    pairs = []
    for _ in range(rounds):
        both = {who: None for who in random.sample(["oci", "skopeo"], 2)}
        for who in both:
            both[who] = run_in_new_folder(ours if who == "oci" else theirs, scratch)
        pairs.append((both["oci"], both["skopeo"]))
    ratios = [statistics.median(a[i] / b[i] for a, b in pairs) for i in range(2)]
    print(f"\n{name}, {LAYERS * LAYER_BYTES >> 20} MiB: {rounds} paired rounds")
    for column, who in enumerate(("oci", "skopeo")):
        cpu, wall = (statistics.median(pair[column][i] for pair in pairs) for i in range(2))
        print(f"  {who:8} {cpu:6.3f} s CPU {wall:6.3f} s wall")
    limit = LIMITS[name]
    print(f"  oci / skopeo: CPU {ratios[0]:.2f} (limit {limit}), wall {ratios[1]:.2f}")
    return [f"{name}: {ratios[0]:.2f} of skopeo's CPU time, limit {limit}"] if ratios[0] > limit else []


def run(args):
    """Prints the cases; returns what is over its limit."""
    if not shutil.which(args.skopeo or " "):
        return []
    over = []
    with tmpfs() as scratch:
        layout = make_layout(scratch)
        archive = os.path.join(scratch, "image.tar")
        subprocess.run([args.oci, "copy", "-q", f"oci:{layout}:latest", f"oci-archive:{archive}:latest"], check=True,
                       stdout=subprocess.DEVNULL)
        with registry(layout) as address:
            for name, (ours, theirs) in cases(args, layout, archive, address).items():
                over += compare(name, ours, theirs, min(args.rounds, ROUNDS), scratch)
    return over
