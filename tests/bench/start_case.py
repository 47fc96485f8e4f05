"""What starting a container costs: CPU of run, create+start+delete, exec and state, the first run of all, and memory.

Beside crun and runc, and for `run` beside bare.c: the same namespaces, mounts, cgroups and filter by hand, nothing else.
"""
import contextlib
import glob
import json
import os
import random
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CGROUPS = "/sys/fs/cgroup"
HUGETLB = f"{CGROUPS}/hugetlb"
CASES = ["run", "create", "exec", "state", "first", "memory"]


def measure(commands, cwd):
    """CPU seconds of the commands and all they waited for; anything but status 0 ends the bench."""
    cpu = 0.0
    for command in commands:
        with tempfile.TemporaryFile() as errors: # a pipe would be held open by a container that goes on
            process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                errors.seek(0)
                sys.exit(f"{' '.join(command)}: status {process.returncode}: {errors.read().decode(errors='replace')}")
        cpu += usage.ru_utime + usage.ru_stime
    return cpu


@contextlib.contextmanager
def hugetlb_on_v1():
    """crun wants every controller on cgroup v1 or every one on v2; moved for the time of the bench."""
    if os.path.exists(f"{CGROUPS}/cgroup.controllers") or os.path.ismount(HUGETLB):
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


@contextlib.contextmanager
def state_folder():
    """On a tmpfs, as /run is where containers are run."""
    folder = tempfile.mkdtemp(prefix="oci-bench.", dir="/run")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=711", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
        os.rmdir(folder)


def make_bundle(oci, scratch):
    """What docker would give its runtime for `busybox true`: our own unpack writes it, seccomp profile and all."""
    rootfs = os.path.join(scratch, "rootfs")
    for name in ("bin", "dev", "etc", "proc", "sys", "tmp"):
        os.makedirs(os.path.join(rootfs, name))
    busybox = shutil.which("busybox") or sys.exit("no busybox")
    for name in ("true", "sleep"):
        shutil.copy(busybox, os.path.join(rootfs, "bin", name))
    layout = os.path.join(scratch, "layout")
    subprocess.run([sys.executable, os.path.join(HERE, "../tools/make_image.py"), f"{layout}:latest", "--layer", rootfs,
                    "--cmd", "/bin/true"], check=True, stdout=subprocess.DEVNULL)
    store = ["--store", os.path.join(scratch, "store")]
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": scratch}
    subprocess.run([oci, *store, "pull", f"oci:{layout}:latest"], **quiet)
    subprocess.run([oci, *store, "unpack"], **quiet)
    bundle = os.path.join(scratch, "bundle")
    write_config(bundle, "config.json", ["/bin/true"])
    write_config(bundle, "sleep.json", ["/bin/sleep", "1000"])
    return bundle


def write_config(bundle, name, arguments):
    with open(os.path.join(bundle, "config.json")) as f:
        config = json.load(f)
    config["process"].update(terminal=False, args=arguments)
    with open(os.path.join(bundle, name), "w") as f:
        json.dump(config, f)


def crun_limits(path):
    """Of `run`: Debian 12's crun 1.8 compiles its filter each time, newer ones keep it."""
    version = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"crun version (\d+)\.(\d+)", version)
    old = found is not None and (int(found[1]), int(found[2])) < (1, 10)
    return 0.35 if old else 0.65


class Bench:
    def __init__(self, args, scratch, state, bundle):
        self.args, self.scratch, self.state, self.bundle = args, scratch, state, bundle
        self.number = iter(range(10**9))
        self.over = []
        self.peers = {}
        for name in ("oci", "crun", "crun_old", "runc"):
            if path := shutil.which(getattr(args, name) or " "):
                self.peers[name] = path

    def command(self, name, *words):
        return [self.peers[name], "--root", f"{self.state}/{name}", *words]

    def new_id(self):
        return f"bench{os.getpid()}-{next(self.number)}"

    def paired(self, title, commands, limits, rounds=None):
        for make in commands.values():
            for _ in range(2):
                measure(make(), self.bundle)
        samples = {name: [] for name in commands}
        for _ in range(rounds or self.args.rounds):
            for name in random.sample(list(commands), len(commands)):
                samples[name].append(measure(commands[name](), self.bundle))
        self.report(title, samples, limits, 1000, "ms CPU")

    def report(self, title, samples, limits, scale, unit):
        print(f"\n{title}: {len(samples['oci'])} paired rounds")
        for name, runs in samples.items():
            line = f"  {name:8} {statistics.median(runs) * scale:8.2f} {unit}"
            if name != "oci":
                ratio = statistics.median(a / b for a, b in zip(samples["oci"], runs))
                limit = limits.get(name)
                line += f"   oci / {name} {ratio:5.2f}" + (f" (limit {limit})" if limit else "")
                if limit and ratio > limit:
                    self.over.append(f"{title}: {ratio:.2f} of {name}, limit {limit}")
            print(line)

    def below_crun(self):
        return {name: 1.0 for name in self.peers if name != "oci"}

    def bare_command(self):
        program = os.path.join(self.scratch, "bare")
        if not os.path.exists(program):
            build = ["cc", "-O2", "-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-o", program]
            subprocess.run([*build, os.path.join(HERE, "bare.c")], check=True)
            # The filter that our own first run left: length of the key, key, flags, filter.
            with open(glob.glob(f"{self.state}/oci/.seccomp/*")[0], "rb") as f:
                text = f.read()
            with open(f"{self.scratch}/filter", "wb") as f:
                f.write(text[8 + struct.unpack_from("<Q", text)[0] + 8:])
        identity = self.new_id()
        return [[program, f"{self.bundle}/rootfs", f"{self.scratch}/filter",
                 *(f"{name}:{folder}/{identity}" for name, folder in own_cgroups())]]

    def run(self):
        commands = {n: (lambda n=n: [self.command(n, "run", "-b", self.bundle, self.new_id())]) for n in self.peers}
        for _ in range(2): # so that there is a filter
            measure(commands["oci"](), self.bundle)
        limits = {"runc": 0.15, "bare": 1.5}
        limits |= {name: crun_limits(path) for name, path in self.peers.items() if name.startswith("crun")}
        if os.uname().machine == "x86_64" and not os.path.exists(f"{CGROUPS}/cgroup.controllers"):
            commands["bare"] = self.bare_command
        self.paired("run /bin/true", commands, limits)

    def create(self):
        def commands(name):
            identity = self.new_id()
            return [self.command(name, "create", "-b", self.bundle, identity), self.command(name, "start", identity),
                    self.command(name, "delete", "--force", identity)]
        self.paired("create, start, delete", {n: (lambda n=n: commands(n)) for n in self.peers}, self.below_crun())

    @contextlib.contextmanager
    def sleeping(self):
        """A running container of each; yields their ids."""
        with sleep_config(self.bundle):
            ids = {}
            try:
                for name in self.peers:
                    identity = self.new_id()
                    measure([self.command(name, "run", "-d", "-b", self.bundle, identity)], self.bundle)
                    ids[name] = identity
                yield ids
            finally:
                for name, identity in ids.items():
                    measure([self.command(name, "delete", "--force", identity)], self.bundle)

    def exec(self):
        with self.sleeping() as ids:
            self.paired("exec /bin/true", {n: (lambda n=n: [self.command(n, "exec", ids[n], "/bin/true")]) for n in ids},
                        self.below_crun())

    def first(self):
        def command(name):
            shutil.rmtree(f"{self.state}/{name}/.seccomp", ignore_errors=True)
            shutil.rmtree(f"{self.state}/{name}/.cache", ignore_errors=True)
            return [self.command(name, "run", "-b", self.bundle, self.new_id())]
        self.paired("run /bin/true, filter not compiled yet", {n: (lambda n=n: command(n)) for n in self.peers},
                    {"runc": 1.0})

    def state_(self):
        with self.sleeping() as ids:
            self.paired("state", {n: (lambda n=n: [self.command(n, "state", ids[n])]) for n in ids}, self.below_crun())

    def memory(self):
        """Peak resident memory (VmHWM) of the runtime beside a running container, and of init before it executes."""
        runtime = {name: [] for name in self.peers}
        init = {name: [] for name in self.peers}
        with sleep_config(self.bundle):
            for _ in range(5):
                for name in self.peers:
                    runtime[name].append(self.peak_of_run(name))
                    init[name].append(self.peak_of_init(name))
        self.report("peak memory of the runtime while the container runs", runtime, self.below_crun(), 1, "KiB")
        self.report("peak memory of init before exec", init, self.below_crun(), 1, "KiB")

    def pid_of(self, name, identity):
        found = subprocess.run(self.command(name, "state", identity), capture_output=True, text=True)
        state = json.loads(found.stdout) if found.returncode == 0 else {}
        return state.get("pid", 0), state.get("status", "")

    def peak_of_run(self, name):
        identity = self.new_id()
        process = subprocess.Popen(self.command(name, "run", "-b", self.bundle, identity), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 20
            while self.pid_of(name, identity)[1] != "running":
                if process.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"{name} run: no container came to run")
                time.sleep(0.02)
            return peak(process.pid)
        finally:
            measure([self.command(name, "kill", identity, "KILL")], self.bundle)
            process.wait() # and it has removed the container

    def peak_of_init(self, name):
        identity = self.new_id()
        measure([self.command(name, "create", "-b", self.bundle, identity)], self.bundle)
        try:
            return peak(self.pid_of(name, identity)[0])
        finally:
            measure([self.command(name, "delete", "--force", identity)], self.bundle)


def peak(pid):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(r"VmHWM:\s+(\d+)", f.read())[1])


@contextlib.contextmanager
def sleep_config(bundle):
    """crun and runc know no other name for a bundle's config."""
    config, sleep, saved = (os.path.join(bundle, n) for n in ("config.json", "sleep.json", "true.json"))
    os.rename(config, saved)
    shutil.copy(sleep, config)
    try:
        yield
    finally:
        os.rename(saved, config)


def own_cgroups():
    """(hierarchy, our own cgroup's folder) of cgroup v1."""
    own = {}
    with open("/proc/self/cgroup") as f:
        for line in f:
            _, controllers, path = line.strip().split(":", 2)
            own[controllers.removeprefix("name=") or "unified"] = path.rstrip("/")
    for name in sorted(os.listdir(CGROUPS)):
        if name in own and os.path.ismount(f"{CGROUPS}/{name}"):
            folder = f"{CGROUPS}/{name}{own[name]}"
            yield name, folder if os.path.isdir(folder) else f"{CGROUPS}/{name}"


def run(args):
    """All cases, or the one asked for; what is over its limit."""
    with tempfile.TemporaryDirectory(prefix="oci-bench.") as scratch, hugetlb_on_v1() as crun_works, state_folder() as state:
        if not crun_works:
            args.crun = args.crun_old = ""
        bench = Bench(args, scratch, state, make_bundle(args.oci, scratch))
        for name in CASES:
            if args.only in (None, name):
                getattr(bench, "state_" if name == "state" else name)()
        return bench.over
