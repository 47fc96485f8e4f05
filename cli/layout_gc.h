// Removes from a layout what no name leads to.
#pragma once

#include "spec/layout.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace oci::cli {

// What is removed and counted; with `dry_run` only counted.
class Garbage {
public:
  explicit Garbage(bool dry_run = false) : dry_run_(dry_run) {}
  // A file of `bytes`, or a folder; `shown` says what it is.
  void remove(int dir, const std::string& name, std::uint64_t bytes, const std::string& shown);
  // The same, where more than remove_tree is needed.
  void remove_by(const std::function<void()>& removal, std::uint64_t bytes, const std::string& shown);
  std::size_t count() const { return count_; }
  std::uint64_t bytes() const { return bytes_; }
  std::string summary() const; // "removed 3 things, 1.2 MiB freed"

private:
  bool dry_run_;
  std::size_t count_ = 0;
  std::uint64_t bytes_ = 0;
};

// Blobs that nothing in index.json leads to, and what interrupted writers left. Waits until nobody changes the layout's
// images. Throws, with nothing removed, when a document cannot be read.
void collect_garbage(const spec::Layout& layout, Garbage& garbage);

// Names in a folder beneath `dir`; none when it is not there.
std::vector<std::string> names_in(int dir, const std::string& name);

} // namespace oci::cli
