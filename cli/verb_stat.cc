// oci stat NAME, umoci stat --image DIR:TAG: what an image is made of.
#include "cli/edit_verbs.h"
#include "cli/image_place.h"

#include "base/error.h"

#include <algorithm>
#include <cstdio>

namespace oci::cli {

namespace {

struct HistoryRow {
  const spec::Descriptor* layer = nullptr; // none of an empty one
  std::string diff_id;
  const spec::History* entry = nullptr;
};

std::vector<HistoryRow> history_rows(const spec::Image& image) {
  std::vector<HistoryRow> rows;
  std::size_t next = 0;
  for (const spec::History& entry : image.config.history) {
    HistoryRow row;
    row.entry = &entry;
    if (!entry.empty_layer && next < image.manifest.layers.size()) {
      row.layer = &image.manifest.layers[next];
      row.diff_id = image.config.rootfs.diff_ids[next].text();
      ++next;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// --- JSON ---

Json blob_json(const spec::Descriptor& descriptor, const spec::RawBlob& blob) {
  Json json;
  json.set("descriptor", spec::to_json(descriptor));
  json.set("blob", parse_json(blob.bytes, blob.digest.text()));
  return json;
}

Json row_json(const HistoryRow& row) {
  Json json;
  json.set("layer", row.layer ? spec::to_json(*row.layer) : Json());
  json.set("diff_id", row.diff_id);
  if (!row.entry->created.empty()) json.set("created", row.entry->created);
  if (!row.entry->created_by.empty()) json.set("created_by", row.entry->created_by);
  if (!row.entry->author.empty()) json.set("author", row.entry->author);
  if (!row.entry->comment.empty()) json.set("comment", row.entry->comment);
  if (row.entry->empty_layer) json.set("empty_layer", true);
  return json;
}

Json image_json(const spec::Image& image) {
  Json json;
  json.set("manifest", blob_json(image.descriptor, image.manifest_blob));
  json.set("config", blob_json(image.manifest.config, image.config_blob));
  Json history{Json::Array()};
  for (const HistoryRow& row : history_rows(image)) history.push(row_json(row));
  json.set("history", std::move(history));
  return json;
}

// --- text ---

// A word as it is, anything else in quotes.
std::string quoted(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '\'' && c != '\\';
  });
  return plain ? text : dump_json(Json(printable(text, text.size())));
}

// 1.702kB: thousands, four digits.
std::string size_text(std::int64_t bytes) {
  constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < std::size(units); ++unit) value /= 1000;
  char text[40];
  std::snprintf(text, sizeof text, "%.4g%s", value, units[unit]);
  return text;
}

class Text {
public:
  void line(int depth, std::string_view text) {
    out_ += cat(std::string(static_cast<std::size_t>(depth), '\t'), text, '\n');
  }
  void map(int depth, std::string_view title, const std::map<std::string, std::string>& values) {
    if (values.empty()) return;
    line(depth, cat(title, ":"));
    for (const auto& [key, value] : values) line(depth + 1, cat(quoted(key), ": ", quoted(value)));
  }
  void list(int depth, std::string_view title, const std::vector<std::string>& values) {
    if (values.empty()) return;
    line(depth, cat(title, ":"));
    for (const std::string& value : values) line(depth + 1, quoted(value));
  }
  void keys(int depth, std::string_view title, const spec::KeySet& set) {
    std::vector<std::string> shown;
    for (const std::string& key : set.keys) shown.push_back(quoted(key));
    if (!shown.empty()) line(depth, cat(title, ": ", join(shown, ", ")));
  }
  void descriptor(int depth, const spec::Descriptor& descriptor) {
    line(depth, "Descriptor:");
    line(depth + 1, cat("Media Type: ", quoted(descriptor.media_type)));
    line(depth + 1, cat("Digest: ", descriptor.digest.text()));
    line(depth + 1, cat("Size: ", size_text(descriptor.size)));
    map(depth + 1, "Annotations", descriptor.annotations);
  }
  const std::string& text() const { return out_; }

private:
  std::string out_;
};

void write_manifest(Text& text, const spec::Image& image) {
  text.line(0, "== MANIFEST ==");
  text.line(0, cat("Schema Version: ", image.manifest.schema_version));
  text.line(0, cat("Media Type: ", quoted(image.descriptor.media_type)));
  text.line(0, "Config:");
  text.descriptor(1, image.manifest.config);
  if (!image.manifest.layers.empty()) text.line(0, "Layers:");
  for (const spec::Descriptor& layer : image.manifest.layers) text.descriptor(1, layer);
  text.map(0, "Annotations", image.manifest.annotations);
  text.descriptor(0, image.descriptor);
}

void write_container(Text& text, const spec::ContainerConfig& config) {
  text.line(0, "Image Config:");
  text.line(1, cat("User: ", quoted(config.user)));
  text.list(1, "Entrypoint", config.entrypoint);
  if (config.cmd.empty() && config.entrypoint.empty()) text.line(1, "Command: (empty)");
  text.list(1, "Command", config.cmd);
  if (!config.working_dir.empty()) text.line(1, cat("Working Directory: ", quoted(config.working_dir)));
  text.list(1, "Environment", config.env);
  if (!config.stop_signal.empty()) text.line(1, cat("Stop Signal: ", quoted(config.stop_signal)));
  text.keys(1, "Exposed Ports", config.exposed_ports);
  text.keys(1, "Volumes", config.volumes);
  text.map(1, "Labels", config.labels);
}

void write_config(Text& text, const spec::Image& image) {
  const spec::ImageConfig& config = image.config;
  text.line(0, "\n== CONFIG ==");
  text.line(0, cat("Created: ", config.created.empty() ? "" : quoted(config.created)));
  text.line(0, cat("Author: ", quoted(config.author)));
  text.line(0, "Platform:");
  text.line(1, cat("OS: ", quoted(config.os)));
  text.line(1, cat("Architecture: ", quoted(config.architecture),
                   config.variant.empty() ? "" : cat(" (", quoted(config.variant), ")")));
  write_container(text, config.config.value_or(spec::ContainerConfig()));
  text.descriptor(0, image.manifest.config);
}

void write_history(Text& text, const spec::Image& image) {
  std::vector<Words> rows = {{"LAYER", "CREATED", "CREATED BY", "SIZE", "COMMENT"}};
  for (const HistoryRow& row : history_rows(image))
    rows.push_back({row.layer ? row.layer->digest.text() : "<none>", printable(row.entry->created),
                    printable(row.entry->created_by), row.layer ? size_text(row.layer->size) : "<none>",
                    printable(row.entry->comment)});
  text.line(0, "\n== HISTORY ==");
  for (const Words& row : rows) {
    std::string line;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      std::size_t width = 0;
      for (const Words& other : rows) width = std::max(width, other[i].size());
      line += row[i] + std::string(width + 1 - row[i].size(), ' ');
    }
    text.line(0, line + row.back());
  }
}

class Stat final : public Verb {
public:
  void declare(Command& command) override {
    command.flag("--json", "print JSON", json_);
    image_.declare(command);
    command.words(0, any_number, {"NAME"});
  }
  int run(const Globals& globals, const Command&, Words words) override {
    if (image_.image) expect_words(words, {});
    ImagePlace place = image_.open(globals, words, ImagePlace::Use::read);
    expect_words(words, {});
    const spec::Image image = place.load().image;
    if (json_) {
      std::printf("%s\n", dump_json(image_json(image), {"", true}).c_str());
      return 0;
    }
    Text text;
    write_manifest(text, image);
    write_config(text, image);
    write_history(text, image);
    std::fwrite(text.text().data(), 1, text.text().size(), stdout);
    return 0;
  }

private:
  ImageOption image_;
  bool json_ = false;
};

} // namespace

std::unique_ptr<Verb> make_stat() { return std::make_unique<Stat>(); }

} // namespace oci::cli
