// process.env, in Docker's order: the engine's, the user's, then what the image has and the user did not name.
#include "specgen/draft.h"

#include <algorithm>
#include <unordered_map>

namespace oci::specgen {

namespace {

struct Setting {
  std::string name;
  std::optional<std::string> value; // nullopt: the variable is to be absent
  Origin origin;
};

std::string_view name_of(std::string_view entry) { return entry.substr(0, entry.find('=')); }

std::optional<std::string> callers_value(const Request& request, std::string_view name) {
  for (const std::string& entry : request.environment)
    if (name_of(entry) == name && entry.size() > name.size()) return entry.substr(name.size() + 1);
  return std::nullopt;
}

void remember_overridden(Setting& winner, const Setting& loser) {
  if (!loser.value) return;
  winner.origin.overridden.push_back(cat(origin_text(loser.origin), ": ", printable(*loser.value)));
  winner.origin.overridden.insert(winner.origin.overridden.end(), loser.origin.overridden.begin(),
                                  loser.origin.overridden.end());
}

// In order of first mention, found by name: an image may bring very many.
class Settings {
public:
  Setting* find(const std::string& name) {
    const auto found = places_.find(name);
    return found == places_.end() ? nullptr : &list_[found->second];
  }
  // Adds or replaces; the first place of a name is kept, its last value wins.
  void put(Setting setting) {
    const auto [place, is_new] = places_.try_emplace(setting.name, list_.size());
    if (is_new)
      list_.push_back(std::move(setting));
    else
      list_[place->second] = std::move(setting);
  }
  // The same, and the one that was replaced is remembered.
  void put_over(Setting setting) {
    if (const Setting* old = find(setting.name)) remember_overridden(setting, *old);
    put(std::move(setting));
  }
  std::vector<Setting>& list() { return list_; }

private:
  std::vector<Setting> list_;
  std::unordered_map<std::string, std::size_t> places_;
};

// "NAME=VALUE", or "NAME" for the caller's value. Without one the variable is taken out, as docker does.
Setting user_setting(const Draft& draft, std::string_view flag, const std::string& text) {
  const std::string name(name_of(text));
  if (name.empty() || has_nul(text)) refuse(flag, text, "not of the form NAME=VALUE or NAME");
  if (name.size() < text.size()) return {name, text.substr(name.size() + 1), from_flag(std::string(flag))};
  return {name, callers_value(draft.request, name), from_flag(std::string(flag))};
}

// A line of --env-file: blank ones and those with # are skipped, a name alone takes the caller's value or is skipped.
void add_env_file(Draft& draft, const std::string& path, Settings& settings) {
  const auto text = draft.request.files.find(path);
  if (text == draft.request.files.end()) refuse("--env-file", path, "its content was not handed in");
  std::size_t number = 0;
  for (const std::string& raw : split(text->second, '\n')) {
    ++number;
    const std::string line = raw.substr(std::min(raw.find_first_not_of(" \t\r"), raw.size()));
    const std::string_view kept = line.ends_with('\r') ? std::string_view(line).substr(0, line.size() - 1) : line;
    if (kept.empty() || kept[0] == '#') continue;
    const std::string where = cat("--env-file ", path, ":", number);
    const std::string_view name = name_of(kept);
    if (name.empty() || name.find_first_of(" \t") != std::string_view::npos || has_nul(kept))
      refuse(where, kept, "not of the form NAME=VALUE or NAME");
    Setting setting = user_setting(draft, where, std::string(kept));
    setting.origin = from_flag(where);
    if (setting.value) settings.put(std::move(setting));
  }
}

Settings user_settings(Draft& draft) {
  Settings settings;
  for (const std::string& path : draft.request.env_file) add_env_file(draft, path, settings);
  for (const std::string& text : draft.request.env) settings.put(user_setting(draft, "--env", text));
  return settings;
}

// An entry without "=" is never filled from our own environment (CVE-2026-57231), it is dropped.
Settings image_settings(Draft& draft) {
  Settings settings;
  for (const std::string& entry : draft.image_says.env) {
    const std::string name(name_of(entry));
    if (name.empty() || name.size() == entry.size() || has_nul(entry)) {
      draft.warn("the image's Env entry ", printable(entry), " is not of the form NAME=VALUE; dropped");
      continue;
    }
    settings.put({name, entry.substr(name.size() + 1), from_image("config.Env")});
  }
  return settings;
}

Settings engine_settings(Draft& draft) {
  const Origin engine = draft.engine_origin();
  std::vector<std::string> entries = draft.process().env;
  if (draft.engine.hostname_in_env && !draft.config.hostname.empty())
    entries.push_back(cat("HOSTNAME=", draft.config.hostname));
  if (draft.process().terminal)
    entries.insert(entries.end(), draft.engine.terminal_env.begin(), draft.engine.terminal_env.end());
  Settings settings;
  for (const std::string& entry : entries) {
    const std::string name(name_of(entry));
    settings.put({name, entry.substr(std::min(name.size() + 1, entry.size())), engine});
  }
  return settings;
}

// runc and crun fill HOME in when it is missing; written here so that config.json says what the program will see.
Setting home_setting(const Draft& draft) {
  if (!draft.home.empty()) return {"HOME", draft.home, from_image("/etc/passwd")};
  return {"HOME", "/", draft.engine_origin()};
}

} // namespace

void apply_environment(Draft& draft) {
  Settings wanted = user_settings(draft);
  Settings images = image_settings(draft);
  for (Setting& setting : images.list()) {
    if (Setting* users = wanted.find(setting.name))
      remember_overridden(*users, setting);
    else
      wanted.put(std::move(setting));
  }
  Settings settings = engine_settings(draft);
  for (Setting& setting : wanted.list()) settings.put_over(std::move(setting));
  if (settings.find("HOME") == nullptr && !draft.engine.is_file) settings.put(home_setting(draft));
  draft.process().env.clear();
  for (const Setting& setting : settings.list()) {
    if (!setting.value) continue;
    draft.process().env.push_back(cat(setting.name, "=", *setting.value));
    draft.note(cat("process.env[", setting.name, "]"), setting.origin);
  }
}

} // namespace oci::specgen
