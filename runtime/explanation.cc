#include "runtime/explanation.h"

#include "base/text.h"

#include <array>
#include <cstddef>
#include <elf.h>
#include <poll.h>
#include <sys/socket.h>

namespace oci::runtime {

namespace {

// e_machine in the words of image platforms.
std::string machine_name(std::uint32_t machine) {
  static constexpr std::array<std::pair<std::uint32_t, const char*>, 11> names{{
      {EM_386, "386"},
      {EM_X86_64, "amd64"},
      {EM_ARM, "arm"},
      {EM_AARCH64, "arm64"},
      {EM_RISCV, "riscv64"},
      {EM_PPC64, "ppc64 or ppc64le"},
      {EM_S390, "s390x"},
      {EM_MIPS, "mips"},
      {EM_SPARCV9, "sparc64"},
      {EM_IA_64, "ia64"},
      {258, "loong64"}, // EM_LOONGARCH, newer than the header
  }};
  for (const auto& [number, name] : names)
    if (number == machine) return name;
  return cat("ELF machine ", machine);
}

#if defined(__x86_64__)
constexpr const char* our_machine = "amd64";
#else
constexpr const char* our_machine = "arm64";
#endif

std::string quoted(std::string_view text) { return cat('"', printable(text), '"'); }

std::string interpreter_missing(std::string_view name) {
  if (name.ends_with('\r'))
    return cat("its interpreter ", quoted(name),
               " is missing: the #! line ends with a carriage return; save the script with Unix line ends");
  return cat("its interpreter ", quoted(name), " is not in the container's root file system");
}

} // namespace

std::string explain(Reason reason, std::string_view text, std::uint32_t number) {
  switch (reason) {
  case Reason::none:
    break;
  case Reason::interpreter_missing:
    return interpreter_missing(text);
  case Reason::interpreter_not_executable:
    return cat("its interpreter ", quoted(text), " may not be executed");
  case Reason::no_interpreter_named:
    return "its #! line names no interpreter";
  case Reason::loader_missing:
    return cat("its loader ", quoted(text),
               " is not in the container's root file system: it was linked for another C library, or needs one");
  case Reason::other_machine:
    return cat("the program is for ", machine_name(number), ", this machine is ", our_machine);
  case Reason::cut_short:
    return "the program's file is cut short";
  case Reason::empty:
    return "the file is empty";
  case Reason::no_program:
    return "the file is neither a program nor a script that begins with #!";
  case Reason::noexec_mount:
    return cat(quoted(text), " lies on a mount with the option noexec");
  case Reason::in_path_not_executable:
    return cat(quoted(text), " is there, but is no file that this user may execute");
  case Reason::outside_of_path:
    return cat(quoted(text), " is there, but its directory is not in PATH");
  case Reason::path_is_empty:
    return cat(quoted(text), " is there, but PATH is not set");
  case Reason::near_miss:
    return cat("did you mean ", quoted(text), "?");
  case Reason::folder_missing:
    return cat("the directory ", quoted(text), " is missing already");
  }
  return "";
}

std::string hear_explanation(int socket) {
  constexpr int milliseconds = 1000;
  pollfd watched{socket, POLLIN, 0};
  if (poll(&watched, 1, milliseconds) <= 0) return "";
  ExplanationMessage message{};
  const ssize_t size = recv(socket, &message, sizeof message, MSG_DONTWAIT);
  if (size < static_cast<ssize_t>(sizeof message.head) || message.head.kind != Sync::explanation) return "";
  const std::string_view text(message.text, static_cast<std::size_t>(size) - sizeof message.head);
  const std::string why = explain(static_cast<Reason>(message.head.detail), text, message.head.number);
  return why.empty() ? "" : cat(": ", why);
}

} // namespace oci::runtime
