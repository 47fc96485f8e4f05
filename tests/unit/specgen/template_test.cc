// runc's template. That it is runc's is checked against the installed program in tests/e2e/specgen.
#include "helpers.h"

#include <gmock/gmock.h>

namespace oci::specgen::test {
namespace {

std::vector<std::string> namespaces_of(const spec::RuntimeConfig& config) {
  std::vector<std::string> types;
  for (const spec::Namespace& ns : config.linux_->namespaces) types.push_back(ns.type);
  return types;
}

TEST(Template, HasRuncsNamespaces) {
  EXPECT_THAT(namespaces_of(runc_template(false)), testing::ElementsAre("pid", "network", "ipc", "uts", "mount"));
  EXPECT_THAT(namespaces_of(runc_template(true)),
              testing::ElementsAre("pid", "network", "ipc", "uts", "mount", "cgroup"));
  EXPECT_THAT(namespaces_of(runc_template_rootless(true, 1000, 100)),
              testing::ElementsAre("pid", "ipc", "uts", "mount", "cgroup", "user"));
}

TEST(Template, RootlessMapsTheCallerToRoot) {
  const spec::RuntimeConfig config = runc_template_rootless(false, 1000, 100);
  ASSERT_EQ(config.linux_->uid_mappings.size(), 1u);
  EXPECT_EQ(config.linux_->uid_mappings[0].host_id, 1000u);
  EXPECT_EQ(config.linux_->gid_mappings[0].host_id, 100u);
  EXPECT_EQ(config.linux_->gid_mappings[0].container_id, 0u);
  EXPECT_FALSE(config.linux_->resources);
  EXPECT_EQ(config_text(config).find("gid=5"), std::string::npos);
}

TEST(Template, IsWrittenAsRuncWritesIt) {
  const std::string text = config_text(runc_template(false));
  const std::string start =
      "{\n\t\"ociVersion\": \"1.2.1\",\n\t\"process\": {\n\t\t\"terminal\": true,\n\t\t\"user\": {\n"
      "\t\t\t\"uid\": 0,\n\t\t\t\"gid\": 0\n\t\t},\n\t\t\"args\": [\n\t\t\t\"sh\"\n\t\t],\n";
  EXPECT_EQ(text.substr(0, start.size()), start);
}

} // namespace
} // namespace oci::specgen::test
