#include "fetch/intake.h"

#include "base/sys.h"

#include <gtest/gtest.h>

namespace oci::fetch {
namespace {

class IntakeTest : public ::testing::Test {
protected:
  IntakeTest()
      : parent_(*sys::open(big_temp_folder(), O_RDONLY | O_DIRECTORY)), folder_(parent_.get(), "intake-test-"),
        store_(spec::Store::open_or_create(cat(big_temp_folder(), "/", folder_.name()))) {}

  spec::Descriptor describe(std::string_view content) {
    spec::Descriptor descriptor;
    descriptor.digest = digest_of(content);
    descriptor.size = static_cast<std::int64_t>(content.size());
    return descriptor;
  }
  std::unique_ptr<TakenBlob> open(Intake& intake, const spec::Descriptor& descriptor) {
    Intake::Admission admission = intake.try_admit(descriptor);
    EXPECT_EQ(admission.state, Intake::State::open);
    return std::move(admission.blob);
  }
  Fd parent_;
  TempDir folder_;
  spec::Store store_;
  std::unique_ptr<Progress> silent_ = silent_progress();
};

TEST_F(IntakeTest, KeepsWhatIsRight) {
  Intake intake(store_, *silent_);
  spec::Descriptor hello = describe("hello");
  auto blob = open(intake, hello);
  blob->write(as_bytes("hel"));
  blob->write(as_bytes("lo"));
  EXPECT_TRUE(blob->commit());
  EXPECT_TRUE(store_.layout().has_blob(hello));
  EXPECT_EQ(intake.totals().bytes_fetched, 5u);
  EXPECT_TRUE(intake.missing(std::vector{hello, hello}).empty());
  EXPECT_EQ(intake.totals().blobs_present, 1u);
}

TEST_F(IntakeTest, RefusesWhatIsWrong) {
  Intake intake(store_, *silent_);
  spec::Descriptor hello = describe("hello");
  EXPECT_THROW(open(intake, hello)->write(as_bytes("hello!")), Error);
  auto other = open(intake, hello);
  other->write(as_bytes("hallo"));
  EXPECT_THROW(other->commit(), Error);
  other.reset();
  auto shorter = open(intake, hello);
  EXPECT_EQ(shorter->size(), 0u);
  shorter->write(as_bytes("hell"));
  EXPECT_THROW(shorter->commit(), Error);
  EXPECT_FALSE(store_.layout().has_blob(hello));
}

TEST_F(IntakeTest, GoesOnWhereAnEarlierOneEnded) {
  Intake intake(store_, *silent_);
  spec::Descriptor hello = describe("hello");
  open(intake, hello)->write(as_bytes("hel"));
  auto blob = open(intake, hello);
  EXPECT_EQ(blob->size(), 3u);
  blob->write(as_bytes("lo"));
  EXPECT_TRUE(blob->commit());
  EXPECT_EQ(intake.totals().bytes_present, 3u);
}

TEST_F(IntakeTest, StartsOverWhenAnEarlierPartWasWrong) {
  Intake intake(store_, *silent_);
  spec::Descriptor hello = describe("hello");
  open(intake, hello)->write(as_bytes("xyz"));
  auto blob = open(intake, hello);
  blob->write(as_bytes("lo"));
  EXPECT_FALSE(blob->commit());
  EXPECT_EQ(blob->size(), 0u);
  blob->write(as_bytes("hello"));
  EXPECT_TRUE(blob->commit());
  EXPECT_TRUE(store_.layout().has_blob(hello));
}

TEST_F(IntakeTest, APartThatIsTooLargeIsDropped) {
  Intake intake(store_, *silent_);
  spec::Descriptor hello = describe("hello");
  std::string name = cat("sha256-", hello.digest.hex());
  write_file_atomic(store_.partial(), name, "much too long", 0600);
  EXPECT_EQ(open(intake, hello)->size(), 0u);
}

TEST_F(IntakeTest, ALinkInThePartsPlaceIsNotFollowed) {
  Intake intake(store_, *silent_);
  spec::Descriptor hello = describe("hello");
  ASSERT_TRUE(sys::symlinkat("/etc/passwd", store_.partial(), cat("sha256-", hello.digest.hex())));
  EXPECT_THROW(intake.try_admit(hello), Error);
}

TEST_F(IntakeTest, OneProcessAtATime) {
  Intake first(store_, *silent_), second(store_, *silent_);
  spec::Descriptor hello = describe("hello");
  auto blob = open(first, hello);
  EXPECT_EQ(second.try_admit(hello).state, Intake::State::busy);
  blob->write(as_bytes("hello"));
  blob->commit();
  blob.reset();
  EXPECT_EQ(second.try_admit(hello).state, Intake::State::present);
}

TEST_F(IntakeTest, CopiesFromFiles) {
  Intake intake(store_, *silent_);
  spec::Descriptor hello = describe("hello");
  intake.copy(hello, [] { return std::make_unique<StringSource>("hello"); });
  EXPECT_TRUE(store_.layout().has_blob(hello));
  intake.copy(hello, []() -> std::unique_ptr<Source> { throw Error("it is there"); });
  spec::Descriptor empty = describe("");
  intake.copy(empty, [] { return std::make_unique<StringSource>(""); });
  EXPECT_TRUE(store_.layout().has_blob(empty));
}

} // namespace
} // namespace oci::fetch
