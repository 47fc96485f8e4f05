// The store: an OCI layout any tool can read, with our own things under .oci/ (0700): partial/ containers/ tmp/ locks/.
// Lock order: store (shared by whoever uses or adds, exclusive by who removes), a digest's, the layout's index.
#pragma once

#include "spec/layout.h"
#include "spec/reference.h"

#include <optional>
#include <string>

namespace oci::spec {

class Store {
public:
  // --store, else $OCI_STORE (when trusted), else /var/lib/oci, for a user ~/.local/share/oci. `flag` is "" when not
  // given.
  static std::string locate(const std::string& flag);
  static Store open_or_create(const std::string& path);
  // nullopt when there is none yet.
  static std::optional<Store> open(const std::string& path);

  Layout& layout() { return layout_; }
  const Layout& layout() const { return layout_; }
  const std::string& path() const { return layout_.path(); }

  FileLock use() const;                          // shared: held while images are read or added
  FileLock exclusive() const;                    // held while blobs are removed
  std::optional<FileLock> try_exclusive() const; // nullopt when somebody uses it
  // Held while the blob is fetched; a waiter finds it there, or takes over from a holder that died.
  FileLock lock_digest(const Digest& digest) const;
  std::optional<FileLock> try_lock_digest(const Digest& digest) const; // nullopt when somebody else fetches it

  int partial() const { return partial_.get(); }
  int tmp() const { return tmp_.get(); }
  int state() const { return state_.get(); } // .oci itself
  int containers() const { return containers_.get(); }
  std::string container_path(const std::string& id) const;

  // The image pulled last, for `oci unpack` without a name. "" when none was.
  std::string last_reference() const;
  void set_last_reference(const std::string& ref);

private:
  Store(Layout layout, Fd state);
  Layout layout_;
  Fd state_, partial_, tmp_, containers_, locks_;
};

} // namespace oci::spec
