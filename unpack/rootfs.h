// Applies layers to a folder, whatever they say (image-spec layer.md, "Applying Changesets").
// Names are made once, in the tar's order, by one thread; a name that exists is removed first and never opened for
// writing. Only the content of files is written by others (file_writers.h).
#pragma once

#include "unpack/attributes.h"
#include "unpack/file_writers.h"
#include "unpack/folders.h"
#include "unpack/layer_record.h"
#include "unpack/names.h"
#include "unpack/tar_reader.h"

#include <string>
#include <unordered_map>

namespace oci::unpack {

class Rootfs {
public:
  // `root` is an empty folder of the caller's own, or options.onto; open for reading.
  Rootfs(int root, const Options& options, AttributeSetter& attributes, FileWriters& writers);

  // One layer, upon those before it.
  void apply(TarReader& tar);
  // After the last one: the folders get their times, which making things in them changed.
  void finish();

private:
  // What is set on a folder when nothing more is made in it: its times, the default access list that all in it would
  // inherit, for a user without rights its mode.
  using Finish = Attributes;

  void apply_member(TarReader& tar, Member& member);
  void apply_root(Member& member);
  void apply_whiteout(const Folder& folder, const Marker& marker);
  void make_file(TarReader& tar, const Folder& folder, const std::string& leaf, Member& member);
  void count_content(std::uint64_t bytes);
  void count_skeleton(const std::string& path, const Member* member);
  void make_folder(const Folder& parent, const std::string& leaf, const std::string& path, Member& member);
  void make_hard_link(const Folder& folder, const std::string& leaf, const Member& member);
  void make_special(const Folder& folder, const std::string& leaf, Member& member);

  template <class Make>
  auto make_new(const Folder& folder, const std::string& leaf, Make&& make);
  void remove_existing(const Folder& folder, const std::string& leaf);
  void remove_lower(const Folder& folder, const std::string& leaf);
  void empty_of_lower(const Folder& folder);
  FolderRef linked_folder(const std::string& path);
  void merge_folder(const Folder& folder, Attributes& attributes);
  void make_instead_of_device(const Folder& folder, const std::string& leaf, Member& member);
  mode_t mode_to_make(mode_t mode, mode_t needed) const;
  Attributes attributes_of(Member& member);
  void note_folder(const std::string& path, Attributes& attributes);
  void note_implied_folder(const std::string& parent, const std::string& path);
  void limit_memory() const;
  void finish_folder(const std::string& path, const Finish& finish);

  int root_;
  Options options_;
  AttributeSetter& attributes_;
  FileWriters& writers_;
  Folders folders_;
  LayerRecord record_{true};
  bool first_layer_;
  std::uint64_t entries_ = 0, bytes_ = 0, skeleton_bytes_ = 0;
  std::unordered_map<std::string, Finish> finishes_; // by real path
  std::size_t finishes_bytes_ = 0;
};

} // namespace oci::unpack
