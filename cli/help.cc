#include "cli/help.h"

#include "base/text.h"

#include <algorithm>

namespace oci::cli {

namespace {

std::string padded(std::string text, std::size_t width) {
  text.append(text.size() + 2 <= width ? width - text.size() : 2, ' ');
  return text;
}

std::string left_column(const Flag& flag) {
  std::string out = join(split(flag.names, ','), ", ");
  if (!flag.value.empty()) out += cat(' ', flag.value);
  return out;
}

std::string_view group_title(Group group) {
  switch (group) {
  case Group::images:
    return "Images in and out";
  case Group::store:
    return "The store";
  case Group::layouts:
    return "Images changed";
  case Group::bundles:
    return "Bundles";
  case Group::containers:
    return "Containers";
  case Group::comfort:
    break;
  }
  return "Comfort";
}

} // namespace

std::string options_help(const Command& command) {
  std::size_t width = 0;
  for (const Flag& flag : command.flags())
    if (!flag.hidden) width = std::max(width, left_column(flag).size() + 2);
  width = std::min<std::size_t>(width, 34);
  std::string out;
  for (const Flag& flag : command.flags())
    if (!flag.hidden) out += cat("  ", padded(left_column(flag), width), flag.help, '\n');
  return out;
}

std::string program_help(const Command& globals, std::string_view program) {
  std::string out = cat("usage: ", program,
                        " [OPTIONS] COMMAND [ARGUMENTS]\n\n"
                        "Fetches container images, unpacks them into bundles, and runs bundles.\n\n"
                        "  oci pull alpine && oci unpack && oci run\n");
  for (Group group : {Group::images, Group::store, Group::layouts, Group::bundles, Group::containers, Group::comfort}) {
    std::string lines;
    for (const VerbEntry& entry : verb_table())
      if (entry.group == group) lines += cat("  ", padded(std::string(entry.name), 12), entry.summary, '\n');
    if (!lines.empty()) out += cat('\n', group_title(group), ":\n", lines);
  }
  out += cat("\nOptions, before or after the command:\n", options_help(globals),
             "  -v, --version  (before the command) print the version\n\n`", program,
             " COMMAND --help` explains a command.\n");
  return out;
}

std::string verb_help(const VerbEntry& entry, const Command& command, std::string_view program) {
  std::string usage = cat("usage: ", program, " ", entry.name, command.flags().empty() ? "" : " [OPTIONS]",
                          entry.usage.empty() ? "" : " ", entry.usage);
  std::string out = cat(usage, "\n\n", entry.summary, "\n");
  if (!command.flags().empty()) out += cat("\nOptions:\n", options_help(command));
  return out + cat("\nExample:\n  ", entry.example, '\n');
}

} // namespace oci::cli
