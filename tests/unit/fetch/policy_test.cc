#include "fetch/policy.h"

#include "base/error.h"
#include "base/text.h"

#include <gmock/gmock.h>

namespace oci::fetch {
namespace {

using testing::HasSubstr;

// "" when `policy` lets the image pass, else why not.
std::string refusal(const std::string& policy, std::string_view image = "docker://example.com:5000/a/b:1") {
  try {
    check_policy_text(policy, "policy.json", spec::ImageName::parse(image));
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

std::string rejecting(std::string_view transport, std::string_view scope) {
  return cat(R"({"default":[{"type":"insecureAcceptAnything"}],"transports":{")", transport, R"(":{")", scope,
             R"(":[{"type":"reject"}]}}})");
}

TEST(Policy, TheMostSpecificScopeDecides) {
  for (const char* scope :
       {"example.com:5000/a/b:1", "example.com:5000/a/b", "example.com:5000/a", "example.com:5000", "*.com", ""})
    EXPECT_THAT(refusal(rejecting("docker", scope)), HasSubstr("rejected by policy")) << scope;
  for (const char* scope : {"example.com", "*.com:5000", "example.com:5000/b", "*.example.com:5000"})
    EXPECT_EQ(refusal(rejecting("docker", scope)), "") << scope;
}

TEST(Policy, PathsAreScopesOfFolders) {
  for (const char* scope : {"/a/b:x", "/a/b", "/a", ""})
    EXPECT_THAT(refusal(rejecting("oci", scope), "oci:/a/b:x"), HasSubstr("rejected by policy")) << scope;
  EXPECT_EQ(refusal(rejecting("oci", "/a/b:y"), "oci:/a/b:x"), "");
}

TEST(Policy, AScopeThatCannotMatchIsRefused) {
  EXPECT_THAT(refusal(rejecting("dir", "relative")), HasSubstr("must be an absolute path"));
  EXPECT_THAT(refusal(rejecting("dir", "/a/../b")), HasSubstr("must be written /b"));
  EXPECT_THAT(refusal(rejecting("oci", "/")), HasSubstr("use the scope \"\""));
  EXPECT_THAT(refusal(rejecting("docker-archive", "/a")), HasSubstr("no scopes"));
  EXPECT_EQ(refusal(rejecting("unknown-transport", "x")), "");
}

TEST(Policy, UnknownKeysAreRefused) {
  const auto with = [](const char* requirement) { return cat(R"({"default":[)", requirement, "]}"); };
  EXPECT_THAT(refusal(with(R"({"type":"insecureAcceptAnything","only":"x"})")), HasSubstr("unknown key \"only\""));
  EXPECT_THAT(refusal(with(R"({"type":"signedBy","keyDatas":[]})")), HasSubstr("unknown key \"keyDatas\""));
  EXPECT_THAT(refusal(with(R"({"type":"signedBy","keyType":"GPGKeys","keyPath":"/k"})")),
              HasSubstr("signatures are not checked"));
  EXPECT_THAT(refusal(with(R"({"type":"other"})")), HasSubstr("unknown type"));
  EXPECT_THAT(refusal(with("3")), HasSubstr("unknown type"));
  EXPECT_THAT(refusal(R"({"default":[]})"), HasSubstr("not a list of requirements"));
}

} // namespace
} // namespace oci::fetch
