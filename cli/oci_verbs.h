// The verbs that run in `oci` itself; each in verb_<name>.cc.
#pragma once

#include "cli/verbs.h"

namespace oci::cli {

std::unique_ptr<Verb> make_spec();
std::unique_ptr<Verb> make_validate();
std::unique_ptr<Verb> make_run();
std::unique_ptr<Verb> make_create();
std::unique_ptr<Verb> make_start();
std::unique_ptr<Verb> make_exec();
std::unique_ptr<Verb> make_state();
std::unique_ptr<Verb> make_kill();
std::unique_ptr<Verb> make_delete();
std::unique_ptr<Verb> make_list();
std::unique_ptr<Verb> make_ps();
std::unique_ptr<Verb> make_completion();
std::unique_ptr<Verb> make_pause();
std::unique_ptr<Verb> make_resume();
std::unique_ptr<Verb> make_update();
std::unique_ptr<Verb> make_features();
std::unique_ptr<Verb> make_events();

} // namespace oci::cli
