// What the image says, and what becomes of it (image-spec conversion.md).
#include "helpers.h"

#include <gmock/gmock.h>

namespace oci::specgen::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const spec::Process& process_of(const Generated& generated) { return *generated.config.process; }

std::string origin_of(const Generated& generated, std::string_view path) {
  const Json json = json_of(generated);
  for (const Leaf& leaf : explain(json, generated.provenance))
    if (leaf.path == path) return leaf.origin == nullptr ? "none" : origin_text(*leaf.origin);
  return "no such leaf";
}

TEST(Image, EntrypointAndCmdBecomeArgs) {
  spec::ImageConfig image = plain_image();
  image.config->entrypoint = {"/entry", "-x"};
  image.config->cmd = {"serve"};
  EXPECT_THAT(process_of(generate_with({}, image)).args, ElementsAre("/entry", "-x", "serve"));
  Request request;
  request.command = {"other", "words"};
  EXPECT_THAT(process_of(generate_with(request, image)).args, ElementsAre("/entry", "-x", "other", "words"));
  request.entrypoint = "/mine";
  EXPECT_THAT(process_of(generate_with(request, image)).args, ElementsAre("/mine", "other", "words"));
  request.command.clear();
  EXPECT_THAT(process_of(generate_with(request, image)).args, ElementsAre("/mine"));
}

TEST(Image, EnvironmentKeepsDockersOrder) {
  spec::ImageConfig image = plain_image();
  image.config->env = {"PATH=/opt/bin", "LANG=C", "MODE=prod", "LANG=C.UTF-8"};
  Request request;
  request.env = {"MODE=test", "NEW=1"};
  request.tty = true;
  EXPECT_THAT(
      process_of(generate_with(request, image)).env,
      ElementsAre("PATH=/opt/bin", "HOSTNAME=oci", "TERM=xterm", "MODE=test", "NEW=1", "LANG=C.UTF-8", "HOME=/root"));
}

TEST(Image, AnEntryWithoutValueIsDroppedNotFilledIn) {
  spec::ImageConfig image = plain_image();
  image.config->env = {"SECRET", "SEC*", "=x", "OK=", std::string("NUL=a\0b", 7)};
  Request request;
  request.environment = {"SECRET=host", "SECOND=host"};
  const Generated generated = generate_with(request, image);
  EXPECT_THAT(process_of(generated).env, ElementsAre(HasSubstr("PATH="), "HOSTNAME=oci", "OK=", "HOME=/root"));
  EXPECT_THAT(generated.warnings, Contains("the image's Env entry SECRET is not of the form NAME=VALUE; dropped"));
  EXPECT_EQ(generated.warnings.size(), 4u);
}

TEST(Image, HomeIsThePasswdsUnlessTheImageSaysIt) {
  spec::ImageConfig image = plain_image();
  image.config->user = "web";
  Generated generated = generate_with({}, image);
  EXPECT_THAT(process_of(generated).env, Contains("HOME=/srv/web"));
  EXPECT_EQ(origin_of(generated, "process.env[HOME]"), "image /etc/passwd");
  image.config->env = {"HOME=/elsewhere"};
  EXPECT_THAT(process_of(generate_with({}, image)).env, Contains("HOME=/elsewhere"));
  Request request;
  request.env = {"HOME=/mine"};
  EXPECT_THAT(process_of(generate_with(request, image)).env, Contains("HOME=/mine"));
}

TEST(Image, AnotherUserThanRootHasNoCapabilitiesInForce) {
  spec::ImageConfig image = plain_image();
  image.config->user = "web";
  const Generated generated = generate_with({}, image);
  const spec::Process& process = process_of(generated);
  EXPECT_EQ(process.user.uid, 101u);
  EXPECT_EQ(process.user.gid, 102u);
  EXPECT_THAT(process.user.additional_gids, ElementsAre(102, 10, 33));
  EXPECT_EQ(process.capabilities->bounding.size(), 14u);
  EXPECT_TRUE(process.capabilities->effective.empty());
  EXPECT_TRUE(process.capabilities->permitted.empty());
  EXPECT_EQ(origin_of(generated, "process.user.uid"), "image config.User");
  Request request;
  request.user = "0:0";
  EXPECT_EQ(process_of(generate_with(request, image)).capabilities->effective.size(), 14u);
}

TEST(Image, AnUnknownUserIsAnErrorThatNamesTheField) {
  spec::ImageConfig image = plain_image();
  image.config->user = "roott";
  EXPECT_EQ(error_of([&] { generate_with({}, image); }),
            "image config.User roott: no user roott in the image's /etc/passwd; did you mean root?");
}

TEST(Image, WorkingFolder) {
  spec::ImageConfig image = plain_image();
  EXPECT_EQ(process_of(generate_with({}, image)).cwd, "/");
  image.config->working_dir = "/srv/app";
  const Generated generated = generate_with({}, image);
  EXPECT_EQ(process_of(generated).cwd, "/srv/app");
  EXPECT_EQ(origin_of(generated, "process.cwd"), "image config.WorkingDir");
  image.config->working_dir = "app";
  EXPECT_EQ(process_of(generate_with({}, image)).cwd, "/app");
  EXPECT_EQ(generate_with({}, image).warnings.size(), 1u);
}

TEST(Image, AnnotationsAreThoseOfTheConversion) {
  spec::ImageConfig image = plain_image();
  image.author = "Ann <ann@example.org>";
  image.created = "2026-01-02T03:04:05Z";
  image.variant = "v2";
  image.os_version = "1";
  image.os_features = {"a", "b"};
  image.config->exposed_ports.keys = {"80/tcp", "53/udp"};
  image.config->stop_signal = "SIGQUIT";
  image.config->labels = {{"org.opencontainers.image.author", "label wins"}, {"vendor", "x"}};
  const auto annotations = generate_with({}, image).config.annotations;
  const std::map<std::string, std::string> expected = {{"org.opencontainers.image.architecture", "amd64"},
                                                       {"org.opencontainers.image.author", "label wins"},
                                                       {"org.opencontainers.image.created", "2026-01-02T03:04:05Z"},
                                                       {"org.opencontainers.image.exposedPorts", "80/tcp,53/udp"},
                                                       {"org.opencontainers.image.os", "linux"},
                                                       {"org.opencontainers.image.os.features", "a,b"},
                                                       {"org.opencontainers.image.os.version", "1"},
                                                       {"org.opencontainers.image.stopSignal", "SIGQUIT"},
                                                       {"org.opencontainers.image.variant", "v2"},
                                                       {"vendor", "x"}};
  EXPECT_EQ(annotations, expected);
}

TEST(Image, ALabelThatRuntimesObeyNeverBecomesAnAnnotation) {
  spec::ImageConfig image = plain_image();
  const std::vector<std::string> obeyed = {"run.oci.seccomp_bpf_data",
                                           "run.oci.hooks.stderr",
                                           "org.criu.config",
                                           "org.systemd.property.CPUQuota",
                                           "module.wasm.image/variant",
                                           "krun.ram",
                                           "containerd.io/x",
                                           "io.containerd.x",
                                           "io.cri-containerd.image",
                                           "io.kubernetes.cri.rdt-class",
                                           "io.podman.annotations.x",
                                           "io.katacontainers.config",
                                           "bundle"};
  for (const std::string& key : obeyed) image.config->labels[key] = "x";
  image.config->labels["bundle.size"] = "harmless";
  const Generated generated = generate_with({}, image);
  for (const std::string& key : obeyed) EXPECT_EQ(generated.config.annotations.count(key), 0u) << key;
  EXPECT_EQ(generated.config.annotations.count("bundle.size"), 1u);
  EXPECT_EQ(generated.warnings.size(), obeyed.size());
  EXPECT_THAT(generated.warnings, Contains("the image's label run.oci.seccomp_bpf_data is left out: runtimes act on "
                                           "annotations of that name"));
}

// Volumes: the image's own content is seen at them, whatever is asked for.
TEST(Image, VolumesHideNothing) {
  spec::ImageConfig image = plain_image();
  image.config->volumes.keys = {"/var/lib/data/"};
  const std::size_t plain = generate_with({}).config.mounts.size();
  EXPECT_EQ(generate_with({}, image).config.mounts.size(), plain);
  EXPECT_TRUE(generate_with({}, image).warnings.empty());
  Request request;
  request.read_only = true;
  EXPECT_EQ(generate_with(request, image).config.mounts.size(), plain);
  EXPECT_THAT(
      generate_with(request, image).warnings,
      ElementsAre("the image's volume /var/lib/data/ is read-only as all else; --tmpfs or --volume makes it writable"));
  request.image_volume = "ignore";
  EXPECT_TRUE(generate_with(request, image).warnings.empty());
  request.image_volume = "tmpfs";
  const Generated generated = generate_with(request, image);
  const spec::Mount& mount = generated.config.mounts.back();
  EXPECT_EQ(mount.destination, "/var/lib/data");
  EXPECT_EQ(mount.type, "tmpfs");
  EXPECT_THAT(mount.options, ElementsAre("nosuid", "nodev", "rprivate", "tmpcopyup"));
  EXPECT_EQ(origin_of(generated, "mounts[/var/lib/data].type"), "image config.Volumes");
}

TEST(Image, AVolumeOfTheUsersTakesThePlace) {
  spec::ImageConfig image = plain_image();
  image.config->volumes.keys = {"/data", "/top/inner"};
  Request request;
  request.image_volume = "tmpfs";
  request.volume = {"/host:/data", "/host2:/top"};
  const Generated generated = generate_with(request, image);
  int at_data = 0;
  for (const spec::Mount& mount : generated.config.mounts)
    if (mount.destination == "/data") {
      ++at_data;
      EXPECT_EQ(mount.source, "/host");
    }
  EXPECT_EQ(at_data, 1);
  EXPECT_THAT(generated.warnings, Contains("the image's volume /top/inner is hidden by --volume /host2:/top"));
}

TEST(Image, AVolumeThatCannotBeOneIsIgnored) {
  spec::ImageConfig image = plain_image();
  image.config->volumes.keys = {"/", "relative", "/a/../../etc",          "/proc/x", "/dev", "/sys/y", "/dev/../ok",
                                "",  "/x/..",    std::string("/nul\0", 5)};
  Request request;
  request.image_volume = "tmpfs";
  const Generated generated = generate_with(request, image);
  EXPECT_EQ(generated.config.mounts.size(), generate_with({}).config.mounts.size());
  EXPECT_EQ(generated.warnings.size(), image.config->volumes.keys.size());
}

TEST(Image, WithoutImageTheCommandIsTheRequests) {
  Request request;
  request.command = {"/bin/sh"};
  const Generated generated = generate(std::nullopt, engine("docker"), request, plain_users(), plain_host());
  EXPECT_THAT(process_of(generated).args, ElementsAre("/bin/sh"));
  EXPECT_TRUE(generated.config.annotations.empty());
  EXPECT_EQ(error_of([&] { generate(std::nullopt, engine("docker"), {}, {}, {}); }),
            "no command: name the program to run");
}

TEST(Image, SameInputSameBytes) {
  spec::ImageConfig image = plain_image();
  image.config->env = {"A=1"};
  EXPECT_EQ(config_text(generate_with({}, image).config), config_text(generate_with({}, image).config));
  const std::string text = config_text(generate_with({}, image).config);
  EXPECT_EQ(text.substr(0, 26), "{\n\t\"ociVersion\": \"1.0.2\",\n");
  EXPECT_EQ(text.substr(text.size() - 3), "\n}\n");
}

TEST(Image, AFloodOfEntriesIsNoBurden) {
  spec::ImageConfig image = plain_image();
  for (int i = 0; i < 50000; ++i) {
    image.config->env.push_back(cat("V", i, "=x"));
    image.config->volumes.keys.push_back(cat("/v/", i));
    image.config->labels[cat("l", i)] = "x";
  }
  Request request;
  request.image_volume = "tmpfs";
  EXPECT_GT(generate_with(request, image).config.mounts.size(), 50000u);
}

} // namespace
} // namespace oci::specgen::test
