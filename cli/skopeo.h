// skopeo's command line: what we are when called through a link of that name.
#pragma once

namespace oci::cli {

bool is_skopeo_line(int argc, char** argv);
int skopeo_main(int argc, char** argv);

} // namespace oci::cli
