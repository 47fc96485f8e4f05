#!/usr/bin/env python3
"""What `oci` costs beside its peers: paired runs, medians of ratios.

    bench.py --oci PROGRAM [--skopeo P] [--umoci P] [--crun P] [--crun-old P] [--runc P] [--rounds N] [--only NAME] [--check]

In each round every program does the same thing once, in random order; a round gives one ratio for each peer (ours / theirs),
and what counts is the median of the rounds. CPU is user and system time of the program and all it waited for (wait4). A peer
that is not there is left out. --check fails when a median is over its limit. Must be root for containers.
"""
import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys

import start_case
import transfer_case
import unpack_case


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


def programs(args, *names):
    return {name: path for name in names if (path := shutil.which(getattr(args, name) or " "))}


def version_case(args):
    return Case("--version", {n: (lambda p=p: [p, "--version"]) for n, p in programs(args, "oci", "skopeo").items()},
                {"skopeo": 0.25})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--oci", required=True)
    for peer in ("skopeo", "umoci", "crun", "runc"):
        parser.add_argument(f"--{peer}", default=os.environ.get(peer.upper(), peer))
    parser.add_argument("--crun-old", default=os.environ.get("CRUN_OLD", ""), help="a second crun: Debian's beside the newest")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--only", choices=["version", "transfer", "unpack", *start_case.CASES])
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
    if args.only is None or args.only in start_case.CASES:
        over += start_case.run(args)
    print(*(["", "over the limit:"] + over if over else [""]), sep="\n")
    sys.exit(1 if over and args.check else 0)


main()
