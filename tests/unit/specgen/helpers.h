// What the tests of specgen share: a small image, a plain host, and config.json as JSON.
#pragma once

#include "base/json.h"
#include "specgen/specgen.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace oci::specgen::test {

inline spec::ImageConfig plain_image() {
  spec::ImageConfig image;
  image.architecture = "amd64";
  image.os = "linux";
  image.config.emplace();
  image.config->cmd = {"/bin/sh"};
  return image;
}

inline HostFacts plain_host() {
  HostFacts host;
  host.architecture = "amd64";
  host.kernel_release = "6.1.0-13-amd64";
  host.hostname = "metal";
  host.cpus = 4;
  return host;
}

inline UserFiles plain_users() {
  UserFiles files;
  files.passwd.text = "root:x:0:0:root:/root:/bin/sh\n"
                      "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
                      "web:x:101:102:Web Server,,,:/srv/web:/bin/false\n"
                      "1000:x:55:55::/home/odd:/bin/sh\n";
  files.group.text = "root:x:0:root\n"
                     "daemon:x:1:\n"
                     "wheel:x:10:root,web\n"
                     "web:x:102:\n"
                     "logs:x:33:web\n";
  return files;
}

inline Generated generate_with(const Request& request, const spec::ImageConfig& image = plain_image(),
                               const HostFacts& host = plain_host()) {
  return generate(image, engine("docker"), request, plain_users(), host);
}

inline Json json_of(const Generated& generated) { return spec::to_json(generated.config); }

// The message of the Error that `body` throws; "" when it throws none.
template <class F>
std::string error_of(F&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

inline std::string request_error(const Request& request) {
  return error_of([&] { generate_with(request); });
}

} // namespace oci::specgen::test
