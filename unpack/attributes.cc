#include "unpack/attributes.h"

#include "base/sys.h"
#include "base/text.h"
#include "unpack/kept_owner.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utility>

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

bool is_whole(const IdMap& map) {
  return map.empty() || (map.size() == 1 && map[0].inside == 0 && map[0].outside == 0 && map[0].size == UINT32_MAX);
}

// A capability of the initial namespace's root means nothing in a user namespace: there it has to name whose root it is
// for (capabilities(7), version 3).
void root_capability_in(Xattr& xattr, std::uint32_t root) {
  constexpr std::size_t version_2_bytes = 20;
  constexpr char version_2 = 2, version_3 = 3;
  if (xattr.name != "security.capability" || xattr.value.size() != version_2_bytes || xattr.value[3] != version_2)
    return;
  xattr.value[3] = version_3;
  for (unsigned shift = 0; shift < 32; shift += 8) xattr.value += static_cast<char>(root >> shift & 0xff);
}

void set_times(int fd, const char* name, const Attributes& attributes, int flags) {
  const timespec times[2] = {attributes.atime, attributes.mtime};
  check(sys::result_void(name ? ::utimensat(fd, name, times, flags) : ::futimens(fd, times)), "set times");
}

} // namespace

std::vector<Xattr> storable_xattrs(std::vector<Xattr> xattrs, const Options& options) {
  std::erase_if(xattrs, [&](const Xattr& xattr) {
    if (options.keep_labels && xattr.name.starts_with("security.")) return false;
    return std::find(left_out.begin(), left_out.end(), xattr.name) != left_out.end();
  });
  const Limits& limits = options.limits;
  for (Xattr& xattr : xattrs) {
    if (xattr.value.size() > limits.xattr_bytes)
      fail("extended attribute ", printable(xattr.name), " of ", xattr.value.size(), " bytes, at most ",
           limits.xattr_bytes, "; --max-xattr allows more");
    escape_overlay(xattr.name);
  }
  return xattrs;
}

AttributeSetter::AttributeSetter(XattrHelper& helper, const Ids& ids, UserMaps reachable,
                                 std::function<void(const std::string&)> warn)
    : helper_(helper), ids_(ids), reachable_(std::move(reachable)), in_user_namespace_(!is_whole(reachable_.uids)),
      warn_(std::move(warn)), own_uid_(::geteuid()), own_gid_(::getegid()) {}

std::optional<std::uint32_t> AttributeSetter::host_id(const IdMap& map, const IdMap& reachable, std::uint32_t id,
                                                      const char* what) const {
  std::optional<std::uint32_t> host = id;
  if (!ids_.user_namespace && !map.empty()) {
    host = map_out(map, id);
    if (!host) fail(what, " ", id, " is not in the mapping");
  }
  if (!reachable.empty() && !map_out(reachable, *host)) return std::nullopt;
  return host;
}

void AttributeSetter::place_owner(Attributes& attributes, bool can_keep) {
  if (ids_.rootless) return keep_owner(attributes, can_keep);
  const auto uid = host_id(ids_.uids, reachable_.uids, attributes.uid, "uid");
  const auto gid = host_id(ids_.gids, reachable_.gids, attributes.gid, "gid");
  if (!uid || !gid) return keep_owner(attributes, can_keep);
  attributes.uid = *uid;
  attributes.gid = *gid;
  if (!ids_.user_namespace && !ids_.uids.empty())
    for (Xattr& xattr : attributes.xattrs) root_capability_in(xattr, map_out(ids_.uids, 0).value_or(0));
}

void AttributeSetter::keep_owner(Attributes& attributes, bool can_keep) {
  if (attributes.uid != 0 || attributes.gid != 0) {
    if (can_keep) attributes.xattrs.push_back({kept_owner_name, encode_owner(attributes.uid, attributes.gid)});
    if (!std::exchange(told_of_owners_, true))
      warn_(cat("owners that cannot be set are kept in the attribute ", kept_owner_name));
  }
  attributes.uid = own_uid_;
  attributes.gid = own_gid_;
}

bool AttributeSetter::owner_differs(const Attributes& attributes) const {
  return inheritance_ || attributes.uid != own_uid_ || attributes.gid != own_gid_;
}

void AttributeSetter::apply_to_new(int fd, const Attributes& attributes) {
  if (owner_differs(attributes)) check(sys::fchown(fd, attributes.uid, attributes.gid), "set owner");
  if (ids_.rootless) { // a user's attribute takes the right to write
    set_xattrs(fd, attributes);
    check(sys::fchmod(fd, attributes.mode), "set mode");
    return set_times(fd, nullptr, attributes, 0);
  }
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

void AttributeSetter::finish_folder(int fd, const Attributes& attributes) {
  set_xattrs(fd, attributes);
  if (defers_modes()) check(sys::fchmod(fd, attributes.mode), "set mode");
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
