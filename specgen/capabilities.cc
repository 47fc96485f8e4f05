// process.capabilities: the engine's set, changed by --cap-add, --cap-drop and --privileged as Docker does it.
#include "specgen/draft.h"

#include "spec/capability_names.h"

#include <algorithm>

namespace oci::specgen {

namespace {

using spec::capability_names;

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// "net_admin" is "CAP_NET_ADMIN"; "ALL" stays.
std::string parse_name(std::string_view flag, const std::string& text) {
  std::string name = to_lower(text);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
  if (name == "ALL" || name == "CAP_ALL") return "ALL";
  if (!name.starts_with("CAP_")) name.insert(0, "CAP_");
  if (std::find(capability_names.begin(), capability_names.end(), name) != capability_names.end()) return name;
  const std::vector<std::string> known(capability_names.begin(), capability_names.end());
  if (const auto near = nearest(name, known))
    refuse(flag, text, "no such capability; did you mean ", near->substr(4), "?");
  refuse(flag, text, "no such capability; capabilities(7) has them, ALL is every one");
}

std::vector<std::string> parse_names(std::string_view flag, const std::vector<std::string>& texts) {
  std::vector<std::string> names;
  for (const std::string& text : texts)
    for (const std::string& one : split(text, ',')) names.push_back(parse_name(flag, one));
  return names;
}

// All that there are and this machine may give.
std::vector<std::string> every_capability(Draft& draft) {
  std::vector<std::string> given, missing;
  for (std::size_t number = 0; number < capability_names.size(); ++number) {
    const bool ours = !draft.host.capabilities || (*draft.host.capabilities >> number & 1) != 0;
    (ours ? given : missing).emplace_back(capability_names[number]);
  }
  if (!missing.empty())
    draft.warn("left out of all capabilities, for this machine does not give them: ", join(missing, ", "));
  return given;
}

// ALL to add is all but what is dropped by name; ALL to drop leaves what is added.
std::vector<std::string> tweaked(Draft& draft, const std::vector<std::string>& add,
                                 const std::vector<std::string>& drop) {
  std::vector<std::string> start;
  if (draft.request.privileged || contains(add, "ALL"))
    start = every_capability(draft);
  else if (!contains(drop, "ALL"))
    start = draft.process().capabilities ? draft.process().capabilities->bounding : start;
  std::vector<std::string> kept;
  for (const std::string& name : start)
    if (draft.request.privileged || !contains(drop, name)) kept.push_back(name);
  for (const std::string& name : add)
    if (name != "ALL" && !contains(kept, name)) kept.push_back(name);
  return kept;
}

void note_origins(Draft& draft, const char* set, const std::vector<std::string>& names,
                  const std::vector<std::string>& before) {
  const std::string flag = draft.request.privileged ? "--privileged" : "--cap-add";
  for (const std::string& name : names)
    if (!contains(before, name)) draft.note(cat("process.capabilities.", set, "[", name, "]"), from_flag(flag));
}

} // namespace

void apply_capabilities(Draft& draft) {
  const std::vector<std::string> add = parse_names("--cap-add", draft.request.cap_add);
  const std::vector<std::string> drop = parse_names("--cap-drop", draft.request.cap_drop);
  const bool changed = !add.empty() || !drop.empty() || draft.request.privileged;
  const bool another_user = draft.engine.capabilities_of_root_only && draft.process().user.uid != 0;
  if (!changed && !another_user) return;

  const spec::Capabilities before = draft.process().capabilities.value_or(spec::Capabilities{});
  spec::Capabilities caps;
  caps.bounding = changed ? tweaked(draft, add, drop) : before.bounding;
  if (!another_user) caps.effective = caps.permitted = caps.bounding;
  if (caps.bounding.empty()) {
    std::string dropped = join(before.bounding, " ");
    draft.note_over("process.capabilities", from_flag("--cap-drop"), dropped);
  } else {
    // What was dropped by ALL and added by name is the user's choice as well.
    const std::vector<std::string> given = contains(drop, "ALL") ? std::vector<std::string>{} : before.bounding;
    note_origins(draft, "bounding", caps.bounding, given);
    note_origins(draft, "effective", caps.effective, given);
    note_origins(draft, "permitted", caps.permitted, given);
  }
  draft.process().capabilities = std::move(caps);
}

} // namespace oci::specgen
