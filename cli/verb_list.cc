// oci list
#include "cli/container_list.h"
#include "cli/oci_verbs.h"
#include "cli/runtime_options.h"
#include "cli/table.h"

#include "base/error.h"

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

void print_containers(const Globals& globals, const std::string& format, bool quiet) {
  if (format != "table" && format != "json") fail("--format ", printable(format), ": not table or json");
  const std::vector<runtime::ContainerState> containers = runtime::list(runtime_settings(globals));
  if (quiet) {
    for (const runtime::ContainerState& container : containers) std::printf("%s\n", container.id.c_str());
  } else if (format == "json") {
    Json::Array all;
    for (const runtime::ContainerState& container : containers) all.push_back(runtime::to_json(container));
    std::printf("%s\n", dump_json(Json(std::move(all))).c_str());
  } else {
    Table table({"ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"});
    for (const runtime::ContainerState& c : containers)
      table.add({c.id, cat(c.pid), cat(runtime::status_name(c.status), c.foreign ? " (foreign)" : ""),
                 printable(c.bundle), c.created, c.owner});
    table.print();
  }
}

std::unique_ptr<Verb> make_list() { return std::make_unique<List>(); }

} // namespace oci::cli
