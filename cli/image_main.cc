#include "cli/image_half.h"
#include "cli/image_verbs.h"

#include "base/log.h"

#include <array>

int main(int argc, char** argv) {
  using namespace oci::cli;
  try {
    require_same_build();
  } catch (const oci::Error& error) {
    oci::log::report(error);
    return 1;
  }
  constexpr std::array bindings{VerbBinding{"pull", make_pull}, VerbBinding{"images", make_images},
                                VerbBinding{"unpack", make_unpack}};
  return dispatch(Program::image, bindings, argc, argv);
}
