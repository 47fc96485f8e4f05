#include "cli/repack_data.h"

#include "base/files.h"
#include "base/sys.h"

namespace oci::cli {

namespace {

// Whole, or not there.
void write_mtree_file(int bundle, const std::string& name, const unpack::Tree& tree) {
  const std::string temporary = cat(".", name, ".", random_name(12));
  const Fd file =
      check(sys::openat(bundle, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600), "create ", name);
  try {
    check(sys::fchmod(file.get(), 0644), "chmod ", name);
    FdSink sink(file.get(), name);
    unpack::write_mtree(tree, "rootfs", sink);
    check(sys::renameat(bundle, temporary, bundle, name), "create ", name);
  } catch (...) {
    (void)sys::unlinkat(bundle, temporary);
    throw;
  }
}

// Without following; a FIFO in its place is not waited for.
unpack::Tree read_mtree_file(int bundle, const std::string& name) {
  const Fd file = check(sys::openat(bundle, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY), "open ", name);
  if (!S_ISREG(check(sys::fstat(file.get()), "stat ", name).st_mode)) fail(name, ": not a regular file");
  FdSource source(file.get(), name);
  return unpack::parse_mtree(source, name);
}

} // namespace

Fd open_rootfs(int bundle) {
  return check(sys::openat(bundle, "rootfs", O_RDONLY | O_DIRECTORY | O_NOFOLLOW), "open the bundle's rootfs");
}

void write_repack_data(int bundle, const spec::DescriptorWalk& from, const unpack::Ids& ids) {
  const Fd rootfs = open_rootfs(bundle);
  const std::string mtree = spec::mtree_file(from);
  write_mtree_file(bundle, mtree, unpack::scan_tree(rootfs.get()));
  try {
    spec::write_umoci_bundle(bundle, {from, ids.maps(), ids.rootless});
  } catch (...) {
    (void)sys::unlinkat(bundle, mtree);
    throw;
  }
}

RepackData read_repack_data(int bundle) {
  RepackData data;
  data.origin = spec::read_umoci_bundle(bundle);
  const std::string mtree = spec::mtree_file(data.origin.from);
  if (!sys::fstatat(bundle, mtree)) fail("the bundle has no ", mtree, ", so it is not known what was unpacked");
  data.before = read_mtree_file(bundle, mtree);
  return data;
}

CompressChoice parse_compress(const std::string& text) {
  if (text == "auto") return CompressChoice::automatic;
  if (text == "none") return CompressChoice::none;
  if (text == "gzip") return CompressChoice::gzip;
  if (text == "zstd") return CompressChoice::zstd;
  fail("--compress ", printable(text, 80), ": not one of auto, none, gzip, zstd");
}

spec::media::Compression choose_compression(CompressChoice choice, const spec::Manifest& manifest) {
  using spec::media::Compression;
  switch (choice) {
  case CompressChoice::none:
    return Compression::none;
  case CompressChoice::gzip:
    return Compression::gzip;
  case CompressChoice::zstd:
    return Compression::zstd;
  case CompressChoice::automatic:
    break;
  }
  for (auto layer = manifest.layers.rbegin(); layer != manifest.layers.rend(); ++layer) {
    const auto compression = spec::media::layer_compression(layer->media_type);
    if (compression == Compression::gzip || compression == Compression::zstd) return *compression;
  }
  return Compression::gzip;
}

} // namespace oci::cli
