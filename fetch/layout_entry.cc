#include "fetch/layout_entry.h"

#include "base/files.h"

#include <algorithm>
#include <array>

namespace oci::fetch {
namespace {

constexpr std::string_view containerd_name = "io.containerd.image.name";
constexpr std::size_t max_local_name = 128;

std::string annotation(const spec::Descriptor& entry, std::string_view key) {
  auto found = entry.annotations.find(std::string(key));
  return found == entry.annotations.end() ? "" : found->second;
}

std::string names_in(const spec::Index& index) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < index.manifests.size() && i < 20; ++i) {
    std::string name = annotation(index.manifests[i], spec::ref_name_annotation);
    names.push_back(name.empty() ? cat("@", i) : name);
  }
  return printable(join(names, ", "));
}

spec::Descriptor entry_at(const spec::Index& index, std::size_t at) {
  if (at < index.manifests.size()) return index.manifests[at];
  throw Error(cat("image not found: there is no entry ", at, " in index.json, only ", index.manifests.size()), 2);
}

spec::Descriptor only_entry(const spec::Index& index) {
  if (index.manifests.size() == 1) return index.manifests.front();
  if (index.manifests.empty()) throw Error("image not found: index.json names none", 2);
  throw Error("more than one image in oci, choose an image").with_hint(cat("there are ", names_in(index)));
}

spec::Descriptor entry_named(const spec::Index& index, const std::string& ref) {
  auto is_it = [&](const auto& entry) { return annotation(entry, spec::ref_name_annotation) == ref; };
  auto found = std::find_if(index.manifests.begin(), index.manifests.end(), is_it);
  if (found == index.manifests.end()) {
    Error error(cat("image not found: no descriptor found for reference \"", printable(ref), "\""), 2);
    if (!index.manifests.empty()) throw std::move(error).with_hint(cat("there are ", names_in(index)));
    throw error;
  }
  if (std::find_if(found + 1, index.manifests.end(), is_it) != index.manifests.end()) {
    fail("two images in index.json are named \"", printable(ref), "\"; choose one with :@N");
  }
  return *found;
}

// As far as it is worth it: a bare tag such as "latest" would parse as docker.io/library/latest.
std::optional<spec::Reference> docker_reference(const std::string& text, const Digest& digest) {
  if (text.find_first_of(":/") == std::string::npos) return std::nullopt;
  try {
    spec::Reference reference = spec::Reference::parse(text);
    if (reference.digest.empty() || reference.digest == digest) return reference;
  } catch (const Error&) {
  }
  return std::nullopt;
}

std::string without_archive_suffix(std::string name) {
  constexpr std::array<std::string_view, 10> suffixes{".tar", ".gz",  ".zst",  ".xz",  ".bz2",
                                                      ".tgz", ".oci", ".tzst", ".txz", ".tbz2"};
  for (bool cut = true; cut;) {
    cut = false;
    for (std::string_view suffix : suffixes) {
      if (!name.ends_with(suffix) || name.size() == suffix.size()) continue;
      name.resize(name.size() - suffix.size());
      cut = true;
    }
  }
  return name;
}

// Letters and digits with one dash in place of anything else.
std::string repository_component(std::string_view text) {
  std::string out;
  for (char c : to_lower(text)) {
    bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (fits) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != '-') {
      out.push_back('-');
    }
  }
  out.resize(std::min(out.size(), max_local_name));
  while (out.ends_with('-')) out.pop_back();
  return out.empty() ? "image" : out;
}

} // namespace

spec::Descriptor choose_entry(const spec::Index& index, const spec::ImageName& name) {
  if (name.index) return entry_at(index, *name.index);
  return name.ref.empty() ? only_entry(index) : entry_named(index, name.ref);
}

std::string local_name(std::string_view path, std::string_view tag) {
  std::string component = repository_component(without_archive_suffix(base_name(absolute_path(path))));
  return cat("localhost/", component, ":", spec::is_tag(tag) ? tag : "latest");
}

std::string store_name_of(const spec::Descriptor& entry, std::string_view path) {
  std::string ref = annotation(entry, spec::ref_name_annotation);
  for (const std::string& candidate : {ref, annotation(entry, containerd_name)}) {
    if (auto reference = docker_reference(candidate, entry.digest)) return reference->text();
  }
  return local_name(path, ref);
}

} // namespace oci::fetch
