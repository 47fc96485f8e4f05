// config.json of images as they are found, for each engine, as files: golden/IMAGE.ENGINE.json. The seccomp filter
// stands there as the number of its rules and its default alone; seccomp_test.cc has the rest. After a change that is
// meant, `OCI_WRITE_GOLDEN=1 unit_specgen --gtest_filter='Golden.*'` writes them anew; read the difference.
#include "helpers.h"

#include "base/files.h"

#include <cstdlib>

namespace oci::specgen::test {
namespace {

struct Sample {
  const char* name;
  const char* config; // the image config's "config"
};

constexpr Sample samples[] = {
    {"nginx", R"({"ExposedPorts": {"80/tcp": {}}, "Env": ["PATH=/usr/local/sbin:/usr/bin:/bin", "NGINX_VERSION=1.27.0"],
      "Entrypoint": ["/docker-entrypoint.sh"], "Cmd": ["nginx", "-g", "daemon off;"],
      "Labels": {"maintainer": "NGINX <docker@example.org>"}, "StopSignal": "SIGQUIT"})"},
    {"postgres",
     R"({"ExposedPorts": {"5432/tcp": {}}, "Env": ["PATH=/usr/lib/postgresql/16/bin:/usr/bin:/bin", "LANG=en_US.utf8",
      "PGDATA=/var/lib/postgresql/data"], "Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["postgres"],
      "Volumes": {"/var/lib/postgresql/data": {}}, "StopSignal": "SIGINT"})"},
    {"node",
     R"({"Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "NODE_VERSION=22.0.0"], "Entrypoint": ["docker-entrypoint.sh"],
      "Cmd": ["node"], "WorkingDir": "/usr/src/app", "User": "web"})"},
    {"distroless",
     R"({"Env": ["PATH=/usr/bin:/sbin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"], "User": "65532",
      "WorkingDir": "/home/nonroot", "Entrypoint": ["/server"]})"},
    {"numeric_user_and_group", R"({"User": "1000:2000", "Cmd": ["/bin/app"]})"},
    {"named_user_and_group", R"({"User": "web:wheel", "Cmd": ["/bin/app"]})"},
    {"no_cmd", R"({"Env": ["A=1"]})"},
    {"volumes", R"({"Volumes": {"/data": {}, "/var/log/": {}, "/proc/x": {}}, "Cmd": ["/bin/app"]})"},
    {"exposed_ports", R"({"ExposedPorts": {"80/tcp": {}, "443/tcp": {}, "53/udp": {}}, "Cmd": ["/bin/app"]})"},
    {"stop_signal", R"({"StopSignal": "RTMIN+3", "Cmd": ["/sbin/init"]})"},
    {"healthcheck", R"({"Healthcheck": {"Test": ["CMD", "true"], "Interval": 1000000000}, "Cmd": ["/bin/app"]})"},
    {"obeyed_labels", R"({"Labels": {"run.oci.handler": "krun", "vendor": "x"}, "Cmd": ["/bin/app"]})"},
    {"hostile_env", R"({"Env": ["SECRET", "=x", "A=1", "A=2"], "WorkingDir": "relative", "Cmd": ["/bin/app"]})"},
};

spec::ImageConfig image_of(const Sample& sample) {
  return spec::parse_image_config(
      cat(R"({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}, "config": )",
          sample.config, "}"),
      sample.name);
}

// The golden text: config.json, or why there is none, and the warnings.
std::string text_of(const Sample& sample, const std::string& engine_name) {
  Json document;
  const std::string error = error_of([&] {
    const Generated generated = generate(image_of(sample), engine(engine_name), {}, plain_users(), plain_host());
    document = json_of(generated);
    Json* linux_part = document.find("linux");
    if (const Json* filter = linux_part->find("seccomp"))
      linux_part->set("seccomp", cat(*filter->find("defaultAction")->as_string(), " and ",
                                     filter->find("syscalls")->as_array()->size(), " rules"));
    Json::Array warnings;
    for (const std::string& warning : generated.warnings) warnings.emplace_back(warning);
    if (!warnings.empty()) document.set("warnings of oci spec", std::move(warnings));
  });
  if (!error.empty()) document.set("error", error);
  return dump_json(document, {.indent = " ", .escape_html = false}) + "\n";
}

TEST(Golden, EachImageForEachEngine) {
  const bool write = std::getenv("OCI_WRITE_GOLDEN") != nullptr;
  for (const Sample& sample : samples)
    for (const std::string& name : engine_names()) {
      const std::string file = cat(OCI_SOURCE_DIR, "/tests/unit/specgen/golden/", sample.name, ".", name, ".json");
      const std::string text = text_of(sample, name);
      if (write)
        write_output_file(file, text, 0644);
      else
        EXPECT_EQ(text, read_file_if_exists(file, 1u << 20).value_or(""))
            << file << ": OCI_WRITE_GOLDEN=1 writes it anew";
    }
}

TEST(Golden, AnImageForAnotherSystemIsRefused) {
  spec::ImageConfig image = plain_image();
  image.os = "windows";
  for (const std::string& name : engine_names())
    EXPECT_EQ(error_of([&] { generate(image, engine(name), {}, plain_users(), plain_host()); }),
              "the image is for windows, not for linux");
}

} // namespace
} // namespace oci::specgen::test
