// xz and bzip2. No media type of a layer says them, but what calls itself a plain tar may be one of these, or gzip or
// zstd.
#pragma once

#include "base/io.h"

#include <memory>
#include <string_view>

namespace oci::unpack {

enum class Packing { none, gzip, zstd, xz, bzip2 };

inline constexpr std::size_t packing_bytes = 10; // as many tell which it is
Packing packing_of(std::string_view first_bytes);

// Several streams in a row are one. Read from `compressed`, which must outlive the result; more memory than for a
// dictionary of 64 MiB is refused.
std::unique_ptr<Source> make_xz_decompressor(Source& compressed);
std::unique_ptr<Source> make_bzip2_decompressor(Source& compressed);

} // namespace oci::unpack
