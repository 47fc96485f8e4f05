#include "cli/args.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace oci::cli {
namespace {

struct Line {
  bool all = false;
  std::optional<bool> verify;
  std::string file, root;
  std::optional<std::string> user;
  Words env;
  Command command, globals;

  Line() {
    command.flag("-a,--all", "", all);
    command.flag("--verify", "", verify);
    command.option("-f,--file", "FILE", "", file);
    command.option("-u,--user", "USER", "", user);
    command.option("-e,--env", "K=V", "", env);
    command.words(0, any_number, {"ID"});
    globals.option("--root", "DIR", "", root);
  }
  Words parse(const Words& args) { return command.parse(args, globals); }
};

std::string error_of(Line& line, const Words& args) {
  try {
    line.parse(args);
  } catch (const Error& error) {
    return error.message() + (error.hint().empty() ? "" : " | " + error.hint());
  }
  return "";
}

TEST(Args, OptionsStandBeforeAndAfterWords) {
  Line line;
  EXPECT_EQ(line.parse({"one", "-f", "x", "two", "--all", "--root=/r"}), (Words{"one", "two"}));
  EXPECT_EQ(line.file, "x");
  EXPECT_EQ(line.root, "/r");
  EXPECT_TRUE(line.all);
}

TEST(Args, ValuesMayLookLikeOptions) {
  Line line;
  EXPECT_EQ(line.parse({"-f", "-", "--env", "-x", "id"}), (Words{"id"}));
  EXPECT_EQ(line.file, "-");
  EXPECT_EQ(line.env, (Words{"-x"}));
}

TEST(Args, RepeatedOptionsKeepTheirOrderAndText) {
  Line line;
  line.parse({"-e", "A=1", "--env=B=2", "-eC=[3,4]", "-e", ""});
  EXPECT_EQ(line.env, (Words{"A=1", "B=2", "C=[3,4]", ""}));
}

TEST(Args, ShortOptionsMayBeJoined) {
  Line line;
  EXPECT_EQ(line.parse({"-af", "x", "id"}), (Words{"id"}));
  EXPECT_TRUE(line.all);
  EXPECT_EQ(line.file, "x");
}

TEST(Args, AnEmptyValueIsAValue) {
  Line line;
  line.parse({"--user", ""});
  EXPECT_EQ(line.user, "");
  Line other;
  other.parse({"--user="});
  EXPECT_EQ(other.user, "");
}

TEST(Args, WordsAfterTheCommandAreVerbatim) {
  Line line;
  line.command.verbatim_after(2);
  EXPECT_EQ(line.parse({"id", "-a", "sh", "-c", "-f", "--", "[x]"}), (Words{"id", "sh", "-c", "-f", "--", "[x]"}));
  EXPECT_TRUE(line.all);
}

TEST(Args, DashesEndTheOptions) {
  Line line;
  EXPECT_EQ(line.parse({"id", "--", "-a"}), (Words{"id", "-a"}));
  EXPECT_EQ(line.command.words_before_dashes(), 1u);
  EXPECT_FALSE(line.all);
}

TEST(Args, ADashWithDigitsMayBeAWord) {
  Line line;
  line.command.numbers_are_words();
  EXPECT_EQ(line.parse({"id", "-9"}), (Words{"id", "-9"}));
}

TEST(Args, BooleansTakeAValueAfterEquals) {
  Line line;
  line.parse({"--verify=false", "--all=false"});
  EXPECT_EQ(line.verify, false);
  EXPECT_FALSE(line.all);
  Line other;
  other.parse({"--verify"});
  EXPECT_EQ(other.verify, true);
  EXPECT_NE(error_of(other, {"--verify=maybe"}).find("maybe is not true or false"), std::string::npos);
}

TEST(Args, ErrorsNameWhatIsWrong) {
  Line line;
  EXPECT_EQ(error_of(line, {"--evn", "A=1"}), "unknown option --evn | did you mean --env?");
  EXPECT_EQ(error_of(line, {"--file"}), "option --file needs a value");
  Line least;
  least.command.words(1, 1, {"ID"});
  EXPECT_EQ(error_of(least, {}), "missing argument ID");
  EXPECT_EQ(error_of(least, {"a", "b\x1b[2J"}), "unexpected argument b\\x1b[2J");
}

TEST(Args, KnowsWhatWasGiven) {
  Line line;
  line.parse({"-a", "--user", ""});
  std::string given;
  for (const Flag& flag : line.command.flags())
    if (flag.given) given += flag.names + ";";
  EXPECT_EQ(given, "-a,--all;-u,--user;");
}

} // namespace
} // namespace oci::cli
