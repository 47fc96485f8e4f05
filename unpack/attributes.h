// Owner, mode, extended attributes and times of what a layer makes. In that order: a change of owner takes the setuid
// bits and capabilities away, and everything changes times.
#pragma once

#include "base/error.h"
#include "unpack/member.h"
#include "unpack/unpack.h"

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci::unpack {

// What the extractor may not do itself and has done for it (protocol.h). Calls may come from several threads.
class XattrHelper {
public:
  virtual ~XattrHelper() = default;
  // `fd` may be O_PATH.
  virtual Result<void> set_xattr(int fd, const Xattr& xattr) = 0;
  virtual Result<void> clear_xattrs(int fd) = 0;
};

struct Attributes {
  mode_t mode = 0;
  std::uint32_t uid = 0, gid = 0;
  timespec atime{}, mtime{};
  std::vector<Xattr> xattrs; // as the rules below leave them
};

// Names as they are stored: integrity labels of another system are left out, overlay's own are escaped (as the kernel
// does it for nested overlays), so that no layer can steer an overlay mount that it becomes part of.
std::vector<Xattr> storable_xattrs(std::vector<Xattr> xattrs, const Options& options);

class AttributeSetter {
public:
  // `reachable` is what this process's user namespace has (own_maps). `warn` gets each warning once; from any thread.
  AttributeSetter(XattrHelper& helper, const Ids& ids, UserMaps reachable,
                  std::function<void(const std::string&)> warn);

  // From the image's owner to who can be it here. Where that is not possible it is the caller, and the image's is kept
  // in an attribute (if `can_keep`: only files and folders have such). Throws for what the maps leave out.
  void place_owner(Attributes& attributes, bool can_keep);
  // No device can be made: by rule, or as the kernel refuses it in a user namespace.
  bool makes_no_devices() const { return ids_.rootless; }
  bool in_user_namespace() const { return in_user_namespace_; }
  // The caller has no right to overrule modes: folders stay open to us until finish_folder.
  bool defers_modes() const { return ids_.rootless; }

  // A file or folder that was just made, as the caller, with `mode` less its setuid, setgid and sticky bits.
  void apply_to_new(int fd, const Attributes& attributes);
  // A folder that was there. Its old attributes go.
  void apply_to_existing(int fd, const Attributes& attributes);
  // Something just made that cannot be opened: a link (whose mode means nothing), a FIFO, a device.
  void apply_by_name(int folder, const std::string& name, bool is_link, const Attributes& attributes);

  // The last that is done to a folder.
  void finish_folder(int fd, const Attributes& attributes);

  // Something had the setgid bit: owner and mode may be inherited from now on, so they are always set.
  void expect_inheritance() { inheritance_ = true; }

private:
  bool owner_differs(const Attributes& attributes) const;
  void set_xattrs(int fd, const Attributes& attributes);
  void set_xattr(int fd, const Xattr& xattr, bool by_helper);
  void clear_xattrs(int fd);

  void keep_owner(Attributes& attributes, bool can_keep);
  std::optional<std::uint32_t> host_id(const IdMap& map, const IdMap& reachable, std::uint32_t id,
                                       const char* what) const;

  XattrHelper& helper_;
  Ids ids_;
  UserMaps reachable_;
  bool in_user_namespace_;
  std::function<void(const std::string&)> warn_;
  std::uint32_t own_uid_, own_gid_;
  std::atomic<bool> inheritance_ = false;
  std::atomic<bool> helper_was_used_ = false;
  std::atomic<bool> warned_ = false;
  bool told_of_owners_ = false;
};

} // namespace oci::unpack
