#include "runtime/init/init.h"

#include <asm/errno.h>
#include <asm/resource.h>
#include <linux/capability.h>
#include <linux/fcntl.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/prctl.h>
#include <linux/stat.h>

namespace init {

// So that a program of another user than the pipe's can open /dev/stderr again. Other files stay as they are.
long stdio_owner(uint32_t uid) {
  for (int fd = 0; fd < 3; ++fd) {
    uint32_t mode = 0;
    if (file_kind(fd, &mode) < 0 || (mode & S_IFMT) != S_IFIFO) continue;
    sys(__NR_fchown, fd, uid, -1);
  }
  return 0;
}

long bounding(uint64_t keep) {
  for (unsigned capability = 0; capability < 64; ++capability) {
    if ((keep >> capability & 1) != 0) continue;
    long result = sys(__NR_prctl, PR_CAPBSET_DROP, capability, 0, 0, 0);
    if (result == -EINVAL) return 0; // the kernel knows no more
    if (result < 0) return result;
  }
  return 0;
}

long user(Init& in, const PlanStep& step) {
  long result = sys(__NR_prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0);
  if (result >= 0) result = sys(__NR_setgroups, step.d, in.data(step.c));
  if (result == -EPERM && (step.flags & step_no_groups) != 0) result = 0;
  if (result >= 0) result = sys(__NR_setresgid, step.b, step.b, step.b);
  if (result >= 0) result = sys(__NR_setresuid, step.a, step.a, step.a);
  return result;
}

long capabilities(const PlanStep& step, bool ambient) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  for (int i = 0; i < 2; ++i) {
    data[i].effective = static_cast<uint32_t>(step.a >> (32 * i));
    data[i].permitted = static_cast<uint32_t>(step.b >> (32 * i));
    data[i].inheritable = static_cast<uint32_t>(step.c >> (32 * i));
  }
  long result = sys(__NR_capset, &header, data);
  if (!ambient || result < 0) return result;
  result = sys(__NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  for (unsigned capability = 0; capability < 64 && result >= 0; ++capability)
    if ((step.d >> capability & 1) != 0)
      result = sys(__NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
  return result;
}

// Entered, and then asked for: what lies outside of the root (a descriptor of ours by way of /proc/self/fd) has no
// name.
long working_folder(Init& in, const PlanStep& step) {
  static char name[longest_path];
  if ((step.flags & step_if_needed) != 0 && in.in_working_folder) return 0;
  long result = sys(__NR_chdir, in.text(step.s));
  if (result < 0) return result;
  result = sys(__NR_getcwd, name, sizeof name);
  if (result < 0 || name[0] != '/') {
    sys(__NR_chdir, "/");
    in.fails(0, Detail::unreachable);
    give_up(in, result < 0 ? result : -ENOENT);
  }
  in.in_working_folder = true;
  return 0;
}

namespace {

// The sixth field of the line whose third is the uid, read as a stream: lines may have any length.
struct PasswdReader {
  uint32_t wanted;
  int field = 0;
  uint64_t number = 0;
  bool is_number = true;
  char folder[longest_path / 4];
  size_t size = 0;

  bool take(char c) { // true: found
    if (c == '\n') {
      bool found = field >= 5 && is_number && number == wanted && size > 0 && size < sizeof folder;
      if (found) return folder[size] = 0, true;
      field = 0, number = 0, size = 0, is_number = true;
    } else if (c == ':') {
      ++field;
    } else if (field == 2) {
      is_number = is_number && c >= '0' && c <= '9' && number <= UINT32_MAX;
      number = number * 10 + static_cast<uint64_t>(c - '0');
    } else if (field == 5 && size < sizeof folder) {
      folder[size++] = c;
    }
    return false;
  }
};

bool home_from_passwd(Init&, PasswdReader& reader) {
  constexpr int blocks = 256; // 1 MiB
  static char block[4096];
  long fd = sys(__NR_openat, current_folder, "/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
  if (fd < 0) return false;
  uint32_t mode = 0;
  bool found = false;
  if (file_kind(static_cast<int>(fd), &mode) == 0 && (mode & S_IFMT) == S_IFREG) {
    long size = 1;
    for (int i = 0; i < blocks && size > 0 && !found; ++i) {
      size = sys(__NR_read, fd, block, sizeof block);
      for (long at = 0; at < size && !found; ++at) found = reader.take(block[at]);
    }
    if (!found && size == 0) found = reader.take('\n');
  }
  close(fd);
  return found;
}

} // namespace

long home(Init& in, const PlanStep& step) {
  static char variable[longest_path];
  static PasswdReader reader;
  reader.wanted = static_cast<uint32_t>(step.a);
  if (!join(variable, sizeof variable, "HOME=", home_from_passwd(in, reader) ? reader.folder : "/"))
    return -ENAMETOOLONG;
  char** environment = in.list(step.b);
  while (*environment != nullptr) ++environment;
  *environment = variable; // the plan has a second end behind
  return 0;
}

long rlimit(const PlanStep& step) {
  uint64_t limits[2] = {step.b, step.c};
  return sys(__NR_prlimit64, 0, step.a, limits, nullptr);
}

} // namespace init
