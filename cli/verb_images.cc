// oci images
#include "cli/image_verbs.h"
#include "cli/table.h"

#include "base/error.h"
#include "base/json.h"
#include "cli/field_template.h"
#include "spec/image_record.h"
#include "spec/reachable.h"
#include "spec/store.h"

#include <algorithm>
#include <cstdio>
#include <optional>

namespace oci::cli {

namespace {

struct Line {
  std::string name; // "" when it has none
  spec::Descriptor manifest;
  std::optional<spec::ImageRecord> record;
  std::optional<std::uint64_t> bytes; // nothing where a document of it cannot be read

  std::string platform() const {
    if (!record) return "";
    const spec::ImageConfig& config = record->config;
    return spec::platform_text({config.architecture, config.os, "", {}, config.variant, {}});
  }
  std::string created() const { return record ? record->config.created : ""; }
};

std::optional<std::uint64_t> bytes_of(const spec::Layout& layout, const spec::Descriptor& manifest) {
  try {
    std::uint64_t bytes = 0;
    for (const auto& [digest, descriptor] : spec::reachable(layout, {&manifest, 1})) {
      if (layout.has_blob(descriptor)) bytes += static_cast<std::uint64_t>(descriptor.size);
    }
    return bytes;
  } catch (const Error&) {
    return std::nullopt; // `oci verify` says what is wrong
  }
}

std::vector<Line> lines_of(const Globals& globals) {
  std::vector<Line> lines;
  const auto store = spec::Store::open(spec::Store::locate(globals.store));
  if (!store) return lines;
  for (spec::Descriptor& manifest : store->layout().index().manifests) {
    Line& line = lines.emplace_back();
    const auto name = manifest.annotations.find(std::string(spec::ref_name_annotation));
    if (name != manifest.annotations.end()) line.name = name->second;
    line.record = spec::read_image_record(*store, manifest.digest);
    line.bytes = bytes_of(store->layout(), manifest);
    line.manifest = std::move(manifest);
  }
  return lines;
}

Json to_json(const Line& line) {
  Json json;
  json.set("name", line.name);
  json.set("digest", line.manifest.digest.text());
  json.set("mediaType", line.manifest.media_type);
  json.set("platform", line.platform());
  json.set("created", line.created());
  json.set("size", line.bytes ? Json(*line.bytes) : Json());
  return json;
}

void print_table(const std::vector<Line>& lines) {
  Table table({"IMAGE", "DIGEST", "PLATFORM", "SIZE", "CREATED"});
  auto shown = [](const std::string& text, const char* otherwise) {
    return text.empty() ? std::string(otherwise) : printable(text);
  };
  for (const Line& line : lines) {
    const Digest& digest = line.manifest.digest;
    table.add({shown(line.name, "<none>"), cat(digest.algorithm(), ':', digest.short_hex()),
               shown(line.platform(), "-"), line.bytes ? human_bytes(*line.bytes) : "damaged",
               shown(line.created(), "-")});
  }
  table.print();
}

void print_json(const std::vector<Line>& lines) {
  Json list{Json::Array()};
  for (const Line& line : lines) list.push(to_json(line));
  std::printf("%s\n", dump_json(list, {"  ", false}).c_str());
}

class Images final : public Verb {
public:
  void declare(Command& command) override {
    command.option("--format", "FORMAT", "table, json, or a template such as '{{.name}} {{.size}}'", format_);
    command.flag("-q,--quiet", "print the digests alone", quiet_);
    command.words(0, 0, {});
  }

  int run(const Globals& globals, const Command&, Words) override {
    const bool is_template = format_.find("{{") != std::string::npos;
    if (!is_template && format_ != "table" && format_ != "json")
      fail("--format ", printable(format_), ": not table, json or a template with {{.name}}");
    const std::vector<Line> lines = lines_of(globals);
    if (quiet_) return print_digests(lines);
    if (is_template) {
      for (const Line& line : lines) std::printf("%s\n", fill_template(format_, to_json(line)).c_str());
    } else if (format_ == "json") {
      print_json(lines);
    } else {
      print_table(lines);
    }
    return 0;
  }

private:
  static int print_digests(const std::vector<Line>& lines) {
    std::vector<std::string> printed;
    for (const Line& line : lines) {
      const std::string& digest = line.manifest.digest.text();
      if (std::find(printed.begin(), printed.end(), digest) != printed.end()) continue;
      printed.push_back(digest);
      std::printf("%s\n", digest.c_str());
    }
    return 0;
  }

  std::string format_ = "table";
  bool quiet_ = false;
};

} // namespace

std::unique_ptr<Verb> make_images() { return std::make_unique<Images>(); }

} // namespace oci::cli
