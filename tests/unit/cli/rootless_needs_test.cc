#include "cli/rootless_needs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oci::cli {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

RootlessFacts complete() {
  RootlessFacts facts;
  facts.user = "bob";
  facts.user_namespaces = 1000;
  facts.has_helpers = true;
  facts.uids = facts.gids = 65536;
  facts.runtime_folder = "/run/user/1000";
  facts.may_limit = true;
  return facts;
}

HostState host(HostState::Cgroups cgroups = HostState::Cgroups::v2, const char* kernel = "6.1.0-9-amd64") {
  HostState state;
  state.kernel = kernel;
  state.cgroups = cgroups;
  return state;
}

TEST(RootlessLacks, NothingWhereAllIsThere) { EXPECT_THAT(rootless_lacks(complete(), host()), IsEmpty()); }

TEST(RootlessLacks, SaysWhatToDoForTheUserWhoAsks) {
  RootlessFacts facts = complete();
  facts.gids = 0;
  EXPECT_THAT(rootless_lacks(facts, host()),
              ElementsAre(Field(&Lack::how, HasSubstr("--add-subgids 100000-165535 bob"))));
}

TEST(RootlessLacks, EachOnItsOwn) {
  RootlessFacts facts = complete();
  facts.user_namespaces = 0;
  EXPECT_THAT(rootless_lacks(facts, host()), ElementsAre(Field(&Lack::what, HasSubstr("user namespaces"))));
  facts = complete();
  facts.forbidden_by_apparmor = true;
  EXPECT_THAT(rootless_lacks(facts, host()), ElementsAre(Field(&Lack::how, HasSubstr("userns,"))));
  facts = complete();
  facts.has_helpers = false;
  EXPECT_THAT(rootless_lacks(facts, host()), ElementsAre(Field(&Lack::how, HasSubstr("uidmap"))));
  facts = complete();
  facts.runtime_folder = "";
  EXPECT_THAT(rootless_lacks(facts, host()), ElementsAre(Field(&Lack::what, HasSubstr("XDG_RUNTIME_DIR"))));
  facts = complete();
  EXPECT_THAT(rootless_lacks(facts, host(HostState::Cgroups::v2, "5.10.0")),
              ElementsAre(Field(&Lack::what, HasSubstr("5.12"))));
}

TEST(RootlessLacks, LimitsNeedACgroupOfTheUsersOwn) {
  RootlessFacts facts = complete();
  facts.may_limit = false;
  EXPECT_THAT(rootless_lacks(facts, host()), ElementsAre(Field(&Lack::how, HasSubstr("Delegate=yes"))));
  EXPECT_THAT(rootless_lacks(facts, host(HostState::Cgroups::hybrid)),
              ElementsAre(Field(&Lack::what, HasSubstr("cgroup v2"))));
}

} // namespace
} // namespace oci::cli
