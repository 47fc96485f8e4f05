// Why a program could not be found or executed, looked up once it has failed: as its user, in its root. What is said
// here helps a person; nothing depends on it. What is opened may be anything, so nothing is waited for.
#include "runtime/init/init.h"

#include <asm/errno.h>
#include <linux/elf.h>
#include <linux/fcntl.h>
#include <linux/stat.h>

namespace init {

namespace {

constexpr size_t header_size = 4096;
constexpr unsigned most_names = 20000; // looked at, in all folders together
constexpr size_t longest_compared = 64;

struct Explanation {
  ExplanationMessage message = {};
  size_t size = 0; // of the text

  void because(Reason reason, const char* text = "", uint32_t number = 0) {
    message.head.detail = static_cast<uint32_t>(reason);
    message.head.number = number;
    size = length(text) < sizeof message.text ? length(text) : sizeof message.text - 1;
    memcpy(message.text, text, size);
  }
};

bool there(const char* path) {
  struct statx status = {};
  return sys(__NR_statx, current_folder, path, 0, STATX_TYPE, &status) == 0;
}

bool is_executable(const char* path) {
  constexpr int executable = 1; // X_OK
  return sys(__NR_faccessat, current_folder, path, executable) == 0;
}

bool on_noexec_mount(const char* path) {
  struct {
    uint64_t type, block_size, counts[5];
    int id[2];
    uint64_t name_length, fragment_size, flags, spare[4];
  } status = {};
  constexpr uint64_t noexec = 8; // ST_NOEXEC
  return sys(__NR_statfs, path, &status) == 0 && (status.flags & noexec) != 0;
}

// The first bytes of a regular file; -errno, or their number.
long read_start(const char* path, char* into, size_t size) {
  const long fd = sys(__NR_openat, current_folder, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return fd;
  const long read = sys(__NR_pread64, fd, into, size, 0);
  close(fd);
  return read;
}

// "#! /bin/sh -e": what the kernel takes as the interpreter.
void explain_script(Explanation& out, char* text, size_t size) {
  size_t from = 2;
  while (from < size && (text[from] == ' ' || text[from] == '\t')) ++from;
  size_t to = from;
  while (to < size && text[to] != ' ' && text[to] != '\t' && text[to] != '\n' && text[to] != 0) ++to;
  text[to < size ? to : size - 1] = 0;
  if (text[from] == 0) return out.because(Reason::no_interpreter_named);
  if (!there(text + from)) return out.because(Reason::interpreter_missing, text + from);
  if (!is_executable(text + from)) out.because(Reason::interpreter_not_executable, text + from);
}

#if defined(__x86_64__)
constexpr uint16_t our_machine = EM_X86_64;
#else
constexpr uint16_t our_machine = EM_AARCH64;
#endif

uint16_t little(const unsigned char* at) { return static_cast<uint16_t>(at[0] | at[1] << 8); }
uint16_t big(const unsigned char* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }

// The loader that a 64-bit program of this machine asks for.
void explain_loader(Explanation& out, const char* path, const char* start, size_t size) {
  Elf64_Ehdr header;
  if (size < sizeof header) return;
  memcpy(&header, start, sizeof header);
  for (unsigned i = 0; i < header.e_phnum && i < 64; ++i) {
    Elf64_Phdr part;
    const uint64_t at = header.e_phoff + i * sizeof part;
    if (header.e_phoff > size || at + sizeof part > size) return;
    memcpy(&part, start + at, sizeof part);
    if (part.p_type != PT_INTERP) continue;
    char loader[256] = {};
    const long fd = sys(__NR_openat, current_folder, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return;
    sys(__NR_pread64, fd, loader, sizeof loader - 1, part.p_offset);
    close(fd);
    if (!there(loader)) out.because(Reason::loader_missing, loader);
    return;
  }
}

void explain_elf(Explanation& out, const char* path, const char* start, size_t size) {
  constexpr size_t class_at = 4, order_at = 5, machine_at = 18;
  const auto* bytes = reinterpret_cast<const unsigned char*>(start);
  if (size < 20) return out.because(Reason::cut_short);
  const uint16_t machine = bytes[order_at] == 2 ? big(bytes + machine_at) : little(bytes + machine_at);
  if (machine != our_machine) return out.because(Reason::other_machine, "", machine);
  if (bytes[class_at] == 2) explain_loader(out, path, start, size);
}

void explain_program(Explanation& out, const char* path, long error) {
  static char start[header_size + 1];
  if (error == -EACCES && on_noexec_mount(path)) return out.because(Reason::noexec_mount, path);
  const long size = read_start(path, start, header_size);
  if (size < 0) return;
  if (size == 0) return out.because(Reason::empty);
  if (start[0] == '#' && start[1] == '!') return explain_script(out, start, static_cast<size_t>(size) + 1);
  if (starts_with(start, "\177ELF")) return explain_elf(out, path, start, static_cast<size_t>(size));
  if (error == -ENOEXEC) out.because(Reason::no_program);
}

// Of words up to longest_compared; insertions, deletions, replacements and swaps of neighbours cost 1.
unsigned edit_distance(const char* a, size_t a_size, const char* b, size_t b_size) {
  static uint8_t rows[3][longest_compared + 1];
  for (size_t j = 0; j <= b_size; ++j) rows[0][j] = static_cast<uint8_t>(j);
  for (size_t i = 1; i <= a_size; ++i) {
    uint8_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *above_that = rows[(i + 1) % 3];
    row[0] = static_cast<uint8_t>(i);
    for (size_t j = 1; j <= b_size; ++j) {
      unsigned best = above[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
      if (above[j] + 1U < best) best = above[j] + 1U;
      if (row[j - 1] + 1U < best) best = row[j - 1] + 1U;
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && above_that[j - 2] + 1U < best)
        best = above_that[j - 2] + 1U;
      row[j] = static_cast<uint8_t>(best);
    }
  }
  return rows[a_size % 3][b_size];
}

// The executable whose name is nearest to `name`, over all folders looked at.
struct Nearest {
  const char* name;
  size_t size;
  unsigned distance; // anything at least as far is no near miss
  unsigned looked_at = 0;
  char path[512] = {};

  explicit Nearest(const char* wanted) : name(wanted), size(length(wanted)) {
    distance = static_cast<unsigned>(size / 3 + 1);
    distance = (distance < 3 ? distance : 3) + 1;
  }

  void consider(const char* folder, const char* candidate) {
    const size_t candidate_size = length(candidate);
    if (size > longest_compared || candidate_size > longest_compared) return;
    if (candidate_size > size + distance || size > candidate_size + distance) return;
    const unsigned found = edit_distance(name, size, candidate, candidate_size);
    const size_t longer = candidate_size > size ? candidate_size : size;
    char found_path[sizeof path];
    if (found >= distance || found >= longer) return;
    if (!join(found_path, sizeof found_path, folder, "/", candidate) || !is_executable(found_path)) return;
    memcpy(path, found_path, sizeof path);
    distance = found;
  }

  void look_in(const char* folder) {
    static char entries[8192] __attribute__((aligned(8)));
    const long fd = sys(__NR_openat, current_folder, folder, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return;
    long size_read;
    while (looked_at < most_names && (size_read = sys(__NR_getdents64, fd, entries, sizeof entries)) > 0)
      for (long at = 0; at < size_read; ++looked_at) {
        // struct linux_dirent64: inode, offset (8 each), record length (2), type (1), name.
        const uint16_t record = little(reinterpret_cast<unsigned char*>(entries + at + 16));
        const char* candidate = entries + at + 19;
        if (candidate[0] != '.') consider(folder, candidate);
        at += record;
      }
    close(fd);
  }
};

// The next folder of a list like PATH; false at its end.
bool next_folder(const char** list, char* into, size_t size) {
  if (**list == 0) return false;
  size_t used = 0;
  for (; **list != 0 && **list != ':'; ++*list)
    if (used < size - 1) into[used++] = **list;
  into[used] = 0;
  if (**list == ':') ++*list;
  return true;
}

void explain_not_in_path(Explanation& out, const char* name, const char* path) {
  char folder[longest_path / 2], candidate[longest_path];
  const char* usual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  const char* at = path;
  while (next_folder(&at, folder, sizeof folder))
    if (join(candidate, sizeof candidate, folder, "/", name) && there(candidate))
      return out.because(Reason::in_path_not_executable, candidate);
  at = usual;
  while (next_folder(&at, folder, sizeof folder))
    if (join(candidate, sizeof candidate, folder, "/", name) && is_executable(candidate))
      return out.because(*path == 0 ? Reason::path_is_empty : Reason::outside_of_path, candidate);
  Nearest nearest(name);
  at = path;
  while (next_folder(&at, folder, sizeof folder)) nearest.look_in(folder);
  if (nearest.path[0] != 0) out.because(Reason::near_miss, nearest.path);
}

void explain_missing(Explanation& out, const char* path) {
  char folder[longest_path];
  const char* name = path;
  for (const char* at = path; *at != 0; ++at)
    if (*at == '/') name = at + 1;
  const auto folder_size = static_cast<size_t>(name - path);
  if (folder_size >= sizeof folder || *name == 0) return;
  memcpy(folder, path, folder_size);
  folder[folder_size > 1 ? folder_size - 1 : folder_size] = 0;
  if (!there(folder)) return out.because(Reason::folder_missing, folder);
  Nearest nearest(name);
  nearest.look_in(folder);
  if (nearest.path[0] != 0)
    out.because(Reason::near_miss, nearest.path[0] == '/' && nearest.path[1] == '/' ? nearest.path + 1 : nearest.path);
}

} // namespace

void explain(Init& in, const PlanStep& step, long error) {
  Explanation out;
  const char* name = in.list(step.a)[0];
  if (step.op == Op::execute) {
    explain_program(out, in.program, error);
  } else if (in.detail == static_cast<uint32_t>(Detail::not_in_path)) {
    if (*name != 0) explain_not_in_path(out, name, search_path(in.list(step.b)));
  } else if (in.detail == static_cast<uint32_t>(Detail::missing)) {
    explain_missing(out, name);
  } else if (in.detail == static_cast<uint32_t>(Detail::no_permission) && on_noexec_mount(name)) {
    out.because(Reason::noexec_mount, name);
  }
  if (out.message.head.detail == 0) return;
  out.message.head.kind = Sync::explanation;
  sys(__NR_write, in.report, &out.message, sizeof out.message.head + out.size);
}

} // namespace init
