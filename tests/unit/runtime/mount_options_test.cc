#include "runtime/mount_options.h"

#include "base/error.h"

#include <gtest/gtest.h>
#include <linux/mount.h>

namespace oci::runtime {
namespace {

TEST(MountOptions, FlagsAndTheirOpposites) {
  MountOptions options = parse_mount_options({"nosuid", "noexec", "nodev", "ro", "exec"});
  EXPECT_EQ(options.set, std::uint64_t{MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY});
  EXPECT_EQ(options.clear, 0u); // "exec" takes a word back; it does not lift what the source's mount forbids
  EXPECT_EQ(parse_mount_options({"ro", "rw"}).set, 0u);
  EXPECT_EQ(parse_mount_options({"rw", "ro"}).set, std::uint64_t{MOUNT_ATTR_RDONLY});
}

TEST(MountOptions, RecursiveOnesClear) {
  MountOptions options = parse_mount_options({"rro", "rsuid"});
  EXPECT_EQ(options.set_all, std::uint64_t{MOUNT_ATTR_RDONLY});
  EXPECT_EQ(options.clear_all, std::uint64_t{MOUNT_ATTR_NOSUID});
  options = parse_mount_options({"rro", "rrw"});
  EXPECT_EQ(options.set_all, 0u);
  EXPECT_EQ(options.clear_all, std::uint64_t{MOUNT_ATTR_RDONLY});
}

TEST(MountOptions, AccessTimeIsOneField) {
  MountOptions options = parse_mount_options({"noatime", "strictatime"});
  EXPECT_EQ(options.set, std::uint64_t{MOUNT_ATTR_STRICTATIME});
  EXPECT_EQ(options.clear, std::uint64_t{MOUNT_ATTR__ATIME});
  options = parse_mount_options({"noatime", "relatime", "nodiratime"});
  EXPECT_EQ(options.set, std::uint64_t{MOUNT_ATTR_NODIRATIME});
  EXPECT_EQ(options.clear, std::uint64_t{MOUNT_ATTR__ATIME});
}

TEST(MountOptions, Binds) {
  EXPECT_TRUE(parse_mount_options({"bind"}).bind);
  EXPECT_FALSE(parse_mount_options({"bind"}).recursive);
  EXPECT_TRUE(parse_mount_options({"rbind"}).recursive);
}

TEST(MountOptions, Propagation) {
  MountOptions options = parse_mount_options({"rslave"});
  EXPECT_EQ(options.propagation, std::uint64_t{MS_SLAVE});
  EXPECT_TRUE(options.propagation_recursive);
  options = parse_mount_options({"rprivate", "shared"});
  EXPECT_EQ(options.propagation, std::uint64_t{MS_SHARED});
  EXPECT_FALSE(options.propagation_recursive);
}

TEST(MountOptions, TheRestIsTheFileSystems) {
  MountOptions options = parse_mount_options({"size=64m", "mode=1777", "sync", "nosuid"});
  EXPECT_EQ(options.data, (std::vector<std::string>{"size=64m", "mode=1777", "sync"}));
}

TEST(MountOptions, SaysWhatKindOfMountItIs) {
  EXPECT_TRUE(parse_mount_options({"idmap"}).idmap);
  EXPECT_FALSE(parse_mount_options({"idmap"}).idmap_all);
  EXPECT_TRUE(parse_mount_options({"ridmap"}).idmap && parse_mount_options({"ridmap"}).idmap_all);
  EXPECT_TRUE(parse_mount_options({"tmpcopyup"}).copy_up);
  EXPECT_TRUE(parse_mount_options({"remount", "ro"}).remount);
  const MountOptions links = parse_mount_options({"copy-symlink", "src-nofollow", "dest-nofollow"});
  EXPECT_TRUE(links.copy_link && links.source_itself && links.destination_itself);
  EXPECT_TRUE(links.data.empty());
}

} // namespace
} // namespace oci::runtime
