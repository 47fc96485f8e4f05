#include "unpack/tree.h"

#include "base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oci::unpack {
namespace {

using ::testing::HasSubstr;

Node node_of(Kind kind, mode_t mode) {
  Node node;
  node.kind = kind;
  node.mode = mode;
  node.mtime = 1600000000;
  return node;
}

Tree sample() {
  Tree tree;
  tree[""] = node_of(Kind::folder, 0755);
  tree["d"] = node_of(Kind::folder, 01777);
  Node file = node_of(Kind::file, 04755);
  file.size = 6;
  file.links = 2;
  file.uid = 1000;
  file.gid = 4294967294;
  file.sha256 = std::string(64, 'a');
  file.xattrs = {{"user.a b", std::string("\0\xff=\n", 4)}};
  for (const char* name : {"d/plain", "a b", "back\\slash", "#x", "*?[", "new\nline", "\xc3\xa9", "tab\t", "d/..."})
    tree[name] = file;
  Node link = node_of(Kind::symlink, 0777);
  link.target = "to a \\ #\xff";
  tree["link"] = link;
  tree["fifo"] = node_of(Kind::fifo, 0);
  tree["d/null"] = node_of(Kind::char_device, 0666);
  return tree;
}

class TextSink final : public Sink {
public:
  void write(Bytes bytes) override { text += as_text(bytes); }
  std::string text;
};

std::string mtree_text(const Tree& tree) {
  TextSink sink;
  write_mtree(tree, "rootfs", sink);
  return sink.text;
}

Tree parsed(const std::string& text) {
  StringSource source(text);
  return parse_mtree(source, "m");
}

std::vector<Delta> compare_trees(const Tree& before, const Tree& after) {
  Comparison comparison(before);
  for (const auto& [path, node] : after) comparison.see(path, node);
  return comparison.finish();
}

std::string problem(const std::string& text) {
  try {
    (void)parsed(text);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(Mtree, ComesBackAsItWas) {
  const Tree tree = sample(), read = parsed(mtree_text(tree));
  EXPECT_TRUE(compare_trees(tree, read).empty());
  ASSERT_EQ(read.size(), tree.size());
  for (const auto& [path, node] : tree) {
    ASSERT_TRUE(read.contains(path)) << path;
    EXPECT_EQ(read.at(path).kind, node.kind) << path;
    EXPECT_EQ(read.at(path).gid, node.gid) << path;
    EXPECT_EQ(read.at(path).target, node.target) << path;
  }
  EXPECT_EQ(read.at("a b").xattrs.at(0).value, std::string("\0\xff=\n", 4));
}

TEST(Mtree, NamesAreEncodedAsVis) {
  const std::string text = mtree_text(sample());
  for (const char* name : {"a\\040b ", "back\\\\slash ", "\\043x ", "\\052\\077\\133 ", "new\\012line ", "\\303\\251 "})
    EXPECT_THAT(text, HasSubstr(name));
}

TEST(Mtree, WhatOthersWrite) {
  const Tree tree = parsed("#mtree\n/set type=file uid=0 gid=0 mode=0644\n"
                           ". type=dir mode=0755\n  f size=1 time=5.25 \\\n  sha256=ab\n"
                           "  g\\M-^a type=link link=x\n d type=dir\n  ..\n"
                           "./e/f type=file uid=7\n/unset all\nh type=fifo mode=0600\n..\n");
  EXPECT_EQ(tree.at("f").mtime, 5);
  EXPECT_EQ(tree.at("f").sha256, "ab");
  EXPECT_EQ(tree.at("e/f").uid, 7u);
  EXPECT_EQ(tree.at("h").mode, 0600u);
  EXPECT_EQ(tree.size(), 6u);
}

TEST(Trees, WhatChanged) {
  Tree before = sample(), after = sample();
  after.erase("a b");
  after["new"] = node_of(Kind::file, 0600);
  after["d"].mode = 0700;
  after["fifo"] = node_of(Kind::folder, 0755);
  after["d/plain"].sha256.clear(); // not known
  const std::vector<Delta> deltas = compare_trees(before, after);
  ASSERT_EQ(deltas.size(), 4u);
  EXPECT_EQ(deltas[0].path, "a b");
  EXPECT_EQ(deltas[0].kind, Delta::Kind::removed);
  EXPECT_EQ(deltas[1].path, "d");
  EXPECT_EQ(deltas[1].keys, std::vector<std::string>{"mode"});
  EXPECT_EQ(deltas[2].path, "fifo");
  EXPECT_EQ(deltas[2].keys, std::vector<std::string>{"type"});
  EXPECT_EQ(deltas[3].path, "new");
  EXPECT_EQ(deltas[3].kind, Delta::Kind::added);
}

TEST(Mtree, LongFilesAreReadInPieces) {
  Tree tree;
  tree[""] = node_of(Kind::folder, 0755);
  for (int i = 0; i < 3000; ++i) tree["f" + std::to_string(i) + std::string(80, 'x')] = node_of(Kind::file, 0644);
  EXPECT_TRUE(compare_trees(tree, parsed(mtree_text(tree))).empty());
}

TEST(Mtree, ErrorsNameTheLine) {
  EXPECT_THAT(problem(". type=dir\nf size=x\n"), HasSubstr("line 2"));
  EXPECT_THAT(problem("f type=nosuch\n"), HasSubstr("nosuch"));
  EXPECT_THAT(problem("f uid=4294967296\n"), HasSubstr("range"));
  EXPECT_THAT(problem("f mode=10000\n"), HasSubstr("range"));
  EXPECT_THAT(problem("f\\q type=file\n"), HasSubstr("encoded"));
  EXPECT_THAT(problem("f xattr.a=!!\n"), HasSubstr("encoded"));
  EXPECT_THAT(problem("f tar_time=x\n"), HasSubstr("time"));
}

} // namespace
} // namespace oci::unpack
