// oci list
#include "cli/container_list.h"
#include "cli/oci_verbs.h"
#include "cli/runtime_options.h"
#include "cli/table.h"

#include "base/error.h"

#include <algorithm>
#include <cstdio>

namespace oci::cli {

namespace {

class List final : public Verb {
public:
  void declare(Command& command) override {
    command.option("-f,--format", "FORMAT", "table or json", format_);
    command.flag("-q,--quiet", "print ids only", quiet_);
    command.words(0, 0, {});
  }

  int run(const Globals& globals, const Command&, Words) override {
    print_containers(globals, format_, quiet_);
    return 0;
  }

private:
  std::string format_ = "table";
  bool quiet_ = false;
};

} // namespace

namespace {

void print_json(const std::vector<runtime::ContainerState>& containers, Personality personality) {
  Json::Array all;
  for (const runtime::ContainerState& container : containers) all.push_back(runtime::to_json(container));
  const bool none = containers.empty() && personality == Personality::runc; // Go's nil
  const std::string indent = personality == Personality::crun ? "  " : "";
  std::printf("%s\n", none ? "null" : dump_json(Json(std::move(all)), {.indent = indent}).c_str());
}

void print_as_crun(const std::vector<runtime::ContainerState>& containers) {
  std::size_t width = 4;
  for (const runtime::ContainerState& c : containers) width = std::max(width, c.id.size());
  const auto row = [&](const std::string& id, const std::string& pid, const char* status, const std::string& bundle,
                       const std::string& created, const std::string& owner) {
    std::printf("%-*s %-9s %-8s %-39s %-30s %s\n", static_cast<int>(width), id.c_str(), pid.c_str(), status,
                bundle.c_str(), created.c_str(), owner.c_str());
  };
  row("NAME", "PID", "STATUS", "BUNDLE PATH", "CREATED", "OWNER");
  for (const runtime::ContainerState& c : containers)
    row(c.id, cat(c.pid), runtime::status_name(c.status), printable(c.bundle), c.created, c.owner);
}

} // namespace

void print_containers(const Globals& globals, const std::string& format, bool quiet) {
  if (format != "table" && format != "json") fail("--format ", printable(format), ": not table or json");
  const std::vector<runtime::ContainerState> containers = runtime::list(runtime_settings(globals));
  if (quiet) {
    for (const runtime::ContainerState& container : containers) std::printf("%s\n", container.id.c_str());
  } else if (format == "json") {
    print_json(containers, globals.personality);
  } else if (globals.personality == Personality::crun) {
    print_as_crun(containers);
  } else {
    Table table({"ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"});
    for (const runtime::ContainerState& c : containers)
      table.add({c.id, cat(c.pid), cat(runtime::status_name(c.status), c.foreign ? " (foreign)" : ""),
                 printable(c.bundle), c.created, c.owner});
    // runc's columns, for scripts that cut them.
    globals.personality == Personality::runc ? table.print(12, 3) : table.print();
  }
}

std::unique_ptr<Verb> make_list() { return std::make_unique<List>(); }

} // namespace oci::cli
