#include "cli/store_gc.h"

#include "base/error.h"
#include "base/log.h"
#include "base/sys.h"
#include "cli/left_containers.h"
#include "cli/stored_name.h"
#include "spec/reachable.h"
#include "spec/reference.h"

#include <algorithm>
#include <ctime>

namespace oci::cli {

namespace {

constexpr std::time_t part_is_old = 24 * 3600; // seconds
constexpr const char* records = ".oci/images";

using Reached = std::map<Digest, spec::Descriptor>;

std::optional<Digest> digest_in(std::string name) {
  const std::size_t dash = name.find('-');
  if (dash == std::string::npos) return std::nullopt;
  name[dash] = ':';
  return Digest::parse(name);
}

// Who may resume a download has a day for it.
void sweep_parts(const spec::Store& store, const StoreGc& what, Garbage& garbage) {
  for (const std::string& name : names_in(store.state(), "partial")) {
    const auto status = sys::fstatat(store.partial(), name);
    if (!status) continue;
    const auto digest = digest_in(name);
    const bool whole = digest && sys::fstatat(store.layout().fd(), store.layout().blob_path(*digest));
    const bool wanted = digest && !whole && status->st_mtime > std::time(nullptr) - part_is_old;
    if (wanted && !what.all_parts) continue;
    garbage.remove(store.partial(), name, static_cast<std::uint64_t>(status->st_size), cat("part ", printable(name)));
  }
}

void sweep_temporary(const spec::Store& store, Garbage& garbage) {
  for (const std::string& name : names_in(store.state(), "tmp")) {
    const std::uint64_t bytes = tree_bytes(store.tmp(), name);
    garbage.remove(store.tmp(), name, bytes, cat("temporary ", printable(name)));
  }
}

void sweep_records(const spec::Store& store, const Reached& reached, Garbage& garbage) {
  const int layout = store.layout().fd();
  for (const std::string& name : names_in(layout, records)) {
    const auto digest = digest_in(name.substr(0, name.rfind('.')));
    if (digest && reached.contains(*digest)) continue;
    garbage.remove(layout, cat(records, '/', name), 0, cat("record ", printable(name)));
  }
}

// Takes the entries that `word` means out of `index`.
bool take_out(spec::Index& index, const std::string& word, std::vector<spec::Descriptor>& taken) {
  const std::optional<spec::Descriptor> meant = stored_entry(index, word);
  if (!meant) return false;
  const bool by_digest = Digest::parse(word).has_value();
  auto is_meant = [&](const spec::Descriptor& entry) {
    return by_digest ? entry.digest == meant->digest : stored_name(entry) == stored_name(*meant);
  };
  const auto first = std::stable_partition(index.manifests.begin(), index.manifests.end(),
                                           [&](const spec::Descriptor& entry) { return !is_meant(entry); });
  const bool found = first != index.manifests.end();
  taken.insert(taken.end(), first, index.manifests.end());
  index.manifests.erase(first, index.manifests.end());
  return found;
}

// Only what the removed images led to: parts of an interrupted pull stay.
void remove_freed(const spec::Store& store, const std::vector<spec::Descriptor>& removed, Garbage& garbage) {
  const spec::Layout& layout = store.layout();
  const Reached kept = spec::reachable(layout, layout.index().manifests);
  for (const auto& [digest, descriptor] : spec::reachable(layout, removed)) {
    const std::string path = layout.blob_path(digest);
    const auto status = sys::fstatat(layout.fd(), path);
    if (kept.contains(digest) || !status) continue;
    garbage.remove(layout.fd(), path, static_cast<std::uint64_t>(status->st_size), cat("blob ", digest.text()));
  }
  sweep_records(store, kept, garbage);
}

} // namespace

FileLock lock_alone(const spec::Store& store) {
  if (auto lock = store.try_exclusive()) return std::move(*lock);
  log::warning("store ", store.path(), " is in use; waiting");
  return store.exclusive();
}

Garbage collect_store_garbage(const spec::Store& store, const StoreGc& what) {
  const FileLock alone = lock_alone(store);
  Garbage garbage(what.dry_run);
  collect_garbage(store.layout(), garbage);
  with_context(cat("gc ", store.path()), [&] {
    sweep_records(store, spec::reachable(store.layout(), store.layout().index().manifests), garbage);
    sweep_parts(store, what, garbage);
    sweep_temporary(store, garbage);
    remove_left_containers(store, garbage);
  });
  return garbage;
}

std::vector<std::string> remove_images(spec::Store& store, const std::vector<std::string>& names, bool ignore_missing) {
  const FileLock alone = lock_alone(store);
  const FileLock others = FileLock::take(store.layout().fd(), "oci-layout", FileLock::Mode::exclusive);
  std::vector<spec::Descriptor> removed;
  store.layout().update_index([&](spec::Index& index) {
    for (const std::string& name : names) {
      if (take_out(index, name, removed) || ignore_missing) continue;
      throw Error(cat("the store has no image ", printable(name)), 2).with_hint("`oci images` lists them");
    }
    return !removed.empty();
  });
  std::vector<std::string> lines;
  for (const spec::Descriptor& entry : removed) {
    const std::string name = stored_name(entry);
    if (!name.empty() && name == store.last_reference()) store.set_last_reference("");
    lines.push_back(cat("untagged ", name.empty() ? entry.digest.text() : printable(name)));
  }
  Garbage garbage;
  try {
    remove_freed(store, removed, garbage);
  } catch (const Error& error) {
    log::warning("no blob was removed: ", error.message());
  }
  lines.push_back(garbage.summary());
  return lines;
}

} // namespace oci::cli
