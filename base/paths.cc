// The parts of files.h that are about names: lexical paths, and paths from the environment.
#include "base/files.h"
#include "base/sys.h"

#include <cstdlib>
#include <unistd.h>

namespace oci {

namespace {

std::string current_folder() {
  char* folder = ::getcwd(nullptr, 0);
  if (folder == nullptr) fail_errno(Errno{errno}, "find the current folder");
  std::string path = folder;
  std::free(folder);
  return path;
}

// Who asked: the user behind sudo, else our real user. nullopt when SUDO_UID makes no sense.
std::optional<uid_t> caller() {
  const char* sudo_uid = std::getenv("SUDO_UID");
  if (sudo_uid == nullptr || ::getuid() != 0) return ::getuid();
  std::optional<std::uint64_t> uid = parse_unsigned(sudo_uid);
  if (!uid || *uid >= UINT32_MAX) return std::nullopt;
  return static_cast<uid_t>(*uid);
}

bool is_privileged_for_somebody() {
  bool setuid = ::geteuid() != ::getuid() || ::getegid() != ::getgid();
  return setuid || (::geteuid() == 0 && std::getenv("SUDO_UID") != nullptr);
}

bool is_owned_by_root_or_caller(const struct stat& status) { return status.st_uid == 0 || status.st_uid == caller(); }

// The path itself; of one that does not exist yet, the folder in which it would be made, where nobody else may make it.
bool is_safe_path(const std::string& path) {
  Result<struct stat> status = sys::stat(path);
  if (status) return is_owned_by_root_or_caller(*status);
  for (std::string folder = absolute_path(path); !status && status.error() == ENOENT && folder != "/";) {
    folder = parent_path(folder);
    status = sys::stat(folder);
  }
  return status && is_owned_by_root_or_caller(*status) && (status->st_mode & S_IWOTH) == 0;
}

} // namespace

std::string absolute_path(std::string_view path) {
  if (path.starts_with('/')) return clean_path(path);
  return clean_path(cat(current_folder(), '/', path));
}

std::string clean_path(std::string_view path) {
  bool absolute = path.starts_with('/');
  std::vector<std::string> parts;
  for (std::string& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(std::move(part));
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!absolute) {
      parts.push_back(std::move(part));
    }
  }
  std::string joined = join(parts, "/");
  if (absolute) return cat('/', joined);
  return joined.empty() ? "." : joined;
}

std::string base_name(std::string_view path) {
  std::string clean = clean_path(path);
  if (clean == "/") return clean;
  return clean.substr(clean.rfind('/') + 1);
}

std::string parent_path(std::string_view path) {
  std::string clean = clean_path(path);
  if (clean == ".") return "..";
  if (clean == ".." || clean.ends_with("/..")) return clean + "/..";
  std::size_t slash = clean.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : clean.substr(0, slash);
}

std::string path_from_environment(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value == '\0') return {};
  if (is_privileged_for_somebody() && !is_safe_path(value)) return {};
  return value;
}

std::string big_temp_folder() {
  std::string folder = path_from_environment("TMPDIR");
  Result<struct stat> status = sys::stat(folder);
  return status && is_owned_by_root_or_caller(*status) ? folder : "/var/tmp";
}

} // namespace oci
