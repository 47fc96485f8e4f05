"""Pulling and unpacking: a three-layer image of 50 000 files from a registry on loopback onto a tmpfs, beside `skopeo copy
&& umoci unpack` and beside curl, igzip and tar in a pipe (pipeline.sh). CPU time of all processes, wall time, peak memory."""
import contextlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = 5
# CPU, wall
LIMITS = {"skopeo + umoci": (0.25, 0.3), "pipeline": (1.0, 1.0)}
PEAK_MIB = 96


@contextlib.contextmanager
def tmpfs():
    folder = subprocess.run(["mktemp", "-d", "/tmp/oci-bench.XXXXXX"], check=True, text=True, stdout=-1).stdout.strip()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4g", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
        os.rmdir(folder)


@contextlib.contextmanager
def registry(layout):
    command = [sys.executable, os.path.join(HERE, "../tools/registry.py"), "--layout", layout]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            yield server.stderr.readline().split()[-1]
        finally:
            server.kill()


def measure(commands, cwd):
    """CPU, wall and the largest process's memory in MiB of commands that follow each other."""
    cpu, peak, start = 0, 0, time.monotonic()
    for command in commands:
        process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        text = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)}: status {process.returncode}: {text.decode(errors='replace')}")
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss / 1024)
    return cpu, time.monotonic() - start, peak


def contenders(args, address):
    name = f"{address}/bench:latest"
    found = {"oci": [[args.oci, "--store", "store", "pull", "-q", "--unpack", name, "bundle"]]}
    if all(map(shutil.which, (args.skopeo, args.umoci))):
        found["skopeo + umoci"] = [
            [args.skopeo, "copy", "-q", "--insecure-policy", "--src-tls-verify=false", f"docker://{name}", "oci:layout:latest"],
            [args.umoci, "unpack", "--image", "layout:latest", "bundle"]]
    if all(map(shutil.which, ("curl", "igzip", "tar", "openssl"))):
        found["pipeline"] = [["bash", os.path.join(HERE, "pipeline.sh"), f"http://{address}/v2/bench", "latest", "rootfs"]]
    return found


def round_of(found, scratch):
    samples = {}
    for name in random.sample(list(found), len(found)):
        folder = os.path.join(scratch, "run")
        os.mkdir(folder)
        samples[name] = measure(found[name], folder)
        shutil.rmtree(folder)
    return samples


def report(rounds):
    over = []
    print(f"\npull and unpack, 160 MB of gzip, 50 000 files: {len(rounds)} paired rounds")
    for name in rounds[0]:
        cpu, wall, peak = (statistics.median(r[name][i] for r in rounds) for i in range(3))
        line = f"  {name:16} {cpu:6.2f} s CPU {wall:6.2f} s wall, largest process {peak:4.0f} MiB"
        if name == "oci" and peak > PEAK_MIB:
            over.append(f"pull and unpack: {peak:.0f} MiB of memory, limit {PEAK_MIB}")
        for i, kind in enumerate(("CPU", "wall")) if name != "oci" else ():
            ratio = statistics.median(r["oci"][i] / r[name][i] for r in rounds)
            limit = LIMITS[name][i]
            line += f"   {kind}: oci / {name} {ratio:.2f} (limit {limit})"
            if ratio > limit:
                over.append(f"pull and unpack: {ratio:.2f} of {name}'s {kind} time, limit {limit}")
        print(line)
    return over


def run(args):
    """Prints the case; returns what is over its limit."""
    with tmpfs() as scratch:
        layout = os.path.join(scratch, "image")
        subprocess.run([sys.executable, os.path.join(HERE, "big_image.py"), layout], check=True, stderr=subprocess.DEVNULL)
        with registry(layout) as address:
            found = contenders(args, address)
            round_of({"oci": found["oci"]}, scratch)  # warms up
            return report([round_of(found, scratch) for _ in range(min(args.rounds, ROUNDS))])
