#include "cli/peer_form.h"

#include "base/text.h"
#include "base/version.h"
#include "spec/runtime_config.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace oci::cli {

namespace {

constexpr int runc_unknown_command = 3, crun_bad_usage = 64; // EX_USAGE

constexpr std::array<std::string_view, 15> runc_verbs = {"create", "delete", "events", "exec",  "features",
                                                         "kill",   "list",   "pause",  "ps",    "resume",
                                                         "run",    "spec",   "start",  "state", "update"};

std::string padded(std::string text, std::size_t width) {
  text.append(text.size() + 2 <= width ? width - text.size() : 2, ' ');
  return text;
}

// "--bundle value, -b value", the long name first; crun has "-b, --bundle=DIR".
std::string option_names(const Flag& flag, Personality personality) {
  std::vector<std::string> names = split(flag.names, ',');
  if (personality == Personality::crun) {
    const std::string shown = join(names, ", ");
    return cat(names.front().starts_with("--") ? "    " : "", shown, flag.value.empty() ? "" : "=", flag.value);
  }
  std::stable_partition(names.begin(), names.end(), [](const std::string& name) { return name.starts_with("--"); });
  for (std::string& name : names) name += flag.value.empty() ? "" : " value";
  return join(names, ", ");
}

std::string options_text(const Command& command, Personality personality, bool version) {
  const bool crun = personality == Personality::crun;
  const std::string_view margin = crun ? "  " : "   ";
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Flag& flag : command.flags())
    if (!flag.hidden) rows.emplace_back(option_names(flag, personality), flag.help);
  rows.emplace_back(crun ? "-?, --help" : "--help, -h", crun ? "Give this help list" : "show help");
  if (version) rows.emplace_back(crun ? "-v, -V, --version" : "--version, -v", "print the version");
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.first.size() + 2);
  std::string out;
  for (const auto& [names, help] : rows)
    out += cat(margin, padded(names, std::min<std::size_t>(width, 34)), help, '\n');
  return out;
}

std::string verbs_text(std::string_view before, std::string_view between, std::size_t width) {
  std::string out;
  for (std::string_view name : runc_verbs)
    if (const VerbEntry* entry = find_verb(name))
      out += cat(before, padded(std::string(name), width), between, entry->summary, '\n');
  return out;
}

std::string id_usage(const VerbEntry& entry, const Command& command) {
  return cat(command.flags().empty() ? "" : " [command options]", entry.usage.empty() ? "" : " ", entry.usage);
}

// What runc's and crun's users know of these verbs: without the words for images.
VerbEntry for_peers(VerbEntry entry) {
  if (entry.name == "run" || entry.name == "create") entry.usage = "<container-id>";
  if (entry.name == "run") entry.summary = "create and run a container";
  if (entry.name == "delete") entry.usage = "<container-id>";
  if (entry.name == "spec") entry.usage = "";
  if (entry.name == "ps") entry.usage = "<container-id> [ps options]";
  return entry;
}

std::string expected_words(const Command& command, Personality personality) {
  const auto [least, most] = command.word_limits();
  const std::string_view what = personality == Personality::runc ? " argument(s)" : " arguments";
  if (least == most) return cat("requires exactly ", least, what);
  return command.too_many_words() ? cat("requires a maximum of ", most, what)
                                  : cat("requires a minimum of ", least, what);
}

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

} // namespace

bool is_runtime_peer(Personality personality) {
  return personality == Personality::runc || personality == Personality::crun;
}

std::string peer_program_help(const Command& globals, Personality personality) {
  if (personality == Personality::crun)
    return cat("Usage: crun [OPTION...] COMMAND [OPTION...]\n\nCOMMANDS:\n", verbs_text("\t", "- ", 12), '\n',
               options_text(globals, personality, true));
  return cat("NAME:\n   runc - Open Container Initiative runtime\n\n"
             "oci under the name of runc: it runs containers from OCI bundles, a config.json and a root file system\n"
             "each, with the commands and options of runc.\n\n"
             "USAGE:\n   runc [global options] command [command options] [arguments...]\n\n"
             "VERSION:\n   " OCI_VERSION "\ncommit: " OCI_COMMIT "\nspec: ",
             spec::runtime_spec_version, "\n\nCOMMANDS:\n", verbs_text("   ", "", 12),
             "   help, h     Shows a list of commands or help for one command\n\nGLOBAL OPTIONS:\n",
             options_text(globals, personality, true));
}

std::string peer_verb_help(const VerbEntry& full, const Command& command, Personality personality) {
  const VerbEntry entry = for_peers(full);
  if (personality == Personality::crun)
    return cat("Usage: crun [OPTION...] ", entry.name, " [OPTION]...", entry.usage.empty() ? "" : " ", entry.usage,
               "\nOCI runtime\n\n", options_text(command, personality, false));
  return cat("NAME:\n   runc ", entry.name, " - ", entry.summary, "\n\nUSAGE:\n   runc ", entry.name,
             id_usage(entry, command), "\n\nOPTIONS:\n", options_text(command, personality, false));
}

Words with_two_dashes(Words args, const Command& command, const Command& globals) {
  const auto is_known = [&](const std::string& name) {
    const auto has = [&](const Flag& flag) {
      const std::vector<std::string> names = split(flag.names, ',');
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    return name == "--help" || std::any_of(command.flags().begin(), command.flags().end(), has) ||
           std::any_of(globals.flags().begin(), globals.flags().end(), has);
  };
  for (std::size_t i = 0; i < args.size(); ++i) {
    std::string& arg = args[i];
    if (arg.size() < 2 || arg[0] != '-' || arg == "--") break;
    const std::string two = cat('-', arg);
    if (arg[1] != '-' && arg.size() > 2 && is_known(two.substr(0, two.find('=')))) arg = two;
    if (command.takes_next(arg) || globals.takes_next(arg)) ++i;
  }
  return args;
}

Error peer_unknown_verb(Personality personality, const std::string& verb) {
  if (personality == Personality::crun) return Error(cat("unknown command ", printable(verb)));
  return Error(cat("No help topic for '", printable(verb), "'"), runc_unknown_command);
}

Error peer_usage_error(const VerbEntry& entry, const Command& command, Personality personality, const Error& error) {
  const bool words = command.too_few_words() || command.too_many_words();
  std::string message = error.message();
  if (words && personality == Personality::runc)
    message = cat("runc: \"", entry.name, "\" ", expected_words(command, personality));
  if (words && personality == Personality::crun)
    message = command.too_few_words() && command.word_limits().second == 1
                  ? "please specify a ID for the container"
                  : cat("`", entry.name, "` ", expected_words(command, personality));
  if (personality == Personality::runc)
    print(cat("Incorrect Usage", words ? "." : ": ", words ? "" : message, "\n\n",
              peer_verb_help(entry, command, personality), '\n'));
  return Error(std::move(message), personality == Personality::crun && !words ? crun_bad_usage : 1);
}

Error in_runc_words(std::string_view verb, const Error& error) {
  std::string message = error.message();
  const bool makes = verb == "run" || verb == "create", executes = verb == "exec";
  if (!makes && !executes) return error;
  const std::string ours = executes ? "exec in " : cat(verb, " ");
  // An id holds no colon.
  if (const std::size_t colon = message.find(": "); message.starts_with(ours) && colon != message.npos)
    message.erase(0, colon + 2);
  if (message.starts_with("exec: \"")) message.insert(0, "unable to start container process: ");
  message.insert(0, executes ? "exec failed: " : cat("runc ", verb, " failed: "));
  return Error(std::move(message), error.exit_code()).with_errno(error.error_number());
}

} // namespace oci::cli
