#include "spec/umoci_bundle.h"

#include "base/files.h"
#include "base/sys.h"

#include <algorithm>

namespace oci::spec {

namespace {

constexpr const char* version = "2";

Json map_json(const IdMap& map) {
  if (map.empty()) return {};
  Json json;
  for (const IdRange& range : map) {
    Json one;
    one.set("containerID", range.inside);
    one.set("hostID", range.outside);
    one.set("size", range.size);
    json.push(std::move(one));
  }
  return json;
}

std::uint32_t id_member(const Json& range, std::string_view key) {
  const Json* value = range.find(key);
  const auto number = value ? value->as_uint64() : std::nullopt;
  if (!number || *number > UINT32_MAX) fail("map_options: ", key, ": not a 32-bit number");
  return static_cast<std::uint32_t>(*number);
}

IdMap read_map(const Json* options, std::string_view key) {
  const Json* list = options ? options->find(key) : nullptr;
  IdMap map;
  if (!list || list->is_null()) return map;
  if (!list->as_array()) fail("map_options.", key, ": expected an array");
  for (const Json& range : *list->as_array())
    map.push_back({id_member(range, "containerID"), id_member(range, "hostID"), id_member(range, "size")});
  check_id_map(map);
  return map;
}

DescriptorWalk read_walk(Json& document) {
  Json* from = document.find("from_descriptor_path");
  Json* list = from ? from->find("descriptor_walk") : nullptr;
  if (!list || !list->as_array() || list->as_array()->empty()) fail("from_descriptor_path.descriptor_walk: missing");
  if (list->as_array()->size() > max_index_depth + 1) fail("from_descriptor_path.descriptor_walk: too long");
  DescriptorWalk walk;
  for (Json& descriptor : *list->as_array())
    walk.push_back(parse_descriptor(std::move(descriptor), "from_descriptor_path"));
  return walk;
}

} // namespace

UmociBundle read_umoci_bundle(int bundle) {
  if (!sys::fstatat(bundle, umoci_bundle_file))
    throw Error("the bundle has no umoci.json, so it is not known what it was unpacked from")
        .with_hint("unpack with --mtree, or with --image as umoci does");
  return with_context(umoci_bundle_file, [&] {
    Json document = parse_json(read_file_at(bundle, umoci_bundle_file, max_document_bytes, O_NOFOLLOW), "document");
    const Json* found = document.find("umoci_version");
    if (!found || !found->as_string() || *found->as_string() != version)
      fail("umoci_version: only \"", version, "\" is known");
    UmociBundle data;
    data.from = read_walk(document);
    const Json* options = document.find("map_options");
    data.maps = {read_map(options, "uid_mappings"), read_map(options, "gid_mappings")};
    const Json* rootless = options ? options->find("rootless") : nullptr;
    data.rootless = rootless && rootless->as_bool() && *rootless->as_bool();
    return data;
  });
}

void write_umoci_bundle(int bundle, const UmociBundle& data) {
  Json walk{Json::Array()};
  for (const Descriptor& descriptor : data.from) walk.push(to_json(descriptor));
  Json document, from, options;
  from.set("descriptor_walk", std::move(walk));
  options.set("uid_mappings", map_json(data.maps.uids));
  options.set("gid_mappings", map_json(data.maps.gids));
  options.set("rootless", data.rootless);
  document.set("umoci_version", version);
  document.set("from_descriptor_path", std::move(from));
  document.set("map_options", std::move(options));
  write_file_atomic(bundle, umoci_bundle_file, dump_json(document, {"", true}) + "\n", 0644);
}

std::string mtree_file(const DescriptorWalk& from) {
  std::string name = from.back().digest.text();
  std::replace(name.begin(), name.end(), ':', '_');
  return name + ".mtree";
}

} // namespace oci::spec
