// umoci.json: what a bundle's rootfs was unpacked from, and how, for who packs it again.
#pragma once

#include "base/user_namespace.h"
#include "spec/image_edit.h"

#include <string>

namespace oci::spec {

inline constexpr const char* umoci_bundle_file = "umoci.json";

struct UmociBundle {
  DescriptorWalk from; // from an index.json down to the manifest
  UserMaps maps;
  bool rootless = false;
};

UmociBundle read_umoci_bundle(int bundle); // throws where there is none, with advice
void write_umoci_bundle(int bundle, const UmociBundle& data);
// The bundle's mtree: "sha256_….mtree", by the manifest.
std::string mtree_file(const DescriptorWalk& from);

} // namespace oci::spec
