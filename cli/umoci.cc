#include "cli/umoci.h"

#include "base/error.h"
#include "base/log.h"
#include "base/version.h"
#include "cli/edit_verbs.h"
#include "cli/umoci_form.h"

#include <array>
#include <cstdio>

namespace oci::cli {

namespace {

constexpr std::array table{
    UmociVerb{"config", "", "image", "--image <image-path>[:<tag>] [--tag <new-tag>]",
              "modifies the image configuration of an OCI image", make_config},
    UmociVerb{"unpack", "", "image", "--image <image-path>[:<tag>] <bundle>",
              "unpacks a reference into an OCI runtime bundle", make_layout_unpack},
    UmociVerb{"repack", "", "image", "--image <image-path>[:<new-tag>] <bundle>",
              "repacks an OCI runtime bundle into a reference", make_repack},
    UmociVerb{"insert", "", "image", "--image <image-path>[:<tag>] [--opaque] <source> <target>",
              "insert content into an OCI image", make_insert},
    UmociVerb{"raw add-layer", "", "image", "--image <image-path>[:<tag>] <new-layer.tar>",
              "add a layer archive verbatim to an image", make_raw_add_layer},
    UmociVerb{"raw unpack", "", "image", "--image <image-path>[:<tag>] <rootfs>", "unpacks a reference into a rootfs",
              make_raw_unpack},
    UmociVerb{"raw runtime-config", "raw config", "image",
              "--image <image-path>[:<tag>] [--rootfs <rootfs>] <config.json>",
              "generates an OCI runtime configuration for an image", make_raw_config},
    UmociVerb{"new", "", "image", "--image <image-path>:<new-tag>", "creates a blank tagged OCI image", make_new},
    UmociVerb{"tag", "", "image", "--image <image-path>[:<tag>] <new-tag>", "creates a new tag in an OCI image",
              make_layout_tag},
    UmociVerb{"remove", "rm", "image", "--image <image-path>[:<tag>]", "removes a tag from an OCI image",
              make_layout_rm},
    UmociVerb{"stat", "", "image", "--image <image-path>[:<tag>]", "displays status information of an image manifest",
              make_stat},
    UmociVerb{"gc", "", "layout", "--layout <image-path>", "garbage-collects an OCI image's blobs", make_layout_gc},
    UmociVerb{"init", "", "layout", "--layout <image-path>", "create a new OCI layout", make_init},
    UmociVerb{"list", "ls", "layout", "--layout <image-path>", "lists the set of tags in an OCI layout",
              make_layout_ls},
};

// umoci's own global options; ours are taken when we are called oci.
struct UmociGlobals {
  std::optional<std::string> level;
  bool verbose = false, debug = false, version = false;

  void declare(Command& command) {
    command.flag("--verbose", "alias for --log=info", verbose);
    command.flag("--debug", "alias for --log=debug", debug);
    command.option("--log", "value", "set the log level (debug, info, [warn], error, fatal)", level);
  }

  void set_up_log() const {
    if (level && (verbose || debug)) fail("--log and --verbose exclude each other");
    log::Setup setup;
    setup.format = log::Format::bullets;
    const std::string name = to_lower(level.value_or(debug ? "debug" : verbose ? "info" : "warn"));
    if (name == "debug")
      setup.threshold = log::Level::debug;
    else if (name == "info")
      setup.threshold = log::Level::info;
    else if (name == "error" || name == "fatal")
      setup.threshold = log::Level::error;
    else if (name != "warn" && name != "warning")
      fail("--log ", printable(name), ": not one of debug, info, warn, error, fatal");
    log::setup(setup);
  }
};

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

const UmociVerb* find_umoci_verb(std::string_view name) {
  for (const UmociVerb& verb : table)
    if (verb.name == name || (!verb.alias.empty() && verb.alias == name)) return &verb;
  return nullptr;
}

[[noreturn]] void fail_unknown(const std::string& verb) {
  constexpr int unknown_verb = 3; // umoci's
  throw Error(cat("unknown command ", printable(verb))).with_exit_code(unknown_verb);
}

// Takes the word after `raw` into the verb's name.
void join_raw(Line& line) {
  if (line.verb != "raw" || line.rest.empty() || line.rest.front().starts_with('-')) return;
  line.verb = cat("raw ", line.rest.front());
  line.rest.erase(line.rest.begin());
}

bool asks_for_help(const Words& words) {
  return !words.empty() && (words.front() == "-h" || words.front() == "--help" || words.front() == "help");
}

int print_help_of(const Words& topic, const Command& globals) {
  if (topic.empty()) {
    print(umoci_help(globals));
    return 0;
  }
  if (topic.front() == "raw" && topic.size() == 1) {
    print(umoci_raw_help());
    return 0;
  }
  const UmociVerb* verb = find_umoci_verb(join(topic, " "));
  if (verb == nullptr) fail_unknown(join(topic, " "));
  Command command;
  const auto made = verb->make();
  made->declare(command);
  print(umoci_verb_help(*verb, command));
  return 0;
}

// Called umoci, what a verb takes goes to stdout before the error goes to stderr.
Words parse_or_explain(const UmociVerb& verb, Command& command, const Words& line, Command& global_options,
                       const Globals& globals) {
  try {
    return command.parse(line, global_options);
  } catch (const Error& error) {
    if (globals.personality == Personality::umoci)
      print(cat("Incorrect Usage: ", error.message(), "\n\n", umoci_verb_help(verb, command)));
    throw;
  }
}

int run(Line line, const Globals& globals, Command& global_options, const std::function<void()>& set_up_log) {
  join_raw(line);
  if (line.verb == "raw help" || line.verb == "raw h") {
    line.rest.insert(line.rest.begin(), "raw");
    return print_help_of(line.rest, global_options);
  }
  if (line.verb.empty()) return print_help_of({}, global_options);
  if (line.verb == "help" || line.verb == "h") return print_help_of(line.rest, global_options);
  if (line.verb == "raw" && (line.rest.empty() || asks_for_help(line.rest))) {
    return print_help_of({"raw"}, global_options);
  }
  const UmociVerb* entry = find_umoci_verb(line.verb);
  if (entry == nullptr) fail_unknown(line.verb);
  const auto verb = entry->make();
  Command command;
  verb->declare(command);
  return with_context(line.verb, [&] {
    const Words words = parse_or_explain(*entry, command, line.rest, global_options, globals);
    if (command.help_wanted()) {
      print(umoci_verb_help(*entry, command));
      return 0;
    }
    set_up_log();
    try {
      return verb->run(globals, command, words);
    } catch (Error& error) {
      throw std::move(error).with_exit_code(1); // its only one
    }
  });
}

int run_as_umoci(int argc, char** argv) {
  // Go's flags take long names after a single dash too.
  std::vector<std::string> texts{argv, argv + argc};
  for (std::string& text : texts)
    if (text.size() > 2 && text[0] == '-' && text[1] != '-' && text[1] >= 'a' && text[1] <= 'z') text = cat("-", text);
  std::vector<char*> words;
  for (std::string& text : texts) words.push_back(text.data());

  UmociGlobals own;
  own.set_up_log();
  Command options;
  own.declare(options);
  const Line line = split_line(options, argc, words.data());
  Command before;
  bool version = false;
  before.flag("-v,--version", "print the version", version);
  before.parse(line.globals, options);
  if (version) {
    print("umoci version " OCI_VERSION "\ncommit: " OCI_COMMIT "\nimage spec: 1.1.1\n");
    return 0;
  }
  if (before.help_wanted()) return print_help_of({}, options);
  Globals globals;
  globals.personality = Personality::umoci;
  return run(line, globals, options, [&] { own.set_up_log(); });
}

int run_as_oci(int argc, char** argv) {
  Globals globals;
  Command options;
  globals.declare(options);
  const Line line = split_line(options, argc, argv);
  Command before;
  before.parse(line.globals, options);
  return run(line, globals, options, [&] { setup_log(globals); });
}

} // namespace

std::span<const UmociVerb> umoci_verbs() { return table; }

bool is_umoci_line(int argc, char** argv) {
  if (personality_of(argv[0]) == Personality::umoci) return true;
  Globals globals;
  Command options;
  globals.declare(options);
  const Line line = split_line(options, argc, argv);
  return is_umoci_form(line.verb, line.rest);
}

int umoci_main(int argc, char** argv) {
  return report_errors(1, [&](int&) {
    return personality_of(argv[0]) == Personality::umoci ? run_as_umoci(argc, argv) : run_as_oci(argc, argv);
  });
}

} // namespace oci::cli
