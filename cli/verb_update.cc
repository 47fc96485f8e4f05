// oci update ID: limits of a container that is there, by flags or by JSON of linux.resources.
#include "cli/oci_verbs.h"
#include "cli/runtime_options.h"

#include "base/error.h"
#include "base/files.h"
#include "base/io.h"
#include "base/log.h"
#include "specgen/specgen.h"

#include <array>
#include <unistd.h>

namespace oci::cli {

namespace {

constexpr std::size_t max_resources_file = 1u << 20;

enum class Kind { number, signed_number, bytes, text };

// A flag and its place in linux.resources. The names are runc's, which crun takes too.
struct Setting {
  const char *flag, *value, *help, *group, *field;
  Kind kind;
};

constexpr std::array settings{
    Setting{"--memory", "BYTES", "memory limit, such as 512m; -1: none", "memory", "limit", Kind::bytes},
    Setting{"--memory-reservation", "BYTES", "what it is pushed back to when memory is short", "memory", "reservation",
            Kind::bytes},
    Setting{"--memory-swap", "BYTES", "memory and swap together; -1: no limit", "memory", "swap", Kind::bytes},
    Setting{"--kernel-memory", "BYTES", "memory of the kernel (cgroup v1)", "memory", "kernel", Kind::bytes},
    Setting{"--kernel-memory-tcp", "BYTES", "memory of TCP buffers (cgroup v1)", "memory", "kernelTCP", Kind::bytes},
    Setting{"--cpu-share", "NUMBER", "relative weight", "cpu", "shares", Kind::number},
    Setting{"--cpu-quota", "MICROSECONDS", "processor time in each period; -1: no limit", "cpu", "quota",
            Kind::signed_number},
    Setting{"--cpu-period", "MICROSECONDS", "the period of --cpu-quota", "cpu", "period", Kind::number},
    Setting{"--cpu-burst", "MICROSECONDS", "what may be saved up for later periods", "cpu", "burst", Kind::number},
    Setting{"--cpu-rt-runtime", "MICROSECONDS", "real-time processor time in each period", "cpu", "realtimeRuntime",
            Kind::signed_number},
    Setting{"--cpu-rt-period", "MICROSECONDS", "the period of --cpu-rt-runtime", "cpu", "realtimePeriod", Kind::number},
    Setting{"--cpu-idle", "0|1", "run only when nothing else wants to", "cpu", "idle", Kind::signed_number},
    Setting{"--cpuset-cpus", "LIST", "processors it may use, such as 0-2,7", "cpu", "cpus", Kind::text},
    Setting{"--cpuset-mems", "LIST", "memory nodes it may use", "cpu", "mems", Kind::text},
    Setting{"--pids-limit", "NUMBER", "how many processes there may be; -1: no limit", "pids", "limit",
            Kind::signed_number},
    Setting{"--blkio-weight", "10-1000", "relative weight of its input and output", "blockIO", "weight", Kind::number},
};

Json parsed(const Setting& setting, const std::string& text) {
  switch (setting.kind) {
  case Kind::text:
    return text;
  case Kind::bytes:
    return text == "-1" ? Json(-1) : Json(specgen::parse_bytes(setting.flag, text));
  case Kind::number:
    return parse_number(setting.flag, text, 0, INT64_MAX);
  case Kind::signed_number:
    return text == "-1" ? Json(-1) : Json(parse_number(setting.flag, text, 0, INT64_MAX));
  }
  return {};
}

class Update final : public Verb {
public:
  void declare(Command& command) override {
    command.option("-r,--resources", "FILE", "read linux.resources as JSON from FILE, or - for standard input", file_);
    for (std::size_t i = 0; i < settings.size(); ++i) {
      const Setting& setting = settings[i];
      const bool alias = std::string_view(setting.flag) == "--cpu-share"; // crun's name has an s
      command.option(alias ? "--cpu-share,--cpu-shares" : setting.flag, setting.value, setting.help, values_[i]);
    }
    command.option("--l3-cache-schema", "SCHEMA", "Intel RDT: not available", l3_cache_);
    command.hide_last();
    command.option("--mem-bw-schema", "SCHEMA", "Intel RDT: not available", memory_bandwidth_);
    command.hide_last();
    command.words(1, 1, {"ID"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    if (l3_cache_) fail("Intel RDT/CAT: l3 cache schema is not enabled");
    if (memory_bandwidth_) fail("Intel RDT/MBA: memory bandwidth schema is not enabled");
    const Json resources = file_ ? from_file() : from_flags();
    const bool nothing = !file_ && resources.as_object()->empty();
    if (nothing && globals.personality == Personality::oci)
      throw Error("update: nothing to change").with_hint("oci update --help lists the limits");
    runtime::update(runtime_settings(globals), words[0], resources);
    return 0;
  }

private:
  Json from_file() const {
    for (std::size_t i = 0; i < settings.size(); ++i)
      if (values_[i]) log::warning("update: ", settings[i].flag, " is not looked at, since --resources is given");
    const bool standard_input = *file_ == "-";
    const std::string name = standard_input ? "standard input" : *file_;
    const std::string text =
        standard_input ? read_all(STDIN_FILENO, max_resources_file, name) : read_file(*file_, max_resources_file);
    Json resources = parse_json(text, name, {.duplicates = JsonLimits::Duplicates::last_wins});
    if (resources.as_object() == nullptr) fail(name, ": not an object such as linux.resources");
    return resources;
  }

  Json from_flags() const {
    Json resources = Json::Object();
    for (std::size_t i = 0; i < settings.size(); ++i) {
      if (!values_[i]) continue;
      Json* group = resources.find(settings[i].group);
      if (group == nullptr) group = &resources.set(settings[i].group, Json::Object());
      group->set(settings[i].field, parsed(settings[i], *values_[i]));
    }
    return resources;
  }

  std::optional<std::string> file_, l3_cache_, memory_bandwidth_;
  std::array<std::optional<std::string>, settings.size()> values_;
};

} // namespace

std::unique_ptr<Verb> make_update() { return std::make_unique<Update>(); }

} // namespace oci::cli
