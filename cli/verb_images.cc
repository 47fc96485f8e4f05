// oci images
#include "cli/image_verbs.h"
#include "cli/table.h"

#include "spec/image_record.h"
#include "spec/store.h"

namespace oci::cli {

namespace {

class Images final : public Verb {
public:
  void declare(Command& command) override { command.words(0, 0, {}); }

  int run(const Globals& globals, const Command&, Words) override {
    Table table({"IMAGE", "DIGEST", "PLATFORM", "CREATED"});
    if (const auto store = spec::Store::open(spec::Store::locate(globals.store)))
      for (const spec::Descriptor& manifest : store->layout().index().manifests) table.add(row(*store, manifest));
    table.print();
    return 0;
  }

private:
  static Words row(const spec::Store& store, const spec::Descriptor& manifest) {
    const auto name = manifest.annotations.find(std::string(spec::ref_name_annotation));
    const auto record = spec::read_image_record(store, manifest.digest);
    const spec::Platform platform =
        record ? spec::Platform{record->config.architecture, record->config.os, "", {}, record->config.variant, {}}
               : spec::Platform{};
    return {name == manifest.annotations.end() ? "<none>" : printable(name->second),
            cat(manifest.digest.algorithm(), ':', manifest.digest.short_hex()),
            record ? printable(spec::platform_text(platform)) : "-",
            record && !record->config.created.empty() ? printable(record->config.created) : "-"};
  }
};

} // namespace

std::unique_ptr<Verb> make_images() { return std::make_unique<Images>(); }

} // namespace oci::cli
