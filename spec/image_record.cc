#include "spec/image_record.h"

#include "base/files.h"
#include "base/sys.h"

namespace oci::spec {

namespace {

constexpr const char* folder = ".oci/images";

std::string file_name(const Digest& manifest) { return cat(manifest.algorithm(), '-', manifest.hex(), ".json"); }

} // namespace

void write_image_record(const Store& store, const Descriptor& manifest, std::string_view config_text) {
  const int layout = store.layout().fd();
  if (auto made = sys::mkdirat(layout, folder, 0700); !made && made.error() != EEXIST)
    fail_errno(made.error(), cat("make ", store.path(), '/', folder));
  const Fd dir = check(sys::openat(layout, folder, O_PATH | O_DIRECTORY), "open ", store.path(), '/', folder);
  Json record;
  record.set("manifest", to_json(manifest));
  record.set("config", std::string(config_text));
  write_file_atomic(dir.get(), file_name(manifest.digest), dump_json(record), 0600);
}

std::optional<ImageRecord> read_image_record(const Store& store, const Digest& manifest) {
  const std::string name = cat(folder, '/', file_name(manifest));
  if (!sys::fstatat(store.layout().fd(), name)) return std::nullopt;
  try {
    Json record = parse_json(read_file_at(store.layout().fd(), name, 2 * max_document_bytes, O_NOFOLLOW), name);
    Json* descriptor = record.find("manifest");
    const Json* config = record.find("config");
    if (descriptor == nullptr || config == nullptr || config->as_string() == nullptr) return std::nullopt;
    return ImageRecord{parse_descriptor(std::move(*descriptor), name), parse_image_config(*config->as_string(), name)};
  } catch (const Error&) {
    return std::nullopt; // it only saves work: the image half makes it again
  }
}

} // namespace oci::spec
