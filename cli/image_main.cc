#include "cli/copy_verbs.h"
#include "cli/edit_verbs.h"
#include "cli/image_half.h"
#include "cli/image_verbs.h"
#include "cli/skopeo.h"
#include "cli/store_verbs.h"
#include "cli/umoci.h"

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
  if (is_skopeo_line(argc, argv)) return skopeo_main(argc, argv);
  if (is_umoci_line(argc, argv)) return umoci_main(argc, argv);
  constexpr std::array bindings{
      VerbBinding{"pull", make_pull},     VerbBinding{"images", make_images}, VerbBinding{"tag", make_tag},
      VerbBinding{"rmi", make_rmi},       VerbBinding{"gc", make_gc},         VerbBinding{"verify", make_verify},
      VerbBinding{"unpack", make_unpack}, VerbBinding{"init", make_init},     VerbBinding{"new", make_new},
      VerbBinding{"config", make_config}, VerbBinding{"stat", make_stat},     VerbBinding{"repack", make_repack},
      VerbBinding{"insert", make_insert}, VerbBinding{"copy", make_copy},     VerbBinding{"inspect", make_inspect},
      VerbBinding{"export", make_export}, VerbBinding{"diff", make_diff},     VerbBinding{"tags", make_tags},
      VerbBinding{"sync", make_sync},     VerbBinding{"digest", make_digest}, VerbBinding{"delete", make_delete_image},
      VerbBinding{"login", make_login},   VerbBinding{"logout", make_logout}, VerbBinding{"push", make_push},
      VerbBinding{"info", make_info}};
  return dispatch(Program::image, bindings, argc, argv);
}
