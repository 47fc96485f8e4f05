#include "unpack/attributes.h"

#include "base/sys.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace oci::unpack {

namespace {

constexpr mode_t special_bits = S_ISUID | S_ISGID | S_ISVTX;
constexpr std::array<std::string_view, 4> left_out = {"security.selinux", "security.ima", "security.evm",
                                                      "system.nfs4_acl"};
constexpr std::array<std::string_view, 2> overlay_prefixes = {"trusted.overlay.", "user.overlay."};

void escape_overlay(std::string& name) {
  for (std::string_view prefix : overlay_prefixes)
    if (name.starts_with(prefix)) name.insert(prefix.size(), "overlay.");
}

// Only an administrator of the whole system may set these; the extractor is none.
bool is_privileged(std::string_view name) {
  return name.starts_with("trusted.") || (name.starts_with("security.") && name != "security.capability");
}

void set_times(int fd, const char* name, const Attributes& attributes, int flags) {
  const timespec times[2] = {attributes.atime, attributes.mtime};
  check(sys::result_void(name ? ::utimensat(fd, name, times, flags) : ::futimens(fd, times)), "set times");
}

} // namespace

std::vector<Xattr> storable_xattrs(std::vector<Xattr> xattrs, const Limits& limits) {
  std::erase_if(xattrs, [](const Xattr& xattr) {
    return std::find(left_out.begin(), left_out.end(), xattr.name) != left_out.end();
  });
  for (Xattr& xattr : xattrs) {
    if (xattr.value.size() > limits.xattr_bytes)
      fail("extended attribute ", printable(xattr.name), " of ", xattr.value.size(), " bytes, at most ",
           limits.xattr_bytes);
    escape_overlay(xattr.name);
  }
  return xattrs;
}

AttributeSetter::AttributeSetter(XattrHelper& helper, std::function<void(const std::string&)> warn)
    : helper_(helper), warn_(std::move(warn)), own_uid_(::geteuid()), own_gid_(::getegid()) {}

bool AttributeSetter::owner_differs(const Attributes& attributes) const {
  return inheritance_ || attributes.uid != own_uid_ || attributes.gid != own_gid_;
}

void AttributeSetter::apply_to_new(int fd, const Attributes& attributes) {
  if (owner_differs(attributes)) check(sys::fchown(fd, attributes.uid, attributes.gid), "set owner");
  if (inheritance_ || (attributes.mode & special_bits) != 0) check(sys::fchmod(fd, attributes.mode), "set mode");
  set_xattrs(fd, attributes);
  set_times(fd, nullptr, attributes, 0);
}

void AttributeSetter::apply_to_existing(int fd, const Attributes& attributes) {
  check(sys::fchown(fd, attributes.uid, attributes.gid), "set owner");
  check(sys::fchmod(fd, attributes.mode), "set mode");
  clear_xattrs(fd);
  set_xattrs(fd, attributes);
}

void AttributeSetter::apply_by_name(int folder, const std::string& name, bool is_link, const Attributes& attributes) {
  if (owner_differs(attributes)) {
    int done = ::fchownat(folder, name.c_str(), attributes.uid, attributes.gid, AT_SYMLINK_NOFOLLOW);
    check(sys::result_void(done), "set owner");
  }
  if (!is_link && (inheritance_ || (attributes.mode & special_bits) != 0))
    check(sys::result_void(::fchmodat(folder, name.c_str(), attributes.mode, 0)), "set mode");
  if (!attributes.xattrs.empty()) {
    Fd thing = check(sys::openat(folder, name, O_PATH | O_NOFOLLOW), "open");
    for (const Xattr& xattr : attributes.xattrs) set_xattr(thing.get(), xattr, true);
  }
  set_times(folder, name.c_str(), attributes, AT_SYMLINK_NOFOLLOW);
}

void AttributeSetter::finish_folder(int fd, const std::vector<Xattr>& xattrs, const timespec& atime,
                                    const timespec& mtime) {
  Attributes attributes;
  attributes.xattrs = xattrs;
  attributes.atime = atime;
  attributes.mtime = mtime;
  set_xattrs(fd, attributes);
  set_times(fd, nullptr, attributes, 0);
}

void AttributeSetter::set_xattrs(int fd, const Attributes& attributes) {
  for (const Xattr& xattr : attributes.xattrs) set_xattr(fd, xattr, is_privileged(xattr.name));
}

void AttributeSetter::set_xattr(int fd, const Xattr& xattr, bool by_helper) {
  if (by_helper) helper_was_used_ = true;
  Result<void> done =
      by_helper ? helper_.set_xattr(fd, xattr)
                : sys::result_void(::fsetxattr(fd, xattr.name.c_str(), xattr.value.data(), xattr.value.size(), 0));
  if (done) return;
  std::string what = cat("set extended attribute ", printable(xattr.name));
  if (done.error() != ENOTSUP && done.error() != EPERM) fail_errno(done.error(), what);
  if (!warned_.exchange(true)) warn_(cat(what, ": ", errno_text(done.error().value), "; it and its like are left out"));
}

void AttributeSetter::clear_xattrs(int fd) {
  if (helper_was_used_) {
    check(helper_.clear_xattrs(fd), "clear extended attributes");
    return;
  }
  std::array<char, 65536> names;
  ssize_t size = ::flistxattr(fd, names.data(), names.size());
  for (ssize_t at = 0; at < size; at += static_cast<ssize_t>(std::string_view(names.data() + at).size()) + 1)
    (void)::fremovexattr(fd, names.data() + at); // what may not be removed (a label of the host's) stays
}

} // namespace oci::unpack
