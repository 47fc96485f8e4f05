#include "fetch/progress.h"

#include "base/io.h"
#include "base/json.h"
#include "base/sys.h"
#include "base/text.h"

#include <gtest/gtest.h>

namespace oci::fetch {
namespace {

// What a display writes while `work` runs.
template <class Make, class Work>
std::string shown(Make make, Work work) {
  sys::Pipe pipe = *sys::pipe();
  {
    auto progress = make(pipe.write_end.get());
    work(*progress);
  }
  pipe.write_end.reset();
  return read_all(pipe.read_end.get(), 1u << 20, "pipe");
}

void two_pieces(Progress& progress) {
  progress.begin(Progress::Phase::download, 2, 300);
  progress.start("a", 100, 0);
  progress.start("b", 200, 50);
  progress.advance("a", 100);
  progress.rewind("b");
  progress.advance("b", 200);
  progress.note("trying\x1b again");
  progress.done("a");
  progress.done("b");
  progress.end();
}

TEST(LineProgress, SaysEachThingOnce) {
  std::string text = shown(line_progress, two_pieces);
  EXPECT_NE(text.find("downloading 2 blobs, 300 B\n"), std::string::npos) << text;
  EXPECT_NE(text.find("b: 50 B of 200 B are there already\n"), std::string::npos) << text;
  EXPECT_NE(text.find("trying\\x1b again\n"), std::string::npos) << text;
  EXPECT_NE(text.find("a: downloaded, 100 B\n"), std::string::npos) << text;
  EXPECT_NE(text.find("downloaded 2 blobs, 300 B in "), std::string::npos) << text;
}

TEST(LineProgress, DoesNotClaimWhatFailed) {
  std::string text = shown(line_progress, [](Progress& progress) {
    progress.begin(Progress::Phase::extract, 1, 10);
    progress.start("a", 10, 0);
    progress.end();
  });
  EXPECT_EQ(text, "extracting 1 layer, 10 B\n");
}

TEST(BarProgress, LeavesOnlyTheSummary) {
  std::string text = shown(bar_progress, two_pieces);
  std::string last = text.substr(text.rfind("\x1b[J") + 3);
  EXPECT_TRUE(last.starts_with("downloaded 2 blobs, 300 B in ")) << text;
}

TEST(JsonProgress, IsAnObjectALine) {
  std::vector<Json> lines;
  const std::string text = shown(json_progress, two_pieces);
  for (const std::string& line : split(trim(text), '\n')) lines.push_back(parse_json(line, "progress"));
  EXPECT_EQ(*lines.front().find("event")->as_string(), "begin");
  EXPECT_EQ(*lines.front().find("phase")->as_string(), "download");
  EXPECT_EQ(lines.front().find("total")->find("size")->as_int64(), 300);
  const Json& last = lines.back();
  EXPECT_EQ(*last.find("event")->as_string(), "end");
  EXPECT_TRUE(*last.find("complete")->as_bool());
  EXPECT_EQ(last.find("total")->find("done")->as_int64(), 2);
  EXPECT_EQ(last.find("total")->find("bytes")->as_int64(), 300);
  EXPECT_NE(text.find(R"("event":"restart","phase":"download","id":"b","bytes":0,"size":200)"), std::string::npos)
      << text;
  EXPECT_NE(text.find(R"({"event":"note","text":"trying\\x1b again"})"), std::string::npos) << text;
}

TEST(SilentProgress, SaysNothing) {
  EXPECT_EQ(shown([](int) { return silent_progress(); }, two_pieces), "");
}

} // namespace
} // namespace oci::fetch
