#include "cli/skopeo.h"

#include "base/error.h"
#include "base/log.h"
#include "base/version.h"
#include "cli/copy_verbs.h"

#include <cstdio>
#include <ctime>

namespace oci::cli {

namespace {

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

  // What is asked for and cannot be promised is an error, above all where it is about trust.
  void check() const {
    if (require_signed) fail("signatures are not checked, so --require-signed cannot be promised");
    if (!policy.empty()) fail("trust policies are not checked, so --policy ", printable(policy), " cannot be promised");
    if (!registries_conf.empty()) fail("--registries-conf ", printable(registries_conf), ": such files are not read");
    if (!registries_d.empty()) log::warning("--registries.d is not looked at: signatures are not copied");
    if (!timeout.empty()) log::warning("--command-timeout is not looked at");
    if (!user_agent.empty()) log::warning("--user-agent-prefix is not looked at");
  }
};

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

int tell(const Error& error) {
  const std::string now = rfc3339(static_cast<std::int64_t>(std::time(nullptr)), 0).substr(0, 19);
  std::fprintf(stderr, "time=\"%sZ\" level=fatal msg=%s\n", now.c_str(), quoted(error.message()).c_str());
  return error.exit_code() == 2 ? 2 : 1;
}

int run(int argc, char** argv) {
  SkopeoGlobals skopeo;
  Command globals, known; // known: also the verbs' options that may stand before the verb
  skopeo.declare(globals);
  skopeo.declare(known);
  std::string ignored;
  bool flag = false;
  for (const char* name : {"--override-os", "--override-arch", "--override-variant", "--tmpdir"})
    known.option(name, "", "", ignored);
  known.flag("--tls-verify", "", flag);
  const Line line = split_line(known, argc, argv);
  Words arguments = line.globals;
  arguments.insert(arguments.end(), line.rest.begin(), line.rest.end());
  const MakeVerb make = line.verb == "copy" ? make_copy : line.verb == "inspect" ? make_inspect : nullptr;
  if (make == nullptr) {
    Command alone;
    alone.words(0, any_number, {});
    (void)alone.parse(line.globals, globals);
    if (skopeo.version) {
      std::puts("skopeo version 1.22.0 (oci " OCI_VERSION ")");
      return 0;
    }
    if (line.verb.empty()) fail("a command is needed: copy or inspect");
    fail("unknown command ", quoted(printable(line.verb)), " for \"skopeo\"");
  }
  const std::unique_ptr<Verb> verb = make();
  Command command;
  verb->declare(command);
  const Words words = command.parse(arguments, globals);
  if (line.verb == "copy" && words.size() != 2) fail("Exactly two arguments expected");
  skopeo.check();
  Globals ours;
  ours.personality = Personality::skopeo;
  ours.debug = skopeo.debug;
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
