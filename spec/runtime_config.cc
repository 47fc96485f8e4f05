#include "spec/runtime_config.h"

#include "spec/json_decode.h"
#include "spec/json_encode.h"

namespace oci::spec {
namespace {

// As every runtime reads it: the last of equal keys counts.
Json parse_lenient(std::string_view text, std::string_view name, std::vector<std::string>* warnings) {
  JsonLimits limits;
  limits.duplicates = JsonLimits::Duplicates::last_wins;
  std::vector<std::string> duplicates;
  Json document = parse_json(text, name, limits, &duplicates);
  if (warnings)
    for (const std::string& path : duplicates)
      warnings->push_back(cat(name, ": ", printable(path), ": given more than once, the last one counts"));
  return document;
}

template <class Struct>
Struct parse(std::string_view text, std::string_view name, std::vector<std::string>* warnings) {
  return Decoder(name, CaseVariants::warned, warnings).document<Struct>(parse_lenient(text, name, warnings));
}

} // namespace

RuntimeConfig parse_runtime_config(std::string_view text, std::string_view name, std::vector<std::string>* warnings) {
  return parse<RuntimeConfig>(text, name, warnings);
}

Process parse_process(std::string_view text, std::string_view name, std::vector<std::string>* warnings) {
  return parse<Process>(text, name, warnings);
}

Resources parse_resources(std::string_view text, std::string_view name, std::vector<std::string>* warnings) {
  return parse<Resources>(text, name, warnings);
}

Seccomp parse_seccomp(std::string_view text, std::string_view name) { return parse<Seccomp>(text, name, nullptr); }

RuntimeConfig runtime_config_from_json(Json document, std::string_view name) {
  return Decoder(name, CaseVariants::warned).document<RuntimeConfig>(std::move(document));
}

Json to_json(const RuntimeConfig& config) { return Encoder::json(config); }
Json to_json(const Process& process) { return Encoder::json(process); }

} // namespace oci::spec
