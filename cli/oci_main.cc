#include "cli/oci_verbs.h"

#include <array>

int main(int argc, char** argv) {
  using namespace oci::cli;
  constexpr std::array bindings{
      VerbBinding{"spec", make_spec},         VerbBinding{"run", make_run},
      VerbBinding{"create", make_create},     VerbBinding{"start", make_start},
      VerbBinding{"exec", make_exec},         VerbBinding{"state", make_state},
      VerbBinding{"kill", make_kill},         VerbBinding{"delete", make_delete},
      VerbBinding{"list", make_list},         VerbBinding{"ps", make_ps},
      VerbBinding{"pause", make_pause},       VerbBinding{"resume", make_resume},
      VerbBinding{"update", make_update},     VerbBinding{"features", make_features},
      VerbBinding{"events", make_events},     VerbBinding{"completion", make_completion},
      VerbBinding{"validate", make_validate},
  };
  return dispatch(Program::oci, bindings, argc, argv);
}
