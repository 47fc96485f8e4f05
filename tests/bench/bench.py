#!/usr/bin/env python3
"""What `oci` costs beside its peers: paired runs, medians of ratios.

    bench.py --oci PROGRAM [--skopeo P] [--umoci P] [--crun P] [--runc P] [--rounds N] [--only NAME] [--check]

In each round every program does the same thing once, in random order; a round gives one ratio for each peer (ours / theirs),
and what counts is the median of the rounds. CPU is user and system time of the program and all it waited for (wait4). A peer
that is not there is left out. --check fails when a median is over its limit. Must be root for containers.
"""
import argparse
import contextlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile

import transfer_case
import unpack_case

HERE = os.path.dirname(os.path.abspath(__file__))
HUGETLB = "/sys/fs/cgroup/hugetlb"


def measure(command, cwd):
    """CPU seconds of one run; anything but status 0 ends the bench."""
    process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    text = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: status {process.returncode}: {text.decode(errors='replace')}")
    return usage.ru_utime + usage.ru_stime


class Case:
    def __init__(self, name, commands, limits, cwd="/"):
        self.name, self.commands, self.limits, self.cwd = name, commands, limits, cwd

    def run(self, rounds):
        for command in self.commands.values():
            for _ in range(2):
                measure(command(), self.cwd)
        samples = {name: [] for name in self.commands}
        for _ in range(rounds):
            for name in random.sample(list(self.commands), len(self.commands)):
                samples[name].append(measure(self.commands[name](), self.cwd))
        return samples


def report(case, samples):
    """Prints the case; returns what is over its limit."""
    over = []
    print(f"\n{case.name}: {len(samples['oci'])} paired rounds")
    for name, runs in samples.items():
        line = f"  {name:8} {statistics.median(runs) * 1000:8.2f} ms CPU"
        if name != "oci":
            ratio = statistics.median(a / b for a, b in zip(samples["oci"], runs))
            limit = case.limits.get(name)
            line += f"   oci / {name} {ratio:5.2f}" + (f" (limit {limit})" if limit else "")
            if limit and ratio > limit:
                over.append(f"{case.name}: {ratio:.2f} of {name}'s CPU time, limit {limit}")
        print(line)
    return over


@contextlib.contextmanager
def hugetlb_on_v1():
    """crun wants every controller on cgroup v1 or every one on v2; moved for the time of the bench."""
    if os.path.exists("/sys/fs/cgroup/cgroup.controllers") or os.path.ismount(HUGETLB):
        yield True
        return
    os.makedirs(HUGETLB, exist_ok=True)
    try:
        mounted = subprocess.run(["mount", "-t", "cgroup", "-o", "hugetlb", "none", HUGETLB]).returncode == 0
        yield mounted
        if mounted:
            subprocess.run(["umount", HUGETLB], check=True)
    finally:
        with contextlib.suppress(OSError): # somebody else may have come to use it
            os.rmdir(HUGETLB)


def make_bundle(oci, scratch):
    """What docker would give its runtime for `busybox true`: our own unpack writes it, seccomp profile and all."""
    rootfs = os.path.join(scratch, "rootfs")
    for name in ("bin", "dev", "etc", "proc", "sys", "tmp"):
        os.makedirs(os.path.join(rootfs, name))
    shutil.copy(shutil.which("busybox") or sys.exit("no busybox"), os.path.join(rootfs, "bin/true"))
    layout = os.path.join(scratch, "layout")
    subprocess.run([sys.executable, os.path.join(HERE, "../tools/make_image.py"), f"{layout}:latest", "--layer", rootfs,
                    "--cmd", "/bin/true"], check=True, stdout=subprocess.DEVNULL)
    store = ["--store", os.path.join(scratch, "store")]
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": scratch}
    subprocess.run([oci, *store, "pull", f"oci:{layout}:latest"], **quiet)
    subprocess.run([oci, *store, "unpack"], **quiet)
    bundle = os.path.join(scratch, "bundle")
    with open(os.path.join(bundle, "config.json")) as f:
        config = json.load(f)
    config["process"]["terminal"] = False
    with open(os.path.join(bundle, "config.json"), "w") as f:
        json.dump(config, f)
    return bundle


def programs(args, *names):
    return {name: path for name in names if (path := shutil.which(getattr(args, name) or " "))}


def version_case(args):
    return Case("--version", {n: (lambda p=p: [p, "--version"]) for n, p in programs(args, "oci", "skopeo").items()},
                {"skopeo": 0.25})


def run_case(args, scratch):
    state = tempfile.mkdtemp(prefix="oci-bench.", dir="/run")
    bundle = make_bundle(args.oci, scratch)
    number = iter(range(10**9))

    def command(name, path):
        return lambda: [path, "--root", f"{state}/{name}", "run", "-b", bundle, f"bench{next(number)}"]

    found = programs(args, "oci", "crun", "runc")
    return Case("run /bin/true", {n: command(n, p) for n, p in found.items()}, {"crun": 1.0, "runc": 1.0}, bundle), state


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--oci", required=True)
    for peer in ("skopeo", "umoci", "crun", "runc"):
        parser.add_argument(f"--{peer}", default=os.environ.get(peer.upper(), peer))
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--only", choices=["version", "run", "transfer", "unpack"])
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    args.oci = os.path.abspath(args.oci)
    over = []
    if args.only in (None, "version"):
        case = version_case(args)
        over += report(case, case.run(args.rounds))
    if args.only in (None, "transfer"):
        over += transfer_case.run(args)
    if args.only in (None, "unpack"):
        over += unpack_case.run(args)
    if args.only in (None, "run"):
        with tempfile.TemporaryDirectory(prefix="oci-bench.") as scratch, hugetlb_on_v1() as crun_works:
            if not crun_works:
                args.crun = ""
            case, state = run_case(args, scratch)
            try:
                over += report(case, case.run(args.rounds))
            finally:
                shutil.rmtree(state)
    print(*(["", "over the limit:"] + over if over else [""]), sep="\n")
    sys.exit(1 if over and args.check else 0)


main()
