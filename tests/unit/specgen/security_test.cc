// Capabilities, the privileged container, devices, limits.
#include "helpers.h"

#include <gmock/gmock.h>

namespace oci::specgen::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

spec::Capabilities caps_of(const Request& request, const HostFacts& host = plain_host()) {
  return *generate_with(request, plain_image(), host).config.process->capabilities;
}

TEST(Capabilities, AreDockersFourteen) {
  const spec::Capabilities caps = caps_of({});
  EXPECT_THAT(caps.bounding,
              testing::UnorderedElementsAre("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD",
                                            "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP",
                                            "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE"));
  EXPECT_EQ(caps.effective, caps.bounding);
  EXPECT_EQ(caps.permitted, caps.bounding);
  EXPECT_THAT(caps.inheritable, IsEmpty());
  EXPECT_THAT(caps.ambient, IsEmpty());
}

TEST(Capabilities, AddAndDropAsDockerDoes) {
  Request request;
  request.cap_add = {"net_admin", "CAP_CHOWN"};
  EXPECT_EQ(caps_of(request).bounding.size(), 15u);
  request.cap_drop = {"ALL"};
  EXPECT_THAT(caps_of(request).bounding, ElementsAre("CAP_NET_ADMIN", "CAP_CHOWN"));
  request.cap_add = {"ALL"};
  request.cap_drop = {"SYS_ADMIN,SYS_MODULE"};
  EXPECT_EQ(caps_of(request).bounding.size(), 39u);
  EXPECT_THAT(caps_of(request).bounding, Not(Contains("CAP_SYS_ADMIN")));
}

TEST(Capabilities, NoneAtAllIsWrittenAsSuch) {
  Request request;
  request.cap_drop = {"all"};
  const Generated generated = generate_with(request);
  EXPECT_THAT(config_text(generated.config), HasSubstr("\"capabilities\": {}\n"));
}

TEST(Capabilities, AllIsWhatTheMachineGives) {
  HostFacts host = plain_host();
  host.capabilities = ((std::uint64_t{1} << 41) - 1) & ~(std::uint64_t{1} << 24);
  Request request;
  request.cap_add = {"ALL"};
  const Generated generated = generate_with(request, plain_image(), host);
  EXPECT_EQ(generated.config.process->capabilities->bounding.size(), 40u);
  EXPECT_THAT(generated.warnings,
              ElementsAre("left out of all capabilities, for this machine does not give them: CAP_SYS_RESOURCE"));
}

TEST(Privileged, LiftsTheProtections) {
  HostFacts host = plain_host();
  host.devices = {{"/dev/null", {'c', 1, 3, 0666, 0, 0}},
                  {"/dev/sda", {'b', 8, 0, 0660, 0, 6}},
                  {"/dev/pts/0", {'c', 136, 0, 0620, 0, 5}}};
  host.thermal_throttle_cpus = {0, 1};
  host.apparmor_profiles = {"docker-default"};
  Request request;
  request.privileged = true;
  request.cap_drop = {"CHOWN"};
  const Generated generated = generate_with(request, plain_image(), host);
  const spec::Linux& linux_part = *generated.config.linux_;
  EXPECT_FALSE(linux_part.seccomp);
  EXPECT_THAT(linux_part.masked_paths, IsEmpty());
  EXPECT_THAT(linux_part.readonly_paths, IsEmpty());
  EXPECT_EQ(generated.config.process->capabilities->bounding.size(), 41u);
  EXPECT_EQ(generated.config.process->apparmor_profile, "unconfined");
  ASSERT_EQ(linux_part.devices.size(), 2u);
  EXPECT_EQ(linux_part.devices[1].path, "/dev/sda");
  EXPECT_EQ(linux_part.devices[1].gid, 6u);
  ASSERT_EQ(linux_part.resources->devices.size(), 1u);
  EXPECT_TRUE(linux_part.resources->devices[0].allow);
  for (const spec::Mount& mount : generated.config.mounts)
    if (mount.destination.starts_with("/sys")) {
      EXPECT_THAT(mount.options, Not(Contains("ro"))) << mount.destination;
    }
}

TEST(Devices, ComeWithTheirRule) {
  HostFacts host = plain_host();
  host.devices = {{"/dev/fuse", {'c', 10, 229, 0666, 0, 0}},
                  {"/dev/snd/a", {'c', 116, 1, 0660, 0, 29}},
                  {"/dev/snd/b", {'c', 116, 2, 0660, 0, 29}},
                  {"/dev/sndx", {'c', 1, 1, 0, 0, 0}}};
  Request request;
  request.device = {"/dev/fuse:/dev/f:r", "/dev/snd"};
  request.device_cgroup_rule = {"b *:7 rm"};
  EXPECT_THAT(needs(request).devices, ElementsAre("/dev/fuse", "/dev/snd"));
  const Generated generated = generate_with(request, plain_image(), host);
  const spec::Linux& linux_part = *generated.config.linux_;
  ASSERT_EQ(linux_part.devices.size(), 3u);
  EXPECT_EQ(linux_part.devices[0].path, "/dev/f");
  EXPECT_EQ(linux_part.devices[0].file_mode, 0666u);
  EXPECT_EQ(linux_part.devices[2].path, "/dev/snd/b");
  const auto& rules = linux_part.resources->devices;
  ASSERT_EQ(rules.size(), 12u);
  EXPECT_EQ(rules[8].access, "r");
  EXPECT_EQ(rules[8].minor, 229);
  EXPECT_EQ(rules[11].type, "b");
  EXPECT_FALSE(rules[11].major);
  EXPECT_EQ(rules[11].minor, 7);
}

std::vector<std::string> files_of(const Request& request) {
  std::vector<std::string> paths;
  for (const Needs::File& file : needs(request).files) paths.push_back(cat(file.named_by, ": ", file.path));
  return paths;
}

TEST(Needs, NamesFilesToRead) {
  Request request;
  request.env_file = {"a.env"};
  request.security_opt = {"seccomp=p.json", "apparmor=x"};
  EXPECT_THAT(files_of(request), ElementsAre("--env-file a.env: a.env", "--security-opt seccomp: p.json"));
  request.security_opt = {"seccomp=unconfined"};
  request.privileged = true;
  EXPECT_THAT(files_of(request), ElementsAre("--env-file a.env: a.env"));
  EXPECT_THAT(needs(request).devices, ElementsAre("/dev"));
}

TEST(Masked, ThermalThrottleOfEachProcessor) {
  HostFacts host = plain_host();
  host.thermal_throttle_cpus = {0, 3};
  const auto masked = generate_with({}, plain_image(), host).config.linux_->masked_paths;
  EXPECT_THAT(masked, Contains("/sys/devices/system/cpu/cpu3/thermal_throttle"));
  EXPECT_THAT(masked, Contains("/proc/interrupts"));
  EXPECT_THAT(masked, Contains("/sys/devices/virtual/powercap"));
  EXPECT_EQ(masked.size(), 14u);
}

TEST(AppArmor, TheEnginesProfileWhenItIsLoaded) {
  EXPECT_EQ(generate_with({}).config.process->apparmor_profile, "");
  HostFacts host = plain_host();
  host.apparmor_profiles = {"cups", "docker-default"};
  EXPECT_EQ(generate_with({}, plain_image(), host).config.process->apparmor_profile, "docker-default");
}

TEST(Limits, WhatThisMachineCannotRaise) {
  HostFacts host = plain_host();
  host.capabilities = 0;
  host.hard_limits = {{"RLIMIT_NOFILE", 20000}};
  Request request;
  request.ulimit = {"nofile=100000"};
  const Generated users = generate_with(request, plain_image(), host);
  EXPECT_EQ(users.config.process->rlimits[0].hard, 100000u); // the user's wish stands, the bundle may run elsewhere
  EXPECT_THAT(users.warnings, ElementsAre("--ulimit nofile=100000: this machine cannot raise it above 20000"));

  Engine engine_with_limit = engine("docker");
  spec::Rlimit limit;
  limit.type = "RLIMIT_NOFILE";
  limit.soft = limit.hard = 1048576;
  engine_with_limit.base.process->rlimits = {limit};
  const Generated engines = generate(plain_image(), engine_with_limit, {}, plain_users(), host);
  EXPECT_EQ(engines.config.process->rlimits[0].hard, 20000u);
  EXPECT_EQ(engines.config.process->rlimits[0].soft, 20000u);
  host.capabilities = std::uint64_t{1} << 24;
  EXPECT_EQ(generate(plain_image(), engine_with_limit, {}, plain_users(), host).config.process->rlimits[0].hard,
            1048576u);
}

TEST(Mounts, OneOnThePlaceOfTheEnginesReplacesIt) {
  Request request;
  request.volume = {"/dev:/dev", "/x:/a/b", "/y:/a"};
  const Generated generated = generate_with(request);
  std::vector<std::string> places;
  for (const spec::Mount& mount : generated.config.mounts) places.push_back(mount.destination);
  EXPECT_THAT(places, ElementsAre("/proc", "/sys", "/sys/fs/cgroup", "/dev", "/a", "/a/b"));
  const Origin& origin = generated.provenance.at("mounts[/dev]");
  EXPECT_EQ(origin.name, "--volume");
  EXPECT_THAT(origin.overridden, ElementsAre("engine docker: tmpfs tmpfs"));
}

TEST(Mounts, RecursiveReadOnlyNeedsItsKernel) {
  HostFacts host = plain_host();
  host.kernel_release = "5.10.0";
  Request request;
  request.volume = {"/a:/b:ro"};
  EXPECT_THAT(generate_with(request, plain_image(), host).config.mounts.back().options,
              ElementsAre("rbind", "ro", "rprivate"));
}

} // namespace
} // namespace oci::specgen::test
