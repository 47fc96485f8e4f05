// What a bundle keeps so that it can be packed again: umoci.json and the mtree manifest of its rootfs.
#pragma once

#include "spec/umoci_bundle.h"
#include "unpack/unpack.h"

namespace oci::cli {

// Reads all of the rootfs. Either both files are there afterwards or neither.
void write_repack_data(int bundle, const spec::DescriptorWalk& from, const unpack::Ids& ids);

struct RepackData {
  spec::UmociBundle origin;
  unpack::Tree before; // the rootfs as it was unpacked
};
RepackData read_repack_data(int bundle);

// O_RDONLY; no link, wherever it leads.
Fd open_rootfs(int bundle);

// --compress
enum class CompressChoice { automatic, none, gzip, zstd };
CompressChoice parse_compress(const std::string& text);
// Automatic: as the image's last compressed layer is, else gzip.
spec::media::Compression choose_compression(CompressChoice choice, const spec::Manifest& manifest);

} // namespace oci::cli
