#include "fetch/auth.h"
#include "fetch/registry_error.h"

#include <gtest/gtest.h>

namespace oci::fetch {
namespace {

HttpAnswer answer(int status, std::string body) { return {status, {}, std::move(body)}; }

std::string text(int status, std::string body) { return registry_error(answer(status, std::move(body))).text(status); }

TEST(RegistryError, SaysWhatTheRegistrySaid) {
  EXPECT_EQ(text(404, R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{}}]})"),
            "manifest unknown (404 MANIFEST_UNKNOWN)");
  EXPECT_EQ(text(401, R"({"details":"incorrect username or password"})"),
            "incorrect username or password (status 401)");
  EXPECT_EQ(text(403, R"({"errors":[{"code":"DENIED"}]})"), "denied (403 DENIED)");
  EXPECT_EQ(text(500, ""), "status 500");
  EXPECT_EQ(text(502, "<html>\nBad Gateway"), "<html>\\x0aBad Gateway (status 502)");
  EXPECT_EQ(text(500, "[[["), "[[[ (status 500)");
  EXPECT_EQ(text(500, R"({"errors":[]})"), "status 500");
  EXPECT_EQ(text(500, R"({"errors":[7]})"), "status 500");
}

TEST(RegistryError, IsFitForATerminal) {
  std::string shown = text(404, R"({"errors":[{"code":"X","message":"\u001b[31mred\u0007"}]})");
  EXPECT_EQ(shown.find('\x1b'), std::string::npos);
  EXPECT_LT(text(500, std::string(100'000, 'x')).size(), 100u);
}

TEST(Token, IsFound) {
  EXPECT_EQ(token_in(R"({"token":"abc"})", "s"), "abc");
  EXPECT_EQ(token_in(R"({"access_token":"abc","expires_in":300})", "s"), "abc");
  EXPECT_EQ(token_in(R"({"token":"","access_token":"abc"})", "s"), "abc");
  EXPECT_EQ(token_in(R"({"token":"a","access_token":"b"})", "s"), "a");
}

TEST(Token, CannotBreakOutOfItsHeader) {
  for (std::string_view body :
       {R"({"token":"a\r\nX: y"})", R"({"token":"a b"})", R"({"token":7})", "{}", "", "[]", "secret"}) {
    try {
      token_in(body, "s");
      FAIL() << body;
    } catch (const Error& error) {
      EXPECT_EQ(error.message().find("secret"), std::string::npos);
    }
  }
}

TEST(Answer, FindsItsHeaders) {
  HttpAnswer given{200, {{"a", "1"}, {"a", "2"}}, ""};
  EXPECT_EQ(given.header("a"), "1");
  EXPECT_EQ(given.header("b"), "");
}

} // namespace
} // namespace oci::fetch
