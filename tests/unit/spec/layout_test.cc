#include "spec/layout.h"

#include "base/sys.h"
#include "support.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace oci::spec {
namespace {

using ::testing::HasSubstr;

Descriptor descriptor(const std::string& digest, std::int64_t size = 5) {
  Descriptor made;
  made.media_type = media::oci_manifest;
  made.digest = *Digest::parse(digest);
  made.size = size;
  return made;
}

std::vector<std::string> names(const Layout& layout) {
  std::vector<std::string> found;
  for (const Descriptor& entry : layout.index().manifests) {
    const auto name = entry.annotations.find(std::string(ref_name_annotation));
    found.push_back(cat(entry.digest.hex().substr(0, 1), name == entry.annotations.end() ? "" : "=" + name->second));
  }
  return found;
}

struct LayoutTest : ::testing::Test {
  Scratch scratch;
  Layout layout = Layout::open_or_create(scratch.path("l"));
  std::string blob_a = scratch.path(cat("l/blobs/sha256/", std::string(64, 'a')));
};

TEST_F(LayoutTest, CreatesWhatOthersRead) {
  EXPECT_EQ(read_file(scratch.path("l/oci-layout")), R"({"imageLayoutVersion":"1.0.0"})");
  EXPECT_EQ(read_file(scratch.path("l/index.json")),
            R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})");
  EXPECT_TRUE(S_ISDIR(sys::stat(scratch.path("l/blobs/sha256"))->st_mode));
  EXPECT_EQ(sys::stat(scratch.path("l/index.json"))->st_mode & 07777, 0644u);
}

TEST_F(LayoutTest, OpensWhatIsThere) {
  layout.tag("a", descriptor(digest_a));
  EXPECT_EQ(names(Layout::open(scratch.path("l"))), std::vector<std::string>{"a=a"});
  EXPECT_EQ(names(Layout::open_or_create(scratch.path("l"))), std::vector<std::string>{"a=a"});
}

// What a creation leaves that was interrupted before its last step.
TEST_F(LayoutTest, CompletesAHalfMadeLayout) {
  layout.tag("a", descriptor(digest_a));
  ASSERT_EQ(unlink(scratch.path("l/oci-layout").c_str()), 0);
  EXPECT_THAT(error_of([&] { (void)Layout::open(scratch.path("l")); }), HasSubstr("not an image layout"));
  EXPECT_EQ(names(Layout::open_or_create(scratch.path("l"))), std::vector<std::string>{"a=a"});
}

TEST_F(LayoutTest, OpenNamesWhatIsWrong) {
  const std::string missing = scratch.path("missing");
  EXPECT_EQ(error_of([&] { (void)Layout::open(missing); }),
            cat("open image layout ", missing, ": open the folder: no such file or directory"));
  EXPECT_EQ(error_of([&] { (void)Layout::open(scratch.path()); }),
            cat("open image layout ", scratch.path(), ": not an image layout: it has no file oci-layout"));
  scratch.write("l/oci-layout", R"({"imageLayoutVersion":"2.0.0"})");
  EXPECT_THAT(error_of([&] { (void)Layout::open(scratch.path("l")); }),
              HasSubstr("layout version 2.0.0 is not supported, only 1.0.0"));
  scratch.write("l/oci-layout", "{}");
  EXPECT_THAT(error_of([&] { (void)Layout::open(scratch.path("l")); }), HasSubstr("imageLayoutVersion: missing"));
  scratch.write("l/index.json", "{");
  EXPECT_THAT(error_of([&] { (void)layout.index(); }),
              HasSubstr(cat("read image layout ", scratch.path("l"), ": index.json: line 1")));
}

TEST_F(LayoutTest, RefusesFilesThatAreNone) {
  ASSERT_EQ(unlink(scratch.path("l/index.json").c_str()), 0);
  ASSERT_EQ(mkfifo(scratch.path("l/index.json").c_str(), 0600), 0);
  EXPECT_THAT(error_of([&] { (void)layout.index(); }), HasSubstr("not a regular file"));
  ASSERT_EQ(unlink(scratch.path("l/index.json").c_str()), 0);
  ASSERT_EQ(symlink("/etc/hostname", scratch.path("l/index.json").c_str()), 0);
  EXPECT_THAT(error_of([&] { (void)layout.index(); }), HasSubstr("too many"));
}

TEST_F(LayoutTest, RefusesAHugeIndex) {
  scratch.write("l/index.json", std::string(max_document_bytes + 1, ' '));
  EXPECT_THAT(error_of([&] { (void)layout.index(); }), HasSubstr("larger than"));
}

TEST_F(LayoutTest, TagMovesAName) {
  layout.tag("x", descriptor(digest_a));
  layout.tag("y", descriptor(digest_a));
  EXPECT_EQ(names(layout), (std::vector<std::string>{"a=x", "a=y"}));
  layout.tag("x", descriptor(digest_b));
  EXPECT_EQ(names(layout), (std::vector<std::string>{"a=y", "b=x"}));
  EXPECT_EQ(layout.find("x")->digest.text(), digest_b);
  EXPECT_EQ(layout.find("z"), std::nullopt);
}

TEST_F(LayoutTest, TagReplacesTheNamelessEntryOfItsDigestOnly) {
  layout.update_index([](Index& index) {
    index.manifests = {descriptor(digest_a), descriptor(digest_b)};
    return true;
  });
  layout.tag("x", descriptor(digest_a));
  EXPECT_EQ(names(layout), (std::vector<std::string>{"b", "a=x"}));
}

TEST_F(LayoutTest, TagRefusesNamesThatAreNone) {
  for (const char* name : {"", "x\n", "\x1b[2J"})
    EXPECT_THAT(error_of([&] { layout.tag(name, descriptor(digest_a)); }), HasSubstr("cannot be an image's name"));
}

TEST_F(LayoutTest, FindRefusesAnAmbiguousName) {
  layout.update_index([](Index& index) {
    for (const std::string& digest : {digest_a, digest_b}) {
      index.manifests.push_back(descriptor(digest));
      index.manifests.back().annotations[std::string(ref_name_annotation)] = "x";
    }
    return true;
  });
  EXPECT_THAT(error_of([&] { (void)layout.find("x"); }), HasSubstr("two images are named \"x\""));
}

TEST_F(LayoutTest, UpdateKeepsWhatItDoesNotKnow) {
  scratch.write("l/index.json", R"({"schemaVersion":2,"manifests":[],"annotations":{"a":"b"},"x-tool":{"y":[1]}})");
  layout.tag("x", descriptor(digest_a));
  EXPECT_THAT(read_file(scratch.path("l/index.json")), HasSubstr(R"("annotations":{"a":"b"},"x-tool":{"y":[1]}})"));
}

TEST_F(LayoutTest, UpdateThatReturnsFalseLeavesTheFile) {
  const ino_t before = sys::stat(scratch.path("l/index.json"))->st_ino;
  layout.update_index([](Index&) { return false; });
  EXPECT_EQ(sys::stat(scratch.path("l/index.json"))->st_ino, before);
}

TEST_F(LayoutTest, ProcessesLoseNothingOfEachOther) {
  constexpr int processes = 4, each = 12;
  std::vector<pid_t> children;
  for (int process = 0; process < processes; ++process) {
    const pid_t child = fork(); // they share the descriptor of `layout`
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (int i = 0; i < each; ++i) layout.tag(cat("p", process, "-", i), descriptor(digest_a));
      _exit(0);
    }
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(layout.index().manifests.size(), std::size_t{processes * each});
}

TEST_F(LayoutTest, ThreadsLoseNothingOfEachOther) {
  auto work = [&](char who) {
    for (int i = 0; i < 12; ++i) layout.tag(cat(who, "-", i), descriptor(digest_a));
  };
  std::thread first(work, 'a'), second(work, 'b');
  first.join();
  second.join();
  EXPECT_EQ(layout.index().manifests.size(), 24u);
}

TEST_F(LayoutTest, OpensABlob) {
  scratch.write(cat("l/blobs/sha256/", std::string(64, 'a')), "hello");
  EXPECT_TRUE(layout.has_blob(descriptor(digest_a)));
  EXPECT_TRUE(layout.open_blob(descriptor(digest_a)));
  EXPECT_EQ(layout.blob_path(*Digest::parse(digest_a)), cat("blobs/sha256/", std::string(64, 'a')));
}

TEST_F(LayoutTest, BlobErrorsNameTheBlob) {
  auto error = [&](std::int64_t size = 5) {
    return error_of([&] { (void)layout.open_blob(descriptor(digest_a, size)); });
  };
  const std::string blob = cat("open blob ", digest_a, " of ", scratch.path("l"), ": ");
  EXPECT_EQ(error(), cat(blob, "no such file or directory"));
  EXPECT_FALSE(layout.has_blob(descriptor(digest_a)));

  scratch.write(cat("l/blobs/sha256/", std::string(64, 'a')), "hello");
  EXPECT_EQ(error(4), cat(blob, "it has 5 bytes, its descriptor says 4"));
  EXPECT_FALSE(layout.has_blob(descriptor(digest_a, 4)));
}

TEST_F(LayoutTest, BlobsAreRegularFiles) {
  auto error = [&] { return error_of([&] { (void)layout.open_blob(descriptor(digest_a)); }); };
  ASSERT_EQ(mkfifo(blob_a.c_str(), 0600), 0);
  EXPECT_THAT(error(), HasSubstr(": not a regular file"));
  EXPECT_FALSE(layout.has_blob(descriptor(digest_a)));

  ASSERT_EQ(unlink(blob_a.c_str()), 0);
  scratch.write("secret", "hello");
  ASSERT_EQ(symlink(scratch.path("secret").c_str(), blob_a.c_str()), 0);
  EXPECT_THAT(error(), HasSubstr(": it is a symbolic link"));
  EXPECT_FALSE(layout.has_blob(descriptor(digest_a)));

  ASSERT_EQ(unlink(blob_a.c_str()), 0);
  ASSERT_EQ(mkdir(blob_a.c_str(), 0700), 0);
  EXPECT_THAT(error(), HasSubstr(": not a regular file"));
}

TEST_F(LayoutTest, AdoptsAFileAsBlob) {
  const std::string sha512 = "sha512:" + std::string(128, '1');
  scratch.write("part", "hello");
  const Fd file = check(sys::open(scratch.path("part"), O_RDWR), "open part");
  layout.adopt_blob(file.get(), scratch.fd(), "part", *Digest::parse(sha512));
  EXPECT_TRUE(layout.has_blob(descriptor(sha512)));
  EXPECT_FALSE(sys::stat(scratch.path("part")));
}

} // namespace
} // namespace oci::spec
