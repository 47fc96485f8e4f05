#include "cli/progress_options.h"

#include "base/error.h"

#include <unistd.h>

namespace oci::cli {

void ProgressFlags::declare(Command& command) {
  command.flag("-q,--quiet", "show no progress", quiet);
  command.option("--progress", "FORM", "show progress as auto, bars, lines, json or none", form);
}

namespace {

std::unique_ptr<fetch::Progress> shown_as(const std::string& form, bool quiet) {
  if (quiet || form == "none") return fetch::silent_progress();
  if (form.empty() || form == "auto") return fetch::progress_for(STDERR_FILENO);
  if (form == "json") return fetch::json_progress(STDERR_FILENO);
  if (form == "lines") return fetch::line_progress(STDERR_FILENO);
  if (form == "bars") return fetch::bar_progress(STDERR_FILENO);
  fail("--progress ", printable(form), ": not auto, bars, lines, json or none");
}

} // namespace

std::unique_ptr<fetch::Progress> ProgressFlags::make(bool silent) const {
  return fetch::stoppable_progress(shown_as(form, quiet || silent));
}

} // namespace oci::cli
