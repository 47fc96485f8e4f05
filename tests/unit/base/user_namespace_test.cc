#include "base/user_namespace.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace oci {
namespace {

std::string text_of(const IdMap& map) {
  std::string text;
  for (const IdRange& range : map) text += cat(range.inside, ":", range.outside, ":", range.size, " ");
  return text;
}

TEST(IdMaps, MapOut) {
  const IdMap map{{0, 1000, 1}, {1, 100000, 10}};
  EXPECT_EQ(map_out(map, 0), 1000u);
  EXPECT_EQ(map_out(map, 1), 100000u);
  EXPECT_EQ(map_out(map, 10), 100009u);
  EXPECT_EQ(map_out(map, 11), std::nullopt);
  EXPECT_EQ(map_out({}, 0), std::nullopt);
  EXPECT_EQ(map_out({{0, 0, UINT32_MAX}}, 4294967294), 4294967294u);
}

TEST(IdMaps, Check) {
  check_id_map({});
  check_id_map({{0, 0, UINT32_MAX}});
  check_id_map({{5, 100, 5}, {0, 200, 5}});
  for (const IdMap& map : {IdMap{{0, 0, 0}}, IdMap{{0, 1, UINT32_MAX}}, IdMap{{0, 0, 5}, {4, 10, 1}},
                           IdMap{{0, 0, 5}, {10, 4, 1}}, IdMap(341, IdRange{0, 0, 1})})
    EXPECT_THROW(check_id_map(map), Error) << text_of(map);
}

TEST(IdMaps, Parse) {
  EXPECT_EQ(text_of(parse_id_map("         0       1000          1\n         1     100000      65536\n")),
            "0:1000:1 1:100000:65536 ");
  EXPECT_EQ(text_of(parse_id_map("0 0 4294967295\n")), "0:0:4294967295 ");
  EXPECT_EQ(text_of(parse_id_map("")), "");
}

TEST(IdMaps, Subordinates) {
  const char* text = "other:1:5\n"
                     "user:100000:65536\n"
                     "1000:300000:10\n"
                     "user:x:1\nuser:1\nuser:4294967295:9\nuser:5:0\n\n";
  EXPECT_EQ(text_of(with_subordinates(text, "user", 1000, 1000)), "0:1000:1 1:100000:65536 65537:300000:10 ");
  EXPECT_EQ(text_of(with_subordinates(text, "nobody", 7, 8)), "0:8:1 ");
}

TEST(UserNamespace, MapsAndReturnsWhatTheBodyDoes) {
  const UserMaps maps{{{0, ::geteuid(), 1}}, {{0, ::getegid(), 1}}};
  pid_t child = -1;
  try {
    child = fork_in_user_namespace(maps, [] { return ::geteuid() == 0 && own_maps().uids.size() == 1 ? 7 : 1; });
  } catch (const Error& error) {
    GTEST_SKIP() << error.message();
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(UserNamespace, ThrowsForMapsTheKernelRefuses) {
  const UserMaps maps{{{0, 1, 1}, {0, 5, 1}}, {{0, 1, 1}}};
  EXPECT_THROW((void)fork_in_user_namespace(maps, [] { return 0; }), Error);
}

} // namespace
} // namespace oci
