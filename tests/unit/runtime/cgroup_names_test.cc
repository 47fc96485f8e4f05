#include "base/error.h"
#include "runtime/cgroup_tree.h"

#include <gtest/gtest.h>

namespace oci::runtime {
namespace {

constexpr char hybrid[] = "9:name=systemd:/user.slice\n4:memory:/m\n1:cpu,cpuacct:/c:d\n0::/u\n";

TEST(CgroupOwnPath, ByController) {
  const std::pair<const char*, const char*> table[] = {
      {"systemd", "/user.slice"}, {"memory", "/m"}, {"cpuacct", "/c:d"}, {"cpu", "/c:d"}, {"", "/u"}, {"pids", "/"}};
  for (const auto& [controller, path] : table) EXPECT_EQ(cgroup_tree::path_of(hybrid, controller), path) << controller;
  EXPECT_EQ(cgroup_tree::path_of("", "memory"), "/");
  EXPECT_EQ(cgroup_tree::path_of("garbage\n:\n", "memory"), "/");
}

TEST(CgroupNames, StayBeneathTheMount) {
  for (const char* path : {"/../../etc", "../../../etc", "/a/../../../etc"}) {
    const auto cgroup = Cgroup::create(CgroupManager::cgroupfs, path, "id");
    for (const std::string& folder : cgroup->names().folders) {
      EXPECT_TRUE(folder.starts_with("/sys/fs/cgroup/")) << folder;
      EXPECT_EQ(folder.find(".."), std::string::npos) << folder;
    }
  }
}

TEST(CgroupNames, TheRootIsNobodysCgroup) {
  if (Cgroup::create(CgroupManager::cgroupfs, "/x", "id")->names().kind == CgroupNames::Kind::none)
    GTEST_SKIP() << "no cgroups are mounted here";
  EXPECT_THROW(Cgroup::create(CgroupManager::cgroupfs, "/", "id"), Error);
  EXPECT_THROW(Cgroup::create(CgroupManager::cgroupfs, "..", "id"), Error);
}

TEST(CgroupNames, DisabledHasNone) {
  const auto cgroup = Cgroup::create(CgroupManager::disabled, "/x", "id");
  EXPECT_TRUE(cgroup->names().folders.empty());
  spec::Resources resources;
  resources.pids.emplace();
  resources.pids->limit = 5;
  EXPECT_THROW(cgroup->set(&resources), Error);
  resources.pids->limit = -1;
  cgroup->set(&resources);
}

} // namespace
} // namespace oci::runtime
