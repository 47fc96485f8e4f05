#!/usr/bin/env python3
"""Each defence of docs/security.md, switched off: the test that attacks it has to fail then.

    mutants.py check TREE              each text that is exchanged still stands in the source, once
    mutants.py run TREE [NAME…]        builds a copy of TREE with each in turn and runs its test (minutes; root)
"""
import os
import shutil
import subprocess
import sys
import tempfile

# test, what is switched off, [(file, text, text instead)…]
LINKS_LEAD_ANYWHERE = [
    ("runtime/init/paths.cc", "RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve", "resolve"),
    ("runtime/init/paths.cc", "  struct open_how how = {};\n",
     "  while (*path == '/') ++path;\n  if (*path == 0) path = \".\";\n  struct open_how how = {};\n")]

MUTANTS = [
    ("security/exec_looked_at", "init may be looked into", [
        ("runtime/init/main.cc", "  sys(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);\n", "")]),
    ("security/own_program", "init's memory file is not sealed", [
        ("runtime/init_program.cc", "if (fcntl(file.get(), F_ADD_SEALS, seals) < 0)", "if (seals < 0)")]),
    ("security/mount_in_proc", "mounts may be inside of /proc", [
        ("runtime/init/mounts.cc", "if ((m.flags & may_be_in_proc) == 0 &&", "if ((m.flags & may_be_in_proc) == 0xffffffff &&"),
        ("runtime/plan_rootfs.cc", "  if (is_beneath(to.path, \"/proc\") &&\n", "  if (to.path.empty() &&\n")]),
    ("security/proc_is_link", "the destination of proc may be a link", [
        ("runtime/init/mounts.cc", "if ((m.flags & mount_plain_destination) != 0) {", "if (m.flags == 0xffffffff) {")]),
    ("security/mount_through_link", "links of the image lead where they say", LINKS_LEAD_ANYWHERE),
    ("security/dev_is_link", "links of the image lead where they say", LINKS_LEAD_ANYWHERE),
    ("runtime/cgroup_devices", "devices are allowed that nobody names", [
        ("runtime/cgroup_devices.cc", "  DevicePolicy policy;\n", "  DevicePolicy policy{true, {}};\n")]),
    ("security/mount_race", "links of the image lead where they say", LINKS_LEAD_ANYWHERE),
    ("security/long_config", "a length of 16 bits", [
        ("runtime/plan_builder.cc", "    data_.append(item.c_str(), item.size() + 1);\n", "    data_.append(item.c_str(), item.size() & 0xffff);\n    data_.push_back('\\0');\n")]),
    ("security/inheritable", "exec's capabilities are inheritable", [
        ("cli/verb_exec.cc", "&capabilities.permitted}) add(*set);", "&capabilities.permitted, &capabilities.inheritable}) add(*set);")]),
    ("security/exec_user", "a number may be followed by anything", [
        ("cli/verb_exec.cc", "parse_number(\"--user\", text.substr(0, colon), 0, max_id)", "std::strtoul(text.c_str(), nullptr, 10)")]),
    ("security/groups", "the caller's groups are kept", [
        ("runtime/init/process.cc", "result = sys(__NR_setgroups, step.d, in.data(step.c));", "result = 0;")]),
    ("security/cgroup_readonly", "only the folder that holds the cgroups is read-only", [
        ("runtime/plan_rootfs.cc", "    step.flags = mount_bind | mount_may_miss | mount_fresh;\n", "    step.flags = mount_bind | mount_may_miss | mount_fresh;\n    step.set &= ~std::uint64_t{MOUNT_ATTR_RDONLY};\n")]),
    ("security/leaked_descriptors", "the caller's descriptors stay open, and the working folder may be anywhere", [
        ("runtime/init/main.cc", "  close_foreign(in);\n", ""),
        ("runtime/plan_process.cc", "  out.add({.op = Op::close_internal});\n", ""),
        ("runtime/init/process.cc", "if (result < 0 || name[0] != '/') {", "if (result < 0) {")]),
    ("security/masked_null", "the image's /dev/null is the mask", [
        ("runtime/init/mounts.cc", "  long result = in.null_device < 0 ? in.null_device : file_kind(in.null_device, &mode, &major, &minor);\n",
         "  in.null_device = static_cast<int>(sys(__NR_openat, in.root, \"dev/null\", O_PATH | O_CLOEXEC, 0));\n  long result = in.null_device < 0 ? in.null_device : file_kind(in.null_device, &mode, &major, &minor);\n"),
        ("runtime/init/mounts.cc", "  if ((mode & S_IFMT) != S_IFCHR || major != 1 || minor != 3) return -ENODEV;\n", ""),
        ("runtime/init/devices.cc", "return same ? 0 : -EEXIST;", "return same ? 0 : static_cast<int>(mode & 0);")]),
    ("security/console", "the console is made through links", [
        ("runtime/init/devices.cc", "  long fd = sys(__NR_openat, folder, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0644);\n",
         "  long fd = sys(__NR_openat, folder, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);\n"),
        ("runtime/init/devices.cc", "result = -ELOOP;", "result = 0;")]),
    ("security/proc_writes", "the container's /proc is written to", [
        ("runtime/init/namespaces.cc", "  long fd = sys(__NR_openat2, in.fd(fd_proc), path, &how, sizeof how);\n",
         "  char full[300];\n  join(full, sizeof full, \"/proc/\", path);\n  how.resolve = 0;\n  long fd = sys(__NR_openat2, current_folder, full, &how, sizeof how);\n"),
        ("runtime/init/namespaces.cc", "if (file_system_magic(static_cast<int>(fd)) != PROC_SUPER_MAGIC) {", "if (fd < 0) {")]),
    ("specgen/hostile_images", "labels that runtimes obey become annotations", [
        ("specgen/annotations.cc", "    if (is_obeyed(key))\n", "    if (is_obeyed(key) && key.empty())\n")]),
    ("security/state_folder", "state is open to others", [
        ("runtime/state_folder.cc", "sys::mkdirat(folder.root_.get(), id, 0700)", "sys::mkdirat(folder.root_.get(), id, 0777)")]),
    ("security/no_abstract_sockets", "the start socket has an abstract name", [
        ("runtime/start_socket.cc", "  cat(\"/proc/self/fd/\", folder, \"/\", start_socket).copy(address.sun_path, sizeof address.sun_path - 1);\n",
         "  cat(\"oci\", folder, start_socket).copy(address.sun_path + 1, sizeof address.sun_path - 2);\n")]),
    ("security/exec_memory", "output is taken that nobody reads", [
        ("runtime/terminal_relay.cc", "  const bool reads_output = output_.open && output_.empty();\n",
         "  const bool reads_output = output_.open;\n"),
        ("runtime/terminal_relay.cc", "(entries[2].revents & ~POLLOUT) != 0 && output_.empty()", "(entries[2].revents & ~POLLOUT) != 0"),
        ("runtime/terminal_relay.cc", "void TerminalRelay::read_output() { read_into(output_, master_.get()); }",
         "void TerminalRelay::read_output() {\n  static std::string kept;\n  read_into(output_, master_.get());\n  kept.append(output_.bytes.data(), output_.end);\n}")]),
    ("security/names", "any id is taken", [
        ("runtime/verbs.cc", "if (id.empty() || id.size() > NAME_MAX || id.front() == '.' || !std::all_of(id.begin(), id.end(), allowed))",
         "if (id.empty() && !std::all_of(id.begin(), id.end(), allowed))")]),
    ("runtime/reused_pid", "a process is known by its number alone", [
        ("runtime/process_identity.cc", "if (!same || has_ended(pidfd->get())) return Fd();", "if ((!same && pid < 0) || has_ended(pidfd->get())) return Fd();")]),
    ("runtime/killed_anywhere", "cgroups are made before they are written down", [
        ("runtime/creation.cc", "  folder_->store_first_config(config_text_);\n  folder_->store(record_);\n", "  folder_->store_first_config(config_text_);\n")]),
]


def check(tree):
    wrong = 0
    for test, off, changes in MUTANTS:
        for file, old, _ in changes:
            with open(os.path.join(tree, file)) as source:
                found = source.read().count(old)
            if found != 1:
                print(f"mutants.py: {test} ({off}): {found} times in {file}: {old.strip()!r}")
                wrong = 1
        if not os.path.exists(os.path.join(tree, "tests/e2e", test + ".sh")):
            print(f"mutants.py: there is no tests/e2e/{test}.sh")
            wrong = 1
    return wrong


def build(copy, *targets):
    command = ["cmake", "--build", "build/release", "--target", *targets]
    return subprocess.run(command, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_fails(copy, test):
    """None where the test is skipped."""
    environment = {**os.environ, "OCI": os.path.join(copy, "build/release/oci")}
    status = subprocess.run(["bash", f"tests/e2e/{test}.sh"], cwd=copy, env=environment, stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    return None if status == 77 else status != 0


def try_mutant(copy, mutant):
    test, off, changes = mutant
    before = {}
    for file, old, new in changes:
        path = os.path.join(copy, file)
        with open(path) as source:
            text = source.read()
        before.setdefault(path, text)
        with open(path, "w") as target:
            target.write(text.replace(old, new))
    built = build(copy, *(["oci"] if test.startswith(("runtime/", "security/")) else ["oci", "oci-image"]))
    if built.returncode != 0:
        print(built.stdout[-2000:])
    fails = built.returncode == 0 and test_fails(copy, test)
    for path, text in before.items():
        with open(path, "w") as target:
            target.write(text)
    word = {True: "fails", False: "PASSES STILL", None: "is skipped"}[fails]
    print(f"{test} {word}: {off}", flush=True)
    return fails is False


def run(tree, names):
    with tempfile.TemporaryDirectory() as copy:
        files = subprocess.run(["git", "ls-files", "-z"], cwd=tree, stdout=subprocess.PIPE, check=True).stdout
        for name in filter(None, files.decode().split("\0")):
            os.makedirs(os.path.join(copy, os.path.dirname(name)), exist_ok=True)
            shutil.copy2(os.path.join(tree, name), os.path.join(copy, name), follow_symlinks=False)
        subprocess.run(["cmake", "--preset", "release", "-DCMAKE_INTERPROCEDURAL_OPTIMIZATION=OFF"], cwd=copy, stdout=subprocess.DEVNULL, check=True)
        build(copy, "oci", "oci-image").check_returncode()
        chosen = [m for m in MUTANTS if not names or m[0] in names]
        return max([try_mutant(copy, mutant) for mutant in chosen], default=True)


if __name__ == "__main__":
    verb, tree, *names = sys.argv[1:]
    sys.exit(check(tree) if verb == "check" else run(os.path.abspath(tree), names))
