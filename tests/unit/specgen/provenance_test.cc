// Every leaf of config.json has a source, and what it overrode is remembered.
#include "helpers.h"

#include <gmock/gmock.h>

namespace oci::specgen::test {
namespace {

using testing::ElementsAre;

spec::ImageConfig full_image() {
  spec::ImageConfig image = plain_image();
  image.author = "Ann";
  image.config->env = {"PATH=/opt/bin", "A=image"};
  image.config->entrypoint = {"/entry"};
  image.config->user = "web";
  image.config->working_dir = "/srv";
  image.config->labels = {{"a.b[c]", "x"}, {"k", "image"}};
  image.config->volumes.keys = {"/data"};
  image.config->stop_signal = "TERM";
  return image;
}

Request full_request() {
  Request request;
  request.env = {"A=user", "B=2"};
  request.user = "daemon";
  request.group_add = {"7"};
  request.workdir = "/tmp";
  request.tty = request.read_only = true;
  request.volume = {"/h:/h.d/[x]:ro"};
  request.tmpfs = {"/run"};
  request.image_volume = "tmpfs";
  request.cap_drop = {"ALL"};
  request.cap_add = {"NET_BIND_SERVICE"};
  request.memory = "64m";
  request.cpus = "1";
  request.pids_limit = "9";
  request.ulimit = {"core=0"};
  request.sysctl = {"net.a=1"};
  request.device_cgroup_rule = {"c 1:1 r"};
  request.security_opt = {"no-new-privileges", "mask=/m"};
  request.label = {"k=user"};
  request.umask = "022";
  request.shm_size = "1m";
  return request;
}

TEST(Provenance, EveryLeafHasASource) {
  const Generated generated = generate_with(full_request(), full_image());
  const Json json = json_of(generated);
  const std::vector<Leaf> leaves = explain(json, generated.provenance);
  EXPECT_GT(leaves.size(), 300u);
  for (const Leaf& leaf : leaves) {
    ASSERT_NE(leaf.origin, nullptr) << leaf.path;
    EXPECT_FALSE(leaf.origin->name.empty()) << leaf.path;
  }
}

TEST(Provenance, EveryNoteIsOfSomethingThatIsThere) {
  const Generated generated = generate_with(full_request(), full_image());
  const Json json = json_of(generated);
  std::vector<std::string> paths;
  for (const Leaf& leaf : explain(json, generated.provenance)) paths.push_back(leaf.path);
  for (const auto& [place, origin] : generated.provenance) {
    const auto within = [&, at = place](const std::string& path) {
      return path.starts_with(at) &&
             (path.size() == at.size() || at.empty() || path[at.size()] == '.' || path[at.size()] == '[');
    };
    EXPECT_TRUE(std::any_of(paths.begin(), paths.end(), within)) << place << " " << origin_text(origin);
  }
}

TEST(Provenance, SourcesAreTheRightOnes) {
  const Generated generated = generate_with(full_request(), full_image());
  const Json json = json_of(generated);
  std::map<std::string, std::string> sources;
  for (const Leaf& leaf : explain(json, generated.provenance)) sources[leaf.path] = origin_text(*leaf.origin);
  const std::map<std::string, std::string> expected = {
      {"ociVersion", "engine docker"},
      {"process.args[0]", "image config.Entrypoint"},
      {"process.args[1]", "image config.Cmd"},
      {"process.env[PATH]", "image config.Env"},
      {"process.env[A]", "flag --env"},
      {"process.env[TERM]", "engine docker"},
      {"process.env[HOME]", "image /etc/passwd"},
      {"process.user.uid", "flag --user"},
      {"process.user.additionalGids[0]", "flag --user"},
      {"process.user.additionalGids[1]", "flag --group-add"},
      {"process.capabilities.bounding[CAP_NET_BIND_SERVICE]", "flag --cap-add"},
      {"annotations[a.b[c]]", "image config.Labels"},
      {"annotations[k]", "flag --label"},
      {"annotations[org.opencontainers.image.author]", "image author"},
      {"mounts[/h.d/[x]].options[1]", "flag --volume"},
      {"mounts[/data].type", "image config.Volumes"},
      {"mounts[/dev/shm].options[0]", "engine docker"},
      {"mounts[/dev/shm].options[4]", "flag --shm-size"},
      {"linux.maskedPaths[/m]", "flag --security-opt mask"},
      {"linux.maskedPaths[/proc/kcore]", "engine docker"},
      {"linux.seccomp.defaultAction", "engine docker"},
      {"linux.resources.devices[0].allow", "engine docker"},
      {"linux.resources.devices[8].allow", "flag --device-cgroup-rule"},
      {"linux.resources.memory.swap", "flag --memory"},
      {"linux.sysctl[net.a]", "flag --sysctl"},
      {"linux.sysctl[net.ipv4.ping_group_range]", "engine docker"},
      {"root.path", "host the bundle"},
  };
  for (const auto& [path, source] : expected) EXPECT_EQ(sources[path], source) << path;
}

TEST(Provenance, WhatWasOverriddenIsRemembered) {
  const Generated generated = generate_with(full_request(), full_image());
  const Provenance& all = generated.provenance;
  EXPECT_THAT(all.at("process.env[A]").overridden, ElementsAre("image config.Env: image"));
  EXPECT_THAT(all.at("process.env[PATH]").overridden,
              ElementsAre("engine docker: /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
  EXPECT_THAT(all.at("process.cwd").overridden, ElementsAre("image config.WorkingDir: /srv", "engine docker: /"));
  EXPECT_THAT(all.at("process.user").overridden, ElementsAre("image config.User: web"));
  EXPECT_THAT(all.at("annotations[k]").overridden, ElementsAre("image config.Labels: image"));
  EXPECT_THAT(all.at("mounts[/dev/shm].options[4]").overridden, ElementsAre("engine docker: size=67108864"));
}

} // namespace
} // namespace oci::specgen::test
