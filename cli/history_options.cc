#include "cli/history_options.h"

#include "base/error.h"
#include "base/log.h"

namespace oci::cli {

void HistoryOptions::declare(Command& command) {
  command.flag("--no-history", "leave no entry in the history", none);
  command.option("--history.author", "TEXT", "the history entry's author", author);
  command.option("--history.comment", "TEXT", "the history entry's comment", comment);
  command.option("--history.created", "TIME", "the history entry's time, RFC 3339", created);
  command.option("--history.created_by", "TEXT", "the history entry's command", created_by);
}

void HistoryOptions::check() const {
  if (created) (void)spec::parse_timestamp("--history.created", *created);
  if (!none) return;
  if (author) fail("--no-history and --history.author exclude each other");
  if (comment) fail("--no-history and --history.comment exclude each other");
  if (created) fail("--no-history and --history.created exclude each other");
  if (created_by) fail("--no-history and --history.created_by exclude each other");
}

void HistoryOptions::add_to(spec::ImageEdit& edit, const Globals& globals, std::string_view verb,
                            const spec::BuildTime& time, bool empty_layer) const {
  if (none) {
    if (!empty_layer) log::warning("the new layer has no history entry, which confuses many tools");
    return;
  }
  spec::History entry;
  entry.created = created ? spec::parse_timestamp("--history.created", *created) : spec::timestamp(time);
  // What is inserted need not be the image's author's: as umoci has it.
  entry.author = author.value_or(verb == "insert" ? "" : edit.config.author);
  entry.created_by = created_by.value_or(cat(globals.personality == Personality::umoci ? "umoci " : "oci ", verb));
  entry.comment = comment.value_or("");
  entry.empty_layer = empty_layer;
  edit.config.history.push_back(std::move(entry));
}

} // namespace oci::cli
