// `oci spec nginx-like -e A=1 --cap-drop ALL --cap-add NET_BIND_SERVICE --explain`: the right source of every leaf, for
// each engine. A leaf that the table does not know fails.
#include "helpers.h"

namespace oci::specgen::test {
namespace {

// What a leaf's path is or begins with, the longest first to hold, and its source; "engine" is the one at hand.
const std::map<std::string, std::string> sources = {
    {"ociVersion", "engine"},
    {"process.user", "engine"},
    {"process.user.additionalGids", "image /etc/group"},
    {"process.args[0]", "image config.Entrypoint"},
    {"process.args[1]", "image config.Cmd"},
    {"process.args[2]", "image config.Cmd"},
    {"process.args[3]", "image config.Cmd"},
    {"process.env[PATH]", "image config.Env"},
    {"process.env[NGINX_VERSION]", "image config.Env"},
    {"process.env[A]", "flag --env"},
    {"process.env[HOME]", "image /etc/passwd"},
    {"process.env[HOSTNAME]", "engine"},
    {"process.env[TERM]", "engine"},
    {"process.env[container]", "engine"},
    {"process.cwd", "engine"},
    {"process.capabilities.bounding[CAP_NET_BIND_SERVICE]", "flag --cap-add"},
    {"process.capabilities.effective[CAP_NET_BIND_SERVICE]", "flag --cap-add"},
    {"process.capabilities.permitted[CAP_NET_BIND_SERVICE]", "flag --cap-add"},
    {"process.rlimits", "engine"},
    {"process.noNewPrivileges", "engine"},
    {"root.path", "host the bundle"},
    {"root.readonly", "engine"},
    {"hostname", "engine"},
    {"mounts", "engine"},
    {"annotations[maintainer]", "image config.Labels"},
    {"annotations[org.opencontainers.image.os]", "image os"},
    {"annotations[org.opencontainers.image.architecture]", "image architecture"},
    {"annotations[org.opencontainers.image.exposedPorts]", "image config.ExposedPorts"},
    {"annotations[org.opencontainers.image.stopSignal]", "image config.StopSignal"},
    {"linux.resources", "engine"},
    {"linux.sysctl", "engine"},
    {"linux.namespaces", "engine"},
    {"linux.maskedPaths", "engine"},
    {"linux.readonlyPaths", "engine"},
    {"linux.seccomp", "engine"},
};

bool is_within(std::string_view path, std::string_view place) {
  return path.starts_with(place) &&
         (path.size() == place.size() || path[place.size()] == '.' || path[place.size()] == '[');
}

std::string right_source(const std::string& path, const std::string& engine_name) {
  const std::pair<const std::string, std::string>* best = nullptr;
  for (const auto& row : sources)
    if (is_within(path, row.first) && (best == nullptr || row.first.size() > best->first.size())) best = &row;
  if (best == nullptr) return "not in the table";
  return best->second == "engine" ? cat("engine ", engine_name) : best->second;
}

spec::ImageConfig nginx_like() {
  spec::ImageConfig image = plain_image();
  image.config->env = {"PATH=/usr/local/sbin:/usr/bin:/bin", "NGINX_VERSION=1.27.0", "A=image"};
  image.config->entrypoint = {"/docker-entrypoint.sh"};
  image.config->cmd = {"nginx", "-g", "daemon off;"};
  image.config->exposed_ports.keys = {"80/tcp"};
  image.config->stop_signal = "SIGQUIT";
  image.config->labels = {{"maintainer", "NGINX"}};
  return image;
}

class Explained : public testing::TestWithParam<std::string> {};

TEST_P(Explained, EveryLeafHasItsRightSource) {
  Request request;
  request.env = {"A=1"};
  request.cap_drop = {"ALL"};
  request.cap_add = {"NET_BIND_SERVICE"};
  const Generated generated = generate(nginx_like(), engine(GetParam()), request, plain_users(), plain_host());
  const Json json = json_of(generated);
  const std::vector<Leaf> leaves = explain(json, generated.provenance);
  EXPECT_GT(leaves.size(), 60u);
  for (const Leaf& leaf : leaves) {
    ASSERT_NE(leaf.origin, nullptr) << leaf.path;
    EXPECT_EQ(origin_text(*leaf.origin), right_source(leaf.path, GetParam())) << leaf.path;
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, Explained, testing::ValuesIn(engine_names()),
                         [](const auto& param) { return param.param; });

} // namespace
} // namespace oci::specgen::test
