#include "cli/image_half.h"
#include "cli/verbs.h"

#include "base/error.h"
#include "base/log.h"
#include "base/version.h"
#include "cli/complete.h"
#include "cli/help.h"
#include "cli/peer_form.h"
#include "cli/umoci_form.h"
#include "spec/runtime_config.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <new>

namespace oci::cli {

namespace {

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string version_text(Personality personality) {
  const std::string start = cat(name_of(personality), " version " OCI_VERSION "\ncommit: " OCI_COMMIT "\n");
  const std::string spec = cat("spec: ", spec::runtime_spec_version, "\n");
  // The last line is what crun's users look for a feature in.
  if (personality == Personality::crun)
    return cat(start, "rundir: /run/crun\n", spec, "+SELINUX +APPARMOR +CAP +SECCOMP +EBPF\n");
  return cat(start, spec);
}

[[noreturn]] void fail_unknown_verb(const std::string& verb) {
  std::vector<std::string> names;
  for (const VerbEntry& entry : verb_table()) names.emplace_back(entry.name);
  Error error(cat("unknown command ", printable(verb)));
  const auto near = nearest(verb, names);
  throw std::move(error).with_hint(near ? cat("did you mean `oci ", *near, "`?") : "`oci --help` lists the commands");
}

MakeVerb find_binding(std::span<const VerbBinding> bindings, std::string_view name) {
  for (const VerbBinding& binding : bindings)
    if (binding.name == name) return binding.make;
  return nullptr;
}

Words parse_line(const VerbEntry& entry, Command& command, const Globals& globals, Command& global_options,
                 const Words& arguments) {
  if (!is_runtime_peer(globals.personality))
    return with_context(entry.name, [&] { return command.parse(arguments, global_options); });
  try {
    const bool runc = globals.personality == Personality::runc;
    return command.parse(runc ? with_two_dashes(arguments, command, global_options) : arguments, global_options);
  } catch (const Error& error) {
    throw peer_usage_error(entry, command, globals.personality, error);
  }
}

int run_verb(const VerbEntry& entry, Verb& verb, const Globals& globals, Command& global_options,
             const Words& arguments) {
  Command command;
  verb.declare(command);
  const bool peer = is_runtime_peer(globals.personality);
  if (peer) command.drop_image_flags();
  const Words words = parse_line(entry, command, globals, global_options, arguments);
  if (command.help_wanted()) {
    print(peer ? peer_verb_help(entry, command, globals.personality)
               : verb_help(entry, command, name_of(globals.personality)));
    return 0;
  }
  setup_log(globals);
  if (globals.personality != Personality::runc) return verb.run(globals, command, words);
  try {
    return verb.run(globals, command, words);
  } catch (const Error& error) {
    throw in_runc_words(entry.name, error);
  }
}

Line line_of(Personality personality, const Command& global_options, int argc, char** argv) {
  if (personality != Personality::runc || argc < 2) return split_line(global_options, argc, argv);
  Words words = with_two_dashes({argv + 1, argv + argc}, {}, global_options);
  std::vector<char*> pointers = {argv[0]};
  for (std::string& word : words) pointers.push_back(word.data());
  return split_line(global_options, argc, pointers.data());
}

// `help`, `help COMMAND`, and the lack of a command.
int help(const Line& line, const Globals& globals, const Command& global_options, bool wanted) {
  const bool peer = is_runtime_peer(globals.personality);
  if (peer && !wanted && !line.rest.empty()) throw peer_unknown_verb(globals.personality, line.rest[0]);
  if (globals.personality == Personality::crun && !wanted) throw Error("please specify a command");
  print(peer ? peer_program_help(global_options, globals.personality)
             : program_help(global_options, name_of(globals.personality)));
  return wanted || peer ? 0 : 1; // runc's is no error
}

// `__complete WORD...`: the flags of a verb are known to the program that runs it.
int complete(Program program, std::span<const VerbBinding> bindings, Globals& globals, Command& global_options,
             const Words& line, char** argv, int argc) {
  const VerbEntry* entry = verb_being_completed(global_options, line);
  if (entry != nullptr && entry->program != program && program == Program::oci) exec_image_half({argv, argv + argc});
  Command command;
  std::unique_ptr<Verb> verb; // the flags' targets are in it
  if (entry != nullptr) {
    const MakeVerb make = find_binding(bindings, entry->name);
    if (make == nullptr) return 0;
    verb = make();
    verb->declare(command);
  }
  const Words words = candidates(entry, entry != nullptr ? &command : nullptr, global_options, globals, line);
  for (const std::string& word : words) print(cat(printable(word), '\n'));
  return 0;
}

// `delete docker://IMAGE`; a container's id holds no slash.
bool deletes_image(const Line& line) {
  return line.verb == "delete" && std::any_of(line.rest.begin(), line.rest.end(),
                                              [](const auto& word) { return word.starts_with("docker://"); });
}

int dispatch_or_throw(Program program, std::span<const VerbBinding> bindings, int argc, char** argv,
                      int& failure_code) {
  Globals globals;
  globals.personality = personality_of(argv[0]);
  Command global_options;
  globals.declare(global_options);
  bool version = false;
  Command before_verb;
  before_verb.flag("-v,-V,--version", "print the version", version);
  Line line = line_of(globals.personality, global_options, argc, argv);
  before_verb.parse(line.globals, global_options);
  if (line.verb == complete_verb) return complete(program, bindings, globals, global_options, line.rest, argv, argc);
  if (version) {
    print(version_text(globals.personality));
    return 0;
  }
  setup_log(globals);
  const bool help_word = line.verb == "help" || (line.verb == "h" && globals.personality == Personality::runc);
  if (help_word && globals.personality == Personality::runc && !line.rest.empty() && find_verb(line.rest[0])) {
    line.verb = line.rest[0]; // "runc help run"
    line.rest = {"--help"};
  } else if (before_verb.help_wanted() || line.verb.empty() || help_word) {
    return help(line, globals, global_options, before_verb.help_wanted() || (help_word && line.rest.empty()));
  }
  if (program == Program::oci && is_umoci_form(line.verb, line.rest)) exec_image_half({argv, argv + argc});
  const VerbEntry* entry = find_verb(line.verb);
  if (entry == nullptr && is_runtime_peer(globals.personality)) throw peer_unknown_verb(globals.personality, line.verb);
  if (entry == nullptr) fail_unknown_verb(line.verb);
  failure_code = globals.personality == Personality::crun ? 1 : entry->failure_code;
  if (entry->program == Program::image && program == Program::oci) exec_image_half({argv, argv + argc});
  if (program == Program::oci && deletes_image(line)) exec_image_half({argv, argv + argc});
  const MakeVerb make = find_binding(bindings, entry->name);
  if (make == nullptr) fail(line.verb, ": runs in oci, not in oci-image");
  return run_verb(*entry, *make(), globals, global_options, line.rest);
}

} // namespace

Line split_line(const Command& globals, int argc, char** argv) {
  Line line;
  int i = 1;
  for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; ++i) {
    line.globals.emplace_back(argv[i]);
    if (globals.takes_next(argv[i]) && i + 1 < argc) line.globals.emplace_back(argv[++i]);
  }
  if (i < argc) line.verb = argv[i++];
  for (; i < argc; ++i) line.rest.emplace_back(argv[i]);
  return line;
}

int report_errors(int failure_code, const std::function<int(int& failure_code)>& body) {
  auto report = [&](const Error& error) {
    log::report(error);
    return error.exit_code() == 1 ? failure_code : error.exit_code();
  };
  try {
    const int status = body(failure_code);
    if (std::fflush(stdout) != 0) fail("write to stdout: ", errno_text(errno));
    return status;
  } catch (const Error& error) {
    return report(error);
  } catch (const std::bad_alloc&) {
    return report(Error("out of memory"));
  } catch (const std::exception& error) {
    return report(Error(cat("internal error: ", error.what())));
  }
}

int dispatch(Program program, std::span<const VerbBinding> bindings, int argc, char** argv) {
  return report_errors(1, [&](int& failure_code) -> int {
    const Personality personality = personality_of(argv[0]);
    const bool image_tool = personality == Personality::umoci || personality == Personality::skopeo;
    if (program == Program::oci && image_tool) exec_image_half({argv, argv + argc});
    return dispatch_or_throw(program, bindings, argc, argv, failure_code);
  });
}

} // namespace oci::cli
