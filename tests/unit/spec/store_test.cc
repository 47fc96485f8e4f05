#include "spec/store.h"

#include "base/sys.h"
#include "support.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace oci::spec {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Sets a variable for the length of a test.
class Environment {
public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    value ? setenv(name, value, 1) : unsetenv(name);
  }
  ~Environment() { old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_); }

private:
  const char* name_;
  std::optional<std::string> old_;
};

TEST(Store, IsALayoutWithAPrivateFolder) {
  Scratch scratch;
  const Store store = Store::open_or_create(scratch.path("s/t"));
  EXPECT_EQ(store.path(), scratch.path("s/t"));
  EXPECT_NO_THROW((void)Layout::open(store.path()));
  for (const char* folder : {"", "/partial", "/tmp", "/containers", "/locks"}) {
    const auto status = sys::stat(cat(store.path(), "/.oci", folder));
    ASSERT_TRUE(status) << folder;
    EXPECT_EQ(status->st_mode, mode_t{S_IFDIR | 0700}) << folder;
  }
  EXPECT_EQ(store.container_path("c1"), cat(store.path(), "/.oci/containers/c1"));
}

TEST(Store, OpenFindsOnlyWhatExists) {
  Scratch scratch;
  EXPECT_FALSE(Store::open(scratch.path("s")));
  EXPECT_FALSE(Store::open(scratch.path()));
  (void)Store::open_or_create(scratch.path("s"));
  EXPECT_TRUE(Store::open(scratch.path("s")));
}

// Any layout will do as a store.
TEST(Store, OpensAnotherToolsLayout) {
  Scratch scratch;
  (void)Layout::open_or_create(scratch.path("l"));
  EXPECT_TRUE(Store::open(scratch.path("l")));
  EXPECT_TRUE(sys::stat(scratch.path("l/.oci/locks")));
}

TEST(Store, RefusesALinkInPlaceOfItsFolder) {
  Scratch scratch;
  (void)Layout::open_or_create(scratch.path("l"));
  ASSERT_EQ(symlink("/tmp", scratch.path("l/.oci").c_str()), 0);
  EXPECT_THAT(error_of([&] { (void)Store::open(scratch.path("l")); }), HasSubstr("open folder .oci: "));
}

TEST(Store, ErrorsNameTheFolderAndTheCause) {
  Scratch scratch;
  scratch.write("file", "");
  const std::string path = scratch.path("file/store");
  try {
    (void)Store::open_or_create(path);
    FAIL() << "made a store beneath a file";
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), StartsWith(cat("open store ", path, ": ")));
    EXPECT_THAT(error.message(), HasSubstr("not a directory"));
    EXPECT_THAT(error.hint(), HasSubstr("--store"));
  }
}

TEST(Store, UnwritableFolderIsAnError) {
  Scratch scratch;
  ASSERT_EQ(chmod(scratch.path().c_str(), 0755), 0);
  const pid_t child = fork(); // root writes everywhere: another user tries
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(2);
    if (chmod(scratch.path().c_str(), 0555) != 0 && errno != EPERM) _exit(3);
    const std::string message = error_of([&] { (void)Store::open_or_create(scratch.path("s")); });
    _exit(message.starts_with(cat("open store ", scratch.path("s"), ": ")) && message.ends_with("permission denied")
              ? 0
              : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(chmod(scratch.path().c_str(), 0755), 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Store, RemembersTheLastReference) {
  Scratch scratch;
  Store store = Store::open_or_create(scratch.path("s"));
  EXPECT_EQ(store.last_reference(), "");
  store.set_last_reference("docker.io/library/alpine:latest");
  EXPECT_EQ(store.last_reference(), "docker.io/library/alpine:latest");
  store.set_last_reference("x");
  EXPECT_EQ(Store::open(store.path())->last_reference(), "x");
}

TEST(Store, ContainerIdsAreNoPaths) {
  Scratch scratch;
  const Store store = Store::open_or_create(scratch.path("s"));
  for (const char* id : {"", ".", "..", "a/b", "../x"})
    EXPECT_THAT(error_of([&] { (void)store.container_path(id); }), HasSubstr("cannot be a container's id")) << id;
}

TEST(Store, LocksExclude) {
  Scratch scratch;
  const Store store = Store::open_or_create(scratch.path("s"));
  const Fd locks = check(sys::open(scratch.path("s/.oci/locks"), O_RDONLY | O_DIRECTORY), "open locks");
  auto is_free = [&](const std::string& name) {
    return FileLock::try_take(locks.get(), name, FileLock::Mode::exclusive).has_value();
  };
  {
    const FileLock one = store.use(), two = store.use();
    EXPECT_FALSE(is_free("store"));
  }
  EXPECT_TRUE(is_free("store"));
  {
    const FileLock lock = store.lock_digest(*Digest::parse(digest_a));
    EXPECT_FALSE(is_free(cat("sha256-", std::string(64, 'a'))));
    EXPECT_TRUE(is_free(cat("sha256-", std::string(64, 'b'))));
  }
  EXPECT_TRUE(is_free(cat("sha256-", std::string(64, 'a'))));
  const FileLock lock = store.exclusive();
  EXPECT_FALSE(is_free("store"));
}

TEST(Store, Locate) {
  Scratch scratch;
  const Environment home("HOME", scratch.path().c_str()), data("XDG_DATA_HOME", nullptr), sudo("SUDO_UID", nullptr);
  {
    const Environment store("OCI_STORE", scratch.path().c_str());
    EXPECT_EQ(Store::locate(""), scratch.path());
    EXPECT_EQ(Store::locate("/x/../y"), "/y");
  }
  const Environment store("OCI_STORE", nullptr);
  EXPECT_EQ(Store::locate(""), geteuid() == 0 ? "/var/lib/oci" : scratch.path(".local/share/oci"));
}

} // namespace
} // namespace oci::spec
