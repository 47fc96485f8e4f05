// Help in the form that umoci's users and scripts know.
#include "cli/umoci.h"

#include "base/text.h"
#include "base/version.h"

#include <algorithm>

namespace oci::cli {

namespace {

std::string padded(std::string text, std::size_t width) {
  text.append(text.size() < width ? width - text.size() : 1, ' ');
  return text;
}

// Without the word `raw`, beneath which it stands.
std::string shown_name(const UmociVerb& verb) {
  auto shown = [](std::string_view name) { return name.starts_with("raw ") ? name.substr(4) : name; };
  return verb.alias.empty() ? std::string(shown(verb.name)) : cat(shown(verb.name), ", ", shown(verb.alias));
}

std::string options_help(const Command& command) {
  std::string out = "OPTIONS:\n";
  for (const Flag& flag : command.flags()) {
    if (flag.hidden) continue;
    const std::string names = cat("   ", join(split(flag.names, ','), ", "), flag.value.empty() ? "" : " value");
    out += cat(padded(names, 32), flag.help, '\n');
  }
  return out + "   --help, -h                   show help\n";
}

std::string verbs_of(std::string_view category, bool raw) {
  std::string out = cat("\n   ", category, ":\n");
  for (const UmociVerb& verb : umoci_verbs()) {
    if (verb.category != category || verb.name.starts_with("raw ") != raw) continue;
    out += cat("     ", padded(shown_name(verb), 24), verb.summary, '\n');
  }
  return out;
}

} // namespace

std::string umoci_help(const Command& globals) {
  return cat("NAME:\n   umoci - umoci modifies Open Container images\n\n"
             "USAGE:\n   umoci [global options] command [command options] [arguments...]\n\n"
             "VERSION:\n   " OCI_VERSION "\n\n"
             "COMMANDS:\n   raw      advanced internal image tooling\n"
             "   help, h  Shows a list of commands or help for one command\n",
             verbs_of("image", false), verbs_of("layout", false), "\nGLOBAL ", options_help(globals),
             "   --version, -v                print the version\n");
}

std::string umoci_raw_help() {
  return cat("NAME:\n   umoci raw - advanced internal image tooling\n\n"
             "USAGE:\n   umoci raw command [command options] [arguments...]\n\nCOMMANDS:\n",
             verbs_of("image", true), "\nOPTIONS:\n   --help, -h                   show help\n");
}

std::string umoci_verb_help(const UmociVerb& verb, const Command& command) {
  return cat("NAME:\n   umoci ", verb.name, " - ", verb.summary, "\n\nUSAGE:\n   umoci ", verb.name,
             " [command options] ", verb.usage, "\n\nCATEGORY:\n   ", verb.category, "\n\n", options_help(command));
}

} // namespace oci::cli
