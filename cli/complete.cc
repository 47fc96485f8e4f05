#include "cli/complete.h"

#include "base/files.h"
#include "spec/image.h"
#include "spec/store.h"

#include <algorithm>
#include <dirent.h>

namespace oci::cli {

namespace {

// Where the verb stands; line.size() when it does not.
std::size_t verb_place(const Command& globals, const Words& line) {
  std::size_t i = 0;
  while (i < line.size() && line[i].size() > 1 && line[i][0] == '-') i += globals.takes_next(line[i]) ? 2 : 1;
  return std::min(i, line.size());
}

void add_flags(Words& out, const Command& command) {
  for (const Flag& flag : command.flags())
    if (!flag.hidden)
      for (const std::string& name : split(flag.names, ','))
        if (name.starts_with("--")) out.push_back(name);
}

void add_verbs(Words& out) {
  for (const VerbEntry& entry : verb_table()) out.emplace_back(entry.name);
}

void add_containers(Words& out, const std::string& root) {
  DIR* folder = ::opendir(root.c_str());
  if (folder == nullptr) return;
  while (const dirent* entry = ::readdir(folder))
    if (entry->d_name[0] != '.') out.emplace_back(entry->d_name);
  ::closedir(folder);
}

void add_images(Words& out, const Globals& globals) {
  const auto store = spec::Store::open(spec::Store::locate(globals.store));
  if (!store) return;
  for (const spec::Descriptor& manifest : store->layout().index().manifests)
    if (const auto name = manifest.annotations.find(std::string(spec::ref_name_annotation));
        name != manifest.annotations.end())
      out.push_back(name->second);
}

// The words typed behind the verb that are no flags, the one being typed left out.
std::size_t words_before(const Command& command, const Command& globals, const Words& line, std::size_t from) {
  std::size_t count = 0;
  for (std::size_t i = from; i + 1 < line.size(); ++i) {
    if (line[i].size() < 2 || line[i][0] != '-')
      ++count;
    else if (command.takes_next(line[i]) || globals.takes_next(line[i]))
      ++i;
  }
  return count;
}

// What the verb's usage calls its word at `place`: "ID", "IMAGE", "BUNDLE"; the last goes on where it ends in "...".
std::string word_name(std::string_view usage, std::size_t place) {
  std::string last;
  std::size_t seen = 0;
  for (std::string word : split(std::string(usage), ' ')) {
    std::erase_if(word, [](char c) { return c == '[' || c == ']'; });
    const bool repeated = word.ends_with("...");
    if (repeated) word.resize(word.size() - 3);
    if (word.empty() || word[0] == '-' || word == "|") continue;
    if (seen == place || (repeated && place > seen)) return word;
    ++seen;
  }
  return "";
}

void add_words(Words& out, std::string_view usage, std::size_t place, const Globals& globals) {
  const std::string name = word_name(usage, place);
  if (name == "ID") add_containers(out, globals.state_root());
  if (name == "IMAGE") add_images(out, globals);
}

} // namespace

const VerbEntry* verb_being_completed(const Command& globals, const Words& line) {
  const std::size_t at = verb_place(globals, line);
  return at + 1 < line.size() ? find_verb(line[at]) : nullptr;
}

Words candidates(const VerbEntry* entry, const Command* command, const Command& global_options, const Globals& globals,
                 const Words& line) {
  const std::string typed = line.empty() ? "" : line.back();
  const bool has_previous = line.size() > 1;
  Words out;
  if (has_previous && (global_options.takes_next(line[line.size() - 2]) ||
                       (command != nullptr && command->takes_next(line[line.size() - 2]))))
    return out; // a flag's value
  if (typed.starts_with('-')) {
    if (command != nullptr) add_flags(out, *command);
    add_flags(out, global_options);
    out.emplace_back("--help");
  } else if (entry != nullptr) {
    const std::size_t place = words_before(*command, global_options, line, verb_place(global_options, line) + 1);
    add_words(out, entry->usage, place, globals);
  } else if (verb_place(global_options, line) + 1 >= line.size()) {
    add_verbs(out);
  }
  std::erase_if(out, [&](const std::string& word) { return !word.starts_with(typed); });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

} // namespace oci::cli
