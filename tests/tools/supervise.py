#!/usr/bin/env python3
"""Runs one end-to-end test and looks whether it left anything behind.

    supervise.py SCRIPT [ARG...]

The test gets a scratch folder of its own (OCI_TEST_SCRATCH, beneath $OCI_TEST_TMP, else $TMPDIR, else /tmp) and an id
(OCI_TEST_ID) that the names of its containers begin with. This process is a subreaper: whatever the test starts, however
it detaches itself, ends up as our child. When the test is over, processes, mounts, cgroups and container state that are
still there fail it, and are removed. Exit status: the test's own; 1 when it passed but left something; 124 on a timeout.
"""
import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
MNT_DETACH = 2
libc = ctypes.CDLL(None, use_errno=True)


def children():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as f:
                state, parent = f.read().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == os.getpid() and state != "Z":
            found.append(int(pid))
    return found


def describe(pid):
    try:
        with open(f"/proc/{pid}/cmdline") as f:
            return f"{pid} ({f.read().replace(chr(0), ' ').strip()[:120]})"
    except OSError:
        return str(pid)


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def wait_for_test(pid, timeout):
    """Its exit status, -N for signal N. Reaps the test's orphans meanwhile: a pid namespace ends only when all its dead
    are reaped."""
    def expire(*_):
        raise TimeoutError
    signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, timeout)
    try:
        while True:
            ended, status = os.waitpid(-1, 0)
            if ended == pid:
                return os.waitstatus_to_exitcode(status)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def left_processes():
    """Those still there after a moment: what was just killed may be on its way out."""
    deadline = time.monotonic() + 1
    while True:
        reap()
        found = children()
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.02)


def kill_processes():
    deadline = time.monotonic() + 10
    while (found := children()) and time.monotonic() < deadline:
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.02)
        reap()


def left_mounts(scratch):
    with open("/proc/self/mountinfo") as f:
        points = [line.split()[4].encode().decode("unicode_escape") for line in f]
    return [p for p in points if p == scratch or p.startswith(scratch + "/")]


def left_cgroups(test_id):
    found = []
    for top, names, _ in os.walk("/sys/fs/cgroup"):
        found += [os.path.join(top, n) for n in names if test_id in n]
    return found


def thaw(folder):
    for name, value in (("freezer.state", "THAWED"), ("cgroup.freeze", "0")):
        try:
            with open(os.path.join(folder, name), "w") as f:
                f.write(value)
        except OSError:
            pass


def remove_cgroup(folder):
    for top, names, _ in os.walk(folder, topdown=False):
        for _ in range(50):
            try:
                os.rmdir(top)
                break
            except OSError:
                time.sleep(0.02)


def clean(scratch, test_id):
    """Removes what is left; returns it, one line each."""
    left = [f"process {describe(pid)}" for pid in left_processes()]
    mounts = left_mounts(scratch)
    left += [f"mount {point}" for point in mounts]
    cgroups = left_cgroups(test_id)
    left += [f"cgroup {folder}" for folder in cgroups]
    state = os.path.join(scratch, "run")
    left += [f"container state {name}" for name in (os.listdir(state) if os.path.isdir(state) else [])
             if os.path.isdir(os.path.join(state, name)) and not name.startswith(".")]
    for folder in cgroups:
        thaw(folder)
    kill_processes()
    for point in reversed(mounts):
        libc.umount2(os.fsencode(point), MNT_DETACH)
    for folder in cgroups:
        remove_cgroup(folder)
    shutil.rmtree(scratch, ignore_errors=True)
    if os.path.lexists(scratch):
        subprocess.run(["chattr", "-R", "-i", "-a", scratch], stderr=subprocess.DEVNULL)
        subprocess.run(["rm", "-rf", scratch])
    return left


def die_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def main():
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    parent = os.environ.get("OCI_TEST_TMP") or os.environ.get("TMPDIR") or "/tmp"
    scratch = os.path.realpath(tempfile.mkdtemp(prefix="oci-test.", dir=parent))
    os.chmod(scratch, 0o755)
    test_id = "t" + secrets.token_hex(4)
    env = dict(os.environ, OCI_TEST_SCRATCH=scratch, OCI_TEST_ID=test_id)
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda number, _: sys.exit(128 + number))
    status = 1
    try:
        test = subprocess.Popen(["bash", *sys.argv[1:]], env=env, preexec_fn=die_with_parent)
        try:
            status = test.returncode = wait_for_test(test.pid, float(os.environ.get("OCI_TEST_TIMEOUT", "120")))
        except TimeoutError:
            print("timed out; still running:", *map(describe, children()), file=sys.stderr)
            status = 124
    finally:
        left = clean(scratch, test_id)
    if status < 0:
        status = 128 - status
    if status in (0, 77) and left:
        print("left behind:", *left, sep="\n  ", file=sys.stderr)
        status = 1
    sys.exit(status)


main()
