#include "cli/skopeo.h"

#include "base/error.h"
#include "base/log.h"
#include "base/version.h"
#include "cli/copy_verbs.h"
#include "cli/deadline.h"
#include "cli/help.h"

#include <cstdio>
#include <ctime>
#include <functional>

namespace oci::cli {

namespace {

constexpr std::string_view peer_version = "1.22.0";

// What stands before or after the verb and is not a verb's own here.
struct SkopeoGlobals {
  std::string policy, registries_d, registries_conf, timeout, user_agent;
  bool insecure_policy = false, require_signed = false, debug = false, version = false;

  void declare(Command& command) {
    command.flag("--insecure-policy", "run the tool without any policy check", insecure_policy);
    command.flag("--require-signed", "require any pulled image to be signed", require_signed);
    command.option("--policy", "FILE", "path to a trust policy file", policy);
    command.option("--registries.d", "DIR", "registry configuration files", registries_d);
    command.option("--registries-conf", "FILE", "path to the registries.conf file", registries_conf);
    command.option("--command-timeout", "DURATION", "timeout for the command execution", timeout);
    command.option("--user-agent-prefix", "PREFIX", "prefix to add to the user agent string", user_agent);
    command.flag("--debug", "enable debug output", debug);
    command.flag("-v,--version", "version for skopeo", version);
  }

  std::string agent() const {
    return cat(user_agent, user_agent.empty() ? "" : " ", "skopeo/", peer_version, " oci/" OCI_VERSION);
  }

  // What is asked for and cannot be promised is an error, above all where it is about trust.
  void check() const {
    if (require_signed) fail("signatures are not checked, so --require-signed cannot be promised");
    if (!policy.empty() && insecure_policy) fail("--policy and --insecure-policy exclude each other");
    if (!registries_d.empty()) log::warning("--registries.d is not looked at: signatures are not copied");
  }
};

std::string fatal_line(const std::string& message) {
  const std::string now = rfc3339(static_cast<std::int64_t>(std::time(nullptr)), 0).substr(0, 19);
  return cat("time=\"", now, "Z\" level=fatal msg=", go_quoted(message), "\n");
}

// Its 2 is for a registry that says so by this code and for a layout that has no such name; all else is 1.
bool is_missing_image(const Error& error) {
  const auto says = [&](std::string_view text) { return error.message().find(text) != std::string::npos; };
  return error.exit_code() == 2 && (says("MANIFEST_UNKNOWN") || says("no descriptor found for reference"));
}

int tell(const Error& error) {
  std::fputs(fatal_line(error.message()).c_str(), stderr);
  return is_missing_image(error) ? 2 : 1;
}

struct SkopeoVerb {
  std::string_view name;
  MakeVerb make;
  std::size_t least, most; // words
  std::string_view wrong;  // what is said of another number of them
  std::string_view usage, summary;
  std::string_view image_error; // what is said before a word that is no image's name; "" when words are others
};

constexpr SkopeoVerb verbs[] = {
    {"copy", make_copy, 2, 2, "Exactly two arguments expected", "SOURCE-IMAGE DESTINATION-IMAGE",
     "Copy an IMAGE-NAME from one location to another", "Invalid source name "},
    {"delete", make_delete_image, 1, 1, "Usage: delete imageReference", "IMAGE-NAME", "Delete image IMAGE-NAME",
     "Invalid source name "},
    {"inspect", make_inspect, 1, 1, "Exactly one argument expected", "IMAGE-NAME", "Inspect image IMAGE-NAME",
     "Error parsing image name "},
    {"list-tags", make_tags, 1, 1, "Exactly one non-option argument expected", "SOURCE-IMAGE",
     "List tags in the transport/repository specified by the SOURCE-IMAGE", ""},
    {"login", make_login, 1, 1, "login accepts only one registry to log in to", "REGISTRY",
     "Login to a container registry", ""},
    {"logout", make_logout, 0, 1, "logout accepts only one registry to log out from", "[REGISTRY]",
     "Logout of a container registry", ""},
    {"manifest-digest", make_manifest_digest, 1, 1, "Usage: skopeo manifest-digest manifest", "MANIFEST-FILE",
     "Compute a manifest digest of a file", ""},
    {"sync", make_sync, 2, 2, "Exactly two arguments expected", "--src TRANSPORT --dest TRANSPORT SOURCE DESTINATION",
     "Synchronize one or more images from one location to another", ""},
};

std::string program_usage(const Command& globals) {
  std::string out = "Various operations with container images and container image registries\n\n"
                    "Usage:\n  skopeo [flags]\n  skopeo [command]\n\nAvailable Commands:\n";
  for (const SkopeoVerb& verb : verbs)
    out += cat("  ", verb.name, std::string(18 - verb.name.size(), ' '), verb.summary, "\n");
  return cat(out, "\nFlags:\n", options_help(globals),
             "\nUse \"skopeo [command] --help\" for more information about a command.\n");
}

std::string verb_usage(const SkopeoVerb& verb, const Command& command, const Command& globals) {
  return cat(verb.summary, "\n\nUsage:\n  skopeo ", verb.name, " [command options] ", verb.usage, "\n\nFlags:\n",
             options_help(command), "\nGlobal Flags:\n", options_help(globals));
}

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

const SkopeoVerb* find_skopeo_verb(std::string_view name) {
  for (const SkopeoVerb& verb : verbs)
    if (verb.name == name) return &verb;
  return nullptr;
}

// Options that stand before the verb may be the verb's own.
Line line_of(const SkopeoGlobals& skopeo, int argc, char** argv) {
  SkopeoGlobals copy = skopeo;
  Command known;
  copy.declare(known);
  std::string ignored;
  bool flag = false;
  for (const char* name : {"--override-os", "--override-arch", "--override-variant", "--tmpdir"})
    known.option(name, "", "", ignored);
  known.flag("--tls-verify", "", flag);
  return split_line(known, argc, argv);
}

// In the words of skopeo's own parser.
Words parse(Command& command, const Words& arguments, Command& globals) {
  try {
    return command.parse(arguments, globals);
  } catch (const Error& error) {
    constexpr std::string_view start = "unknown option ";
    if (!error.message().starts_with(start)) throw;
    const std::string option = error.message().substr(start.size());
    if (option.starts_with("--")) fail("unknown flag: ", option.substr(0, option.find('=')));
    fail("unknown shorthand flag: '", option.substr(1, 1), "' in ", option);
  }
}

int run_alone(const SkopeoGlobals& skopeo, Command& globals, const Line& line) {
  Command alone;
  alone.words(0, any_number, {});
  (void)parse(alone, line.globals, globals);
  if (skopeo.version) {
    std::puts(cat("skopeo version ", peer_version, " (oci " OCI_VERSION ")").c_str());
    return 0;
  }
  constexpr std::string_view more = "\nTry 'skopeo --help' for more information";
  if (line.verb.empty() && !alone.help_wanted()) fail("Missing command 'skopeo COMMAND'", more);
  if (!line.verb.empty() && line.verb != "help") fail("Unrecognized command `skopeo ", printable(line.verb), "`", more);
  print(program_usage(globals));
  return 0;
}

// skopeo itself takes no name without a transport.
void check_words(const SkopeoVerb& verb, const Words& words, const std::function<std::string()>& usage) {
  if (words.size() < verb.least || words.size() > verb.most) {
    if (verb.most > 1 || verb.make == make_tags) std::fputs(usage().c_str(), stderr);
    if (verb.make == make_login && words.empty()) fail("please provide a registry to log in to");
    fail(verb.wrong);
  }
  for (std::size_t i = 0; i < words.size() && !verb.image_error.empty(); ++i) {
    const std::string name = printable(words[i]);
    const std::string start = i == 0 ? cat(verb.image_error, verb.make == make_inspect ? go_quoted(name) : name, ": ")
                                     : cat("Invalid destination name ", name, ": ");
    const std::size_t colon = name.find(':');
    if (colon == std::string::npos)
      fail(start, "Invalid image name ", go_quoted(name), ", expected colon-separated transport:reference");
    if (!spec::has_transport(words[i]))
      fail(start, "Invalid image name ", go_quoted(name), ", unknown transport ", go_quoted(name.substr(0, colon)));
    (void)with_context(std::string_view(start).substr(0, start.size() - 2),
                       [&] { return spec::ImageName::parse(words[i]); });
  }
}

int run(int argc, char** argv) {
  SkopeoGlobals skopeo;
  Command globals;
  skopeo.declare(globals);
  const Line line = line_of(skopeo, argc, argv);
  const SkopeoVerb* known = find_skopeo_verb(line.verb);
  if (known == nullptr) return run_alone(skopeo, globals, line);
  Words arguments = line.globals;
  arguments.insert(arguments.end(), line.rest.begin(), line.rest.end());
  const std::unique_ptr<Verb> verb = known->make();
  Command command;
  verb->declare(command);
  command.words(0, any_number, {});
  const Words words = parse(command, arguments, globals);
  if (command.help_wanted()) {
    print(verb_usage(*known, command, globals));
    return 0;
  }
  check_words(*known, words, [&] { return verb_usage(*known, command, globals); });
  skopeo.check();
  if (!skopeo.timeout.empty()) set_deadline(skopeo.timeout, fatal_line("context deadline exceeded"));
  fetch::set_user_agent(skopeo.agent());
  fetch::forbid_http_on_loopback();
  if (!skopeo.registries_conf.empty()) ::setenv("CONTAINERS_REGISTRIES_CONF", skopeo.registries_conf.c_str(), 1);
  Globals ours;
  ours.personality = Personality::skopeo;
  ours.debug = skopeo.debug;
  ours.policy = skopeo.policy;
  ours.insecure_policy = skopeo.insecure_policy;
  setup_log(ours);
  return verb->run(ours, command, words);
}

} // namespace

bool is_skopeo_line(int argc, char** argv) { return argc > 0 && personality_of(argv[0]) == Personality::skopeo; }

int skopeo_main(int argc, char** argv) {
  try {
    const int status = run(argc, argv);
    if (std::fflush(stdout) != 0) return tell(Error("write to stdout failed"));
    return status;
  } catch (const Error& error) {
    return tell(error);
  } catch (const std::exception& error) {
    return tell(Error(error.what()));
  }
}

} // namespace oci::cli
