// process.args, process.cwd and what belongs to the terminal.
#include "specgen/draft.h"

#include "base/json.h"

namespace oci::specgen {

namespace {

// --entrypoint is one program, or a list as JSON (podman's form).
std::vector<std::string> parse_entrypoint(const std::string& text) {
  if (text.empty()) return {};
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return {text};
  std::vector<std::string> words;
  const Json list = with_context("--entrypoint", [&] { return parse_json(text, "the list"); });
  for (const Json& word : *list.as_array()) {
    if (word.as_string() == nullptr)
      refuse("--entrypoint", text, "not a list of strings ([\"program\", \"argument\"])");
    words.push_back(*word.as_string());
  }
  return words;
}

void append(Draft& draft, const std::vector<std::string>& words, const Origin& origin) {
  for (const std::string& word : words) {
    if (has_nul(word)) fail(origin_text(origin), ": a NUL character in \"", printable(word), "\"");
    std::vector<std::string>& args = draft.process().args;
    draft.note(cat("process.args[", args.size(), "]"), origin);
    args.push_back(word);
  }
}

std::string no_command(const Draft& draft) {
  if (draft.request.entrypoint) return "no command: --entrypoint drops the image's Cmd and none was given";
  if (draft.image == nullptr) return "no command: name the program to run";
  return "no command: the image has neither Entrypoint nor Cmd, so name the program to run";
}

} // namespace

void apply_command(Draft& draft) {
  const Request& request = draft.request;
  const spec::ContainerConfig& image = draft.image_says;
  const bool anything = request.entrypoint || !request.command.empty() || draft.image != nullptr;
  std::vector<std::string>& args = draft.process().args;
  if (!anything && !args.empty()) return; // a template's own command stands
  const std::string old = join(args, " ");
  args.clear();
  if (request.entrypoint)
    append(draft, parse_entrypoint(*request.entrypoint), from_flag("--entrypoint"));
  else
    append(draft, image.entrypoint, from_image("config.Entrypoint"));
  if (!request.command.empty())
    append(draft, request.command, from_flag("command"));
  else if (!request.entrypoint)
    append(draft, image.cmd, from_image("config.Cmd"));
  if (args.empty()) throw Error(no_command(draft));
  if (args[0].empty()) throw Error("no command: the first word is empty");
  if (request.tty) draft.set("process.terminal", draft.process().terminal, true, from_flag("--tty"));
}

void apply_working_folder(Draft& draft) {
  std::string& cwd = draft.process().cwd;
  const std::string& wanted = draft.image_says.working_dir;
  if (!wanted.empty()) {
    if (has_nul(wanted)) fail("image config.WorkingDir ", printable(wanted), ": a NUL character in it");
    if (wanted[0] != '/') draft.warn("the image's WorkingDir ", printable(wanted), " is relative; taken from the root");
    draft.set("process.cwd", cwd, wanted[0] == '/' ? wanted : cat("/", wanted), from_image("config.WorkingDir"));
  }
  if (draft.request.workdir)
    draft.set("process.cwd", cwd, parse_absolute_path("--workdir", *draft.request.workdir), from_flag("--workdir"));
}

} // namespace oci::specgen
