// `oci run IMAGE [COMMAND...]`: what is missing is pulled, the image unpacked into the store's containers/ID, run in
// the foreground, and all of it removed.
#pragma once

#include "cli/container_options.h"
#include "cli/globals.h"
#include "cli/runtime_options.h"
#include "spec/image_record.h"

#include <functional>

namespace oci::cli {

struct RunImage {
  std::string image;
  Words command;
  std::string name;     // the container's id; "" makes one
  std::string platform; // "" is this machine's
  bool quiet = false;
};

// The program's exit status; errors have docker's exit codes: 127 program not found, 126 not executable, 125 all else.
int run_image(const Globals& globals, const RunImage& what, ContainerOptions& container, runtime::RunOptions options);

// The image's record, pulled first when the store has none.
spec::ImageRecord image_record(const Globals& globals, const RunImage& what);

// Calls `use` with the root file system of the image, unpacked for as long as that takes.
void with_unpacked(const Globals& globals, const spec::ImageRecord& record, const std::function<void(int rootfs)>& use);

// Whether the store has an image that a plain word names.
bool store_has_image(const Globals& globals, const std::string& word);

} // namespace oci::cli
