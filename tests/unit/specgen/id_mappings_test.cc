// The user namespace of a bundle whose files belong to mapped ids.
#include "helpers.h"

#include <gmock/gmock.h>

namespace oci::specgen::test {
namespace {

spec::IdMapping mapping(std::uint32_t inside, std::uint32_t outside, std::uint32_t size) {
  spec::IdMapping made;
  made.container_id = inside;
  made.host_id = outside;
  made.size = size;
  return made;
}

bool has_gid_option(const Generated& generated) {
  for (const spec::Mount& mount : generated.config.mounts)
    for (const std::string& option : mount.options)
      if (option.starts_with("gid=")) return true;
  return false;
}

bool has_user_namespace(const Generated& generated) {
  for (const spec::Namespace& ns : generated.config.linux_->namespaces)
    if (ns.type == "user") return true;
  return false;
}

TEST(IdMappings, WithoutThemThereIsNoUserNamespace) {
  EXPECT_FALSE(has_user_namespace(generate_with({})));
  EXPECT_TRUE(has_gid_option(generate_with({})));
}

TEST(IdMappings, MakeAUserNamespace) {
  Request request;
  request.uid_mappings = {mapping(0, 100000, 65536)};
  request.gid_mappings = {mapping(0, 200000, 65536)};
  const Generated generated = generate_with(request);
  EXPECT_TRUE(has_user_namespace(generated));
  EXPECT_TRUE(has_gid_option(generated)); // 5 is mapped
  ASSERT_EQ(generated.config.linux_->gid_mappings.size(), 1u);
  EXPECT_EQ(generated.config.linux_->gid_mappings[0].host_id, 200000u);
  for (const Leaf& leaf : explain(json_of(generated), generated.provenance))
    EXPECT_NE(leaf.origin, nullptr) << leaf.path;
}

TEST(IdMappings, NoMountIsForAGroupThatIsNotMapped) {
  Request request;
  request.uid_mappings = request.gid_mappings = {mapping(0, 1000, 1)};
  EXPECT_FALSE(has_gid_option(generate_with(request)));
}

} // namespace
} // namespace oci::specgen::test
