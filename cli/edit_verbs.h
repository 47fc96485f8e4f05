// The verbs that make and change images: umoci's, on any layout, and most of them on the store too.
#pragma once

#include "cli/verbs.h"

namespace oci::cli {

std::unique_ptr<Verb> make_init();
std::unique_ptr<Verb> make_new();
std::unique_ptr<Verb> make_config();
std::unique_ptr<Verb> make_stat();
std::unique_ptr<Verb> make_repack();
std::unique_ptr<Verb> make_insert();
// Only in umoci's form.
std::unique_ptr<Verb> make_layout_tag();
std::unique_ptr<Verb> make_layout_rm();
std::unique_ptr<Verb> make_layout_ls();
std::unique_ptr<Verb> make_layout_gc();
std::unique_ptr<Verb> make_layout_unpack();
std::unique_ptr<Verb> make_raw_unpack();
std::unique_ptr<Verb> make_raw_config();
std::unique_ptr<Verb> make_raw_add_layer();

} // namespace oci::cli
