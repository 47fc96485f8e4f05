// What a change leaves in the image's history.
#pragma once

#include "cli/args.h"
#include "cli/globals.h"
#include "spec/build_time.h"
#include "spec/image_edit.h"

namespace oci::cli {

struct HistoryOptions {
  bool none = false;
  std::optional<std::string> author, comment, created, created_by;

  void declare(Command& command);
  // Throws when they contradict each other or the time is none. To be called before anything is written.
  void check() const;
  // Adds the entry to the image. `verb` is what it says it was made by when nothing else was said.
  void add_to(spec::ImageEdit& edit, const Globals& globals, std::string_view verb, const spec::BuildTime& time,
              bool empty_layer) const;
};

} // namespace oci::cli
