#include "fetch/documents.h"

#include "base/hash.h"
#include "fetch/schema1.h"

namespace oci::fetch {
namespace {

void check_document(const spec::RawBlob& document, std::string_view shown) {
  if (document.bytes.size() > spec::max_document_bytes) {
    fail(shown, ": larger than ", human_bytes(spec::max_document_bytes));
  }
  Digest actual = document_digest(document.bytes, shown, document.digest.algorithm());
  if (actual != document.digest) {
    fail(shown, ": wrong digest: asked for ", document.digest.text(), ", its content is ", actual.text());
  }
}

[[noreturn]] void fail_no_platform(const spec::Index& index, const spec::Platform& wanted) {
  std::vector<std::string> offered;
  for (const spec::Descriptor& entry : index.manifests) {
    if (entry.platform) offered.push_back(spec::platform_text(*entry.platform));
  }
  Error error(cat("image not found: none in the index is for ", spec::platform_text(wanted)), 2);
  if (!offered.empty()) {
    throw std::move(error).with_hint(cat("--platform can be ", printable(join(offered, ", "))));
  }
  throw error;
}

} // namespace

Digest document_digest(std::string_view bytes, std::string_view shown, std::string_view algorithm) {
  const std::optional<std::string> payload = schema1_payload(bytes, shown);
  return digest_of(payload ? *payload : bytes, algorithm);
}

spec::RawBlob top_document(ImageSource& source) {
  spec::RawBlob document = source.top();
  if (document.digest.empty()) document.digest = document_digest(document.bytes, "manifest");
  check_document(document, "manifest");
  return document;
}

spec::RawBlob instance_document(ImageSource& source, const spec::Descriptor& descriptor) {
  std::string shown = cat("manifest ", descriptor.digest.text());
  if (descriptor.size > static_cast<std::int64_t>(spec::max_document_bytes)) {
    fail(shown, ": larger than ", human_bytes(spec::max_document_bytes));
  }
  spec::RawBlob document{descriptor.media_type, descriptor.digest, source.document(descriptor)};
  if (static_cast<std::int64_t>(document.bytes.size()) != descriptor.size) {
    fail(shown, ": has ", document.bytes.size(), " bytes, the index says ", descriptor.size);
  }
  check_document(document, shown);
  return document;
}

const spec::Descriptor& choose_instance(const spec::Index& index, const spec::Platform& wanted) {
  const spec::Descriptor* chosen = spec::choose_platform(index, wanted);
  if (!chosen) fail_no_platform(index, wanted);
  return *chosen;
}

} // namespace oci::fetch
