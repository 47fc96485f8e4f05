// Names without a registry, as people type them.
#include "fetch/fetch.h"
#include "fetch/registries.h"

namespace oci::fetch {
namespace {

bool names_no_registry(const std::string& text, const spec::Reference& reference) {
  return reference.registry == "docker.io" && !text.starts_with("docker.io/") && !text.starts_with("index.docker.io/");
}

} // namespace

std::vector<spec::ImageName> meanings(const std::string& text) {
  spec::ImageName as_docker = spec::ImageName::parse(text);
  if (spec::has_transport(text) || !names_no_registry(text, *as_docker.reference)) return {std::move(as_docker)};
  std::vector<spec::ImageName> names;
  for (const std::string& name : Registries::configured().names_of(text)) names.push_back(spec::ImageName::parse(name));
  if (names.empty()) names.push_back(std::move(as_docker));
  return names;
}

} // namespace oci::fetch
