#include "runtime/state.h"

#include "base/error.h"
#include "base/files.h"
#include "base/sys.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace oci::runtime {
namespace {

template <class F>
std::string error_of(F&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

class Sleeper {
public:
  Sleeper() : pid_(fork()) {
    if (pid_ != 0) return;
    ::pause();
    _exit(0);
  }
  ~Sleeper() { end(); }
  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  pid_t pid() const { return pid_; }

private:
  pid_t pid_;
};

class State : public ::testing::Test {
protected:
  using Lock = StateFolder::Lock;
  TempDir scratch_{AT_FDCWD, cat(::testing::TempDir(), "oci-state-")};
  std::string root_ = cat(scratch_.name(), "/root");
  Settings settings_;

  State() { settings_.root = root_; }

  Record record(const std::string& id) {
    Record record;
    record.id = id;
    record.oci_version = "1.0.2";
    record.bundle = "/b";
    record.rootfs = "/b/rootfs";
    record.created = rfc3339_now();
    return record;
  }
  void foreign(const std::string& id, const std::string& file, const std::string& text) {
    const Fd folder = make_dirs(cat(root_, "/", id), 0700);
    const Fd real = *sys::open(cat(root_, "/", id), O_RDONLY | O_DIRECTORY);
    write_file_atomic(real.get(), file, text, 0600);
  }
};

TEST_F(State, IdsThatClientsUse) {
  for (const char* id : {"c1", "buildah-buildah571079602", "-x", "a.b", "+_", "0123456789abcdef"}) check_id(id);
  for (const char* id : {"", ".", "..", ".seccomp", "a/b", "../evil", "a b", "a\n", "\xc3\xa9", "a:b"})
    EXPECT_THROW(check_id(id), Error) << id;
  EXPECT_THROW(check_id(std::string(1025, 'a')), Error);
}

TEST_F(State, ARecordComesBackAsItWas) {
  Record record = this->record("c1");
  record.creating = false;
  record.init = {42, 18446744073709551615u, 7, "boot"};
  record.annotations = {{"a", "b"}};
  record.cgroup = {CgroupNames::Kind::v1, {"/sys/fs/cgroup/cpu/c1"}, {"/sys/fs/cgroup/cpu/x"}};
  record.covered_mount = 7;
  record.extra = Json::Object{{"k", 1}};
  const Record back = record_from(parse_json(dump_json(to_json(record)), "x"));
  EXPECT_EQ(dump_json(to_json(back)), dump_json(to_json(record)));
}

TEST_F(State, CreateTwiceIsRefused) {
  {
    StateFolder folder = StateFolder::create(root_, "c1");
    EXPECT_EQ(error_of([&] { StateFolder::create(root_, "c1"); }), "container with given ID already exists");
    folder.store(record("c1"));
  }
  EXPECT_EQ(error_of([&] { StateFolder::create(root_, "c1"); }), "container with given ID already exists");
  struct stat status = *sys::stat(cat(root_, "/c1"));
  EXPECT_EQ(status.st_mode & 07777, 0700u);
}

TEST_F(State, WhatAKilledCreateLeftIsTakenOver) {
  make_dirs(cat(root_, "/c1"), 0700);
  StateFolder folder = StateFolder::create(root_, "c1");
  folder.store(record("c1"));
  EXPECT_TRUE(folder.load());
}

TEST_F(State, UnknownIds) {
  EXPECT_EQ(error_of([&] { StateFolder::open(root_, "c1", Lock::none); }), "container \"c1\" does not exist");
  EXPECT_EQ(error_of([&] { state(settings_, "c1"); }), "container \"c1\" does not exist");
  EXPECT_EQ(error_of([&] { kill(settings_, "c1", 9); }), "container \"c1\" does not exist");
  EXPECT_EQ(error_of([&] { remove(settings_, "c1", false); }), "container \"c1\" does not exist");
  remove(settings_, "c1", true);
  EXPECT_TRUE(list(settings_).empty());
}

TEST_F(State, TheLockIsTheFolders) {
  StateFolder first = StateFolder::create(root_, "c1");
  first.store(record("c1"));
  EXPECT_EQ(error_of([&] { StateFolder::open(root_, "c1", Lock::exclusive, std::chrono::milliseconds(5)); }),
            "container \"c1\" is busy: another command holds it");
  first.unlock();
  StateFolder second = StateFolder::open(root_, "c1", Lock::exclusive);
  second.remove();
  EXPECT_FALSE(StateFolder::find(root_, "c1", Lock::none));
}

TEST_F(State, StatusFollowsTheProcess) {
  Sleeper sleeper;
  StateFolder folder = StateFolder::create(root_, "c1");
  Record record = this->record("c1");
  folder.store(record);
  EXPECT_EQ(folder.status(record), Status::creating);
  EXPECT_EQ(StateFolder::open(root_, "c1", Lock::none).status(record), Status::creating);
  record.init = ProcessIdentity::of(sleeper.pid());
  EXPECT_EQ(folder.status(record), Status::creating);
  record.creating = false;
  EXPECT_EQ(folder.status(record), Status::running);
  folder.store(record);
  folder.unlock();
  EXPECT_EQ(state(settings_, "c1").pid, sleeper.pid());
  EXPECT_EQ(error_of([&] { remove(settings_, "c1", false); }),
            "cannot delete container c1 that is not stopped: running");
  sleeper.end();
  EXPECT_EQ(folder.status(record), Status::stopped);
  EXPECT_EQ(state(settings_, "c1").pid, 0);
  EXPECT_EQ(error_of([&] { kill(settings_, "c1", 9); }), "container not running");
  kill(settings_, "c1", 9, true);
  remove(settings_, "c1", false);
  EXPECT_TRUE(StateFolder::ids(root_).empty());
}

TEST_F(State, AKilledCreateIsStopped) {
  StateFolder folder = StateFolder::create(root_, "c1");
  folder.store(record("c1"));
  folder.unlock();
  EXPECT_EQ(state(settings_, "c1").status, Status::stopped);
  remove(settings_, "c1", false);
}

TEST_F(State, CreatedIsWhoListensForStart) {
  Sleeper sleeper;
  StateFolder folder = StateFolder::create(root_, "c1");
  Record record = this->record("c1");
  record.creating = false;
  record.init = ProcessIdentity::of(sleeper.pid());
  Fd listener(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  cat("/proc/self/fd/", folder.fd(), "/", start_socket).copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(listener.get(), 1), 0);
  EXPECT_EQ(folder.status(record), Status::created);
  EXPECT_LT(accept(listener.get(), nullptr, nullptr), 0) << "the question reached init";
  listener.reset();
  EXPECT_EQ(folder.status(record), Status::running);
}

TEST_F(State, AReusedPidIsSomebodyElse) {
  Sleeper sleeper;
  const ProcessIdentity real = ProcessIdentity::of(sleeper.pid());
  EXPECT_TRUE(real.open());
  ProcessIdentity other = real;
  (real.pidfs != 0 ? other.pidfs : other.start_time) += 1;
  EXPECT_FALSE(other.open());
  other = real;
  other.pidfs = 0;
  EXPECT_TRUE(other.open()) << "the start time alone tells, too";
  other.start_time += 1;
  EXPECT_FALSE(other.open());
  other = real;
  other.boot = "another";
  EXPECT_FALSE(other.open());

  StateFolder folder = StateFolder::create(root_, "c1");
  Record record = this->record("c1");
  record.creating = false;
  record.init = other;
  folder.store(record);
  folder.unlock();
  EXPECT_EQ(error_of([&] { kill(settings_, "c1", SIGKILL); }), "container not running");
  remove(settings_, "c1", true);
  EXPECT_EQ(waitpid(sleeper.pid(), nullptr, WNOHANG), 0) << "it was killed";
}

TEST_F(State, ForeignContainersAreListedAndLeftAlone) {
  foreign("r", "state.json",
          R"({"id": "r", "init_process_pid": 0, "init_process_start": 1, "created": "2024-01-01T00:00:00Z",
                                 "config": {"rootfs": "/r/rootfs", "labels": ["bundle=/r"]}})");
  foreign("c", "status", R"({"pid": 0, "bundle": "/c", "rootfs": "/c/rootfs", "created": "2024-01-01T00:00:00Z"})");
  foreign("x", "state.json", "garbage");
  const auto all = list(settings_);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].bundle, "/c");
  EXPECT_EQ(all[1].bundle, "/r");
  for (const ContainerState& one : all) {
    EXPECT_TRUE(one.foreign);
    EXPECT_EQ(one.status, Status::stopped);
    EXPECT_NE(error_of([&] { remove(settings_, one.id, true); }), "");
    EXPECT_NE(error_of([&] { kill(settings_, one.id, 9); }), "");
    EXPECT_NE(error_of([&] { StateFolder::create(root_, one.id); }), "");
  }
  EXPECT_EQ(StateFolder::ids(root_).size(), 3u);
}

TEST_F(State, StateAsEnginesReadIt) {
  Record record = this->record("c1");
  record.created = "2024-01-01T00:00:00.000000001Z";
  record.init.pid = 5;
  record.annotations = {{"k", "v"}};
  EXPECT_EQ(hook_state(record, Status::created),
            R"({"ociVersion":"1.0.2","id":"c1","status":"created","pid":5,"bundle":"/b","annotations":{"k":"v"}})");
  EXPECT_EQ(hook_state(record, Status::stopped),
            R"({"ociVersion":"1.0.2","id":"c1","status":"stopped","bundle":"/b","annotations":{"k":"v"}})");
  EXPECT_EQ(dump_json(to_json(container_state(record, Status::stopped))),
            R"({"ociVersion":"1.0.2","id":"c1","pid":0,"status":"stopped","bundle":"/b","rootfs":"/b/rootfs",)"
            R"("created":"2024-01-01T00:00:00.000000001Z","annotations":{"k":"v"},"owner":""})");
}

} // namespace
} // namespace oci::runtime
