#!/usr/bin/env python3
"""Lets each system call of a command fail in turn, and looks at what the command then says and leaves behind.

    fail_calls.py OCI ROOT BUNDLE ID COMMAND ERROR [--children] [--only CALL]...

ERROR is the name of an error number, or KILL: then the process is killed at that call. COMMAND is run, create, exec or delete (of a container that is there). With --children the calls of init are meant, else the
runtime's own. After each: an end within 30 s that is no crash; success, or a message and a status; no state, cgroup or process
of ID, unless the call that failed was one that removes; and `delete --force` takes away what is there then.
"""
import argparse
import collections
import os
import re
import subprocess
import sys

# What libc does before main, and what ends a process.
LEFT_OUT = {"brk", "futex", "mprotect", "execve", "exit_group", "exit", "arch_prctl", "set_tid_address", "set_robust_list", "rseq", "rt_sigreturn", "restart_syscall"}
REMOVES = {"rmdir", "unlinkat", "unlink", "umount2", "openat", "getdents64", "fchmod", "close", "newfstatat", "fstat", "read", "poll",
           "flock", "statfs", "access", "faccessat2", "pidfd_send_signal", "waitid", "kill", "pidfd_open", "write", "fcntl", "lseek"}

parser = argparse.ArgumentParser()
for word in ("oci", "root", "bundle", "id", "command", "error"):
    parser.add_argument(word)
parser.add_argument("--children", action="store_true")
parser.add_argument("--only", action="append")
options = parser.parse_args()
base = [options.oci, "--root", options.root]


class Done:
    def __init__(self, status, stderr):
        self.returncode, self.stderr = status, stderr


def oci(*words, prefix=()):
    """Its messages go to a file: a container that stays holds a pipe open."""
    with open(f"{options.root}.stderr", "w+b") as messages:
        status = subprocess.run([*prefix, *base, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=messages,
                                timeout=30).returncode
        messages.seek(0)
        return Done(status, messages.read().decode(errors="replace"))


def must(*words):
    done = oci(*words)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: status {done.returncode}: {done.stderr}")


def command_line():
    return {"run": ["run", "-b", options.bundle, options.id], "create": ["create", "-b", options.bundle, options.id],
            "exec": ["exec", options.id, "true"], "delete": ["delete", "--force", options.id]}[options.command]


def prepare():
    if options.command in ("exec", "delete") and not os.path.exists(f"{options.root}/{options.id}"):
        must("run", "-d", "-b", f"{options.bundle}-sleeps", options.id)


def cgroups():
    found = []
    for folder, names, _ in os.walk("/sys/fs/cgroup"):
        found += [f"{folder}/{name}" for name in names if name == options.id]
        names[:] = [name for name in names if name != options.id]
    return found


def processes():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cgroup") as file:
                if f"/{options.id}\n" in file.read():
                    found.append(pid)
        except OSError:
            pass
    return found


def left():
    state = [f"{options.root}/{options.id}"] if os.path.exists(f"{options.root}/{options.id}") else []
    return state + cgroups() + [f"process {pid}" for pid in processes()]


def clean():
    try:
        done = oci("delete", "--force", options.id)
    except subprocess.TimeoutExpired:
        return "delete --force does not end"
    rest = left()
    if done.returncode != 0 or rest:
        return f"delete --force: status {done.returncode}, {done.stderr.strip()!r}, left: {rest}"
    return None


def calls():
    """How often each call is made by the process that makes it most."""
    trace = f"{options.root}.trace"
    prepare()
    oci(*command_line(), prefix=["strace", *(["-f"] if options.children else []), "-qq", "-o", trace])
    counts = collections.defaultdict(collections.Counter)
    first = None
    with open(trace, errors="replace") as file:
        for line in file:
            found = re.match(r"(\d+ +|)([a-z_0-9]+)\(", line)
            if found:
                first = first or found[1] or "only"
                counts[found[1] or "only"][found[2]] += 1
    most = collections.Counter()
    for pid, names in counts.items():
        if (pid == first) != options.children:
            for name, count in names.items():
                most[name] = max(most[name], count)
    return {name: count for name, count in most.items() if name not in LEFT_OUT}


def try_one(name, number):
    prepare()
    how = "signal=KILL" if options.error == "KILL" else f"error={options.error}"
    inject = ["strace", "-qq", "-o", "/dev/null", "-e", f"trace={name}", "-e", f"inject={name}:{how}:when={number}"]
    if options.children:
        inject.insert(1, "-f")
    try:
        done = oci(*command_line(), prefix=inject)
    except subprocess.TimeoutExpired:
        clean()
        return "does not end"
    if options.error == "KILL":
        return clean()
    if done.returncode < 0 or done.returncode in (132, 134, 135, 136, 139):
        clean()
        return f"crash, status {done.returncode}: {done.stderr.strip()[-200:]!r}"
    if done.returncode != 0 and not done.stderr.strip():
        clean()
        return f"status {done.returncode} without a word"
    rest = left()
    wanted = done.returncode == 0 and options.command != "run" and options.command != "delete" or options.command == "exec"
    if rest and not wanted and name not in REMOVES:
        clean()
        return f"status {done.returncode}, {done.stderr.strip()[-200:]!r}, left: {rest}"
    if options.command == "exec" and len(processes()) > 1 and done.returncode != 0:
        extra = processes()
        clean()
        return f"status {done.returncode}: its process is left: {extra}"
    if options.command == "exec" and done.returncode == 0:
        return None
    return clean()


wrong = tried = 0
for call, times in sorted(calls().items()):
    if options.only and call not in options.only:
        continue
    for number in range(1, times + 1):
        tried += 1
        fault = try_one(call, number)
        if fault:
            wrong += 1
            print(f"{options.command}{' (init)' if options.children else ''}: {call} {number}: {options.error}: {fault}", flush=True)
clean()
print(f"{options.command}{' (init)' if options.children else ''}: {tried} failures tried, {wrong} wrong")
sys.exit(1 if wrong else 0)
