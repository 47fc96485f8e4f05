// oci validate: everything that is wrong with a config.json at once.
#include "cli/host_check.h"
#include "cli/oci_verbs.h"

#include "base/error.h"
#include "base/files.h"
#include "base/sys.h"
#include "spec/config_check.h"

#include <algorithm>
#include <cstdio>

namespace oci::cli {

namespace {

using spec::Finding;

constexpr std::size_t max_config = 16u << 20;

std::string_view level_text(Finding::Level level) { return level == Finding::Level::error ? "error" : "warning"; }

class Validate final : public Verb {
public:
  void declare(Command& command) override {
    command.flag("--host", "say as well what this machine cannot do", host_);
    command.flag("--strict", "warnings fail too", strict_);
    command.option("--format", "FORMAT", "text or json", format_);
    command.words(0, 1, {"BUNDLE|FILE"});
  }

  int run(const Globals&, const Command&, Words words) override {
    if (format_ != "text" && format_ != "json") fail("validate: --format ", printable(format_), ": not text or json");
    return with_context("validate", [&] { return examine(words.empty() ? "." : words[0]); });
  }

private:
  int examine(const std::string& place) {
    const auto status = check(sys::stat(place), place);
    const bool is_bundle = S_ISDIR(status.st_mode);
    const std::string file = is_bundle ? cat(place == "." ? "" : place + "/", "config.json") : place;
    const std::string text = read_file(file, max_config);
    spec::CheckedConfig checked = spec::check_config(text, file);
    std::vector<Finding>& findings = checked.findings;
    const std::string bundle = absolute_path(is_bundle ? place : parent_path(absolute_path(place)));
    if (is_bundle) check_rootfs(checked.config, bundle, findings);
    if (host_)
      for (Finding& finding : check_for_host(checked.config, bundle))
        if (!tells_of(findings, finding.path)) findings.push_back(std::move(finding));
    const bool valid = std::none_of(findings.begin(), findings.end(), [&](const Finding& finding) {
      return strict_ || finding.level == Finding::Level::error;
    });
    format_ == "json" ? print_json(file, findings, valid) : print_text(file, findings, valid);
    return valid ? 0 : 1;
  }

  static bool tells_of(const std::vector<Finding>& findings, const std::string& path) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.path == path; });
  }

  // "A directory MUST exist at the path declared by the field."
  static void check_rootfs(const spec::RuntimeConfig& config, const std::string& bundle,
                           std::vector<Finding>& findings) {
    if (!config.root || config.root->path.empty()) return;
    const std::string& path = config.root->path;
    const std::string folder = path.starts_with('/') ? path : cat(bundle, "/", path);
    if (const auto opened = sys::open(folder, O_PATH | O_DIRECTORY); !opened)
      findings.push_back({Finding::Level::error, "root.path", cat(folder, ": ", errno_text(opened.error().value))});
  }

  static void print_text(const std::string& file, const std::vector<Finding>& findings, bool valid) {
    for (const Finding& finding : findings)
      std::printf("%s: %s%s%s\n", level_text(finding.level).data(), finding.path.c_str(),
                  finding.path.empty() ? "" : ": ", finding.text.c_str());
    std::printf("%s: %s\n", printable(file).c_str(), valid ? "valid" : "not valid");
  }

  static void print_json(const std::string& file, const std::vector<Finding>& findings, bool valid) {
    Json::Array list;
    for (const Finding& finding : findings)
      list.push_back(
          Json::Object{{"level", level_text(finding.level)}, {"path", finding.path}, {"text", finding.text}});
    const Json document = Json::Object{{"file", file}, {"valid", valid}, {"findings", std::move(list)}};
    std::printf("%s\n", dump_json(document, {.indent = "  "}).c_str());
  }

  bool host_ = false, strict_ = false;
  std::string format_ = "text";
};

} // namespace

std::unique_ptr<Verb> make_validate() { return std::make_unique<Validate>(); }

} // namespace oci::cli
