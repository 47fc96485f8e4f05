// --hook (riddler's) and --init: programs of the host.
#include "specgen/beside.h"
#include "specgen/draft.h"

#include <algorithm>
#include <array>

namespace oci::specgen {

namespace {

constexpr std::array<const char*, 4> init_programs = {"docker-init", "catatonit", "tini-static", "tini"};
constexpr const char* init_place = "/sbin/docker-init";

struct HookText {
  std::string name;
  std::vector<std::string> words;
};

HookText parse_hook(const std::string& text) {
  const auto colon = text.find(':');
  HookText hook;
  hook.name = text.substr(0, colon);
  if (colon != std::string::npos)
    for (const std::string& word : split(text.substr(colon + 1), ' '))
      if (!word.empty()) hook.words.push_back(word);
  if (hook.words.empty() || has_nul(text)) refuse("--hook", text, "not of the form NAME:PROGRAM [ARGUMENT...]");
  return hook;
}

std::vector<spec::Hook>& hooks_named(spec::Hooks& hooks, const std::string& text, const std::string& name) {
  if (name == "prestart") return hooks.prestart;
  if (name == "createRuntime") return hooks.create_runtime;
  if (name == "createContainer") return hooks.create_container;
  if (name == "startContainer") return hooks.start_container;
  if (name == "poststart") return hooks.poststart;
  if (name == "poststop") return hooks.poststop;
  refuse("--hook", text,
         "its name is not prestart, createRuntime, createContainer, startContainer, poststart or poststop");
}

} // namespace

std::vector<std::string> program_names(const Request& request) {
  std::vector<std::string> names;
  if (request.init) names.assign(init_programs.begin(), init_programs.end());
  for (const std::string& text : request.hook) {
    const std::string program = parse_hook(text).words[0];
    if (program[0] != '/') names.push_back(program);
  }
  return names;
}

void apply_hooks(Draft& draft) {
  for (const std::string& text : draft.request.hook) {
    const HookText parsed = parse_hook(text);
    spec::Hook hook;
    hook.path = parsed.words[0];
    hook.args = parsed.words;
    if (!draft.config.hooks) draft.config.hooks.emplace();
    std::vector<spec::Hook>& list = hooks_named(*draft.config.hooks, text, parsed.name);
    if (hook.path[0] != '/' && parsed.name != "startContainer") {
      const auto found = draft.host.programs.find(hook.path);
      if (found == draft.host.programs.end())
        refuse("--hook", text, "no program ", printable(hook.path), " in $PATH; name it by its absolute path");
      hook.path = found->second;
    } else if (hook.path[0] != '/') {
      refuse("--hook", text, "runs inside the container, so its program needs an absolute path");
    }
    draft.note(cat("hooks.", parsed.name, "[", list.size(), "]"), from_flag("--hook"));
    list.push_back(std::move(hook));
  }
}

// The host's small init becomes process 1, as docker has it.
void apply_init(Draft& draft) {
  if (!draft.request.init) return;
  const auto has = [&](const char* name) { return draft.host.programs.count(name) != 0; };
  const auto program = std::find_if(init_programs.begin(), init_programs.end(), has);
  if (program == init_programs.end())
    throw Error("--init: this machine has none of docker-init, catatonit, tini-static and tini")
        .with_hint("install catatonit or tini");
  spec::Mount mount;
  mount.destination = init_place;
  mount.type = "bind";
  mount.source = draft.host.programs.at(*program);
  mount.options = {"bind", "ro"};
  draft.note(cat("mounts[", init_place, "]"), from_flag("--init"));
  draft.config.mounts.push_back(std::move(mount));

  std::vector<std::string>& args = draft.process().args;
  for (std::size_t i = args.size(); i-- > 0;)
    if (const auto moved = draft.provenance.find(cat("process.args[", i, "]")); moved != draft.provenance.end())
      draft.provenance[cat("process.args[", i + 2, "]")] = moved->second;
  args.insert(args.begin(), {init_place, "--"});
  draft.note("process.args[0]", from_flag("--init"));
  draft.note("process.args[1]", from_flag("--init"));
}

} // namespace oci::specgen
