// dockerd's HTTP interface, as far as its containers are asked for. Where it listens is found as the docker command
// does: $DOCKER_HOST, else the current context of ~/.docker, else the socket in /var/run.
#pragma once

#include "fetch/http.h"

#include <string>

namespace oci::fetch {

// "unix:///var/run/docker.sock", "tcp://…", "https://…". Throws for a context that is not there.
std::string docker_host();

class DockerDaemon {
public:
  // Negotiates the version by /_ping. Throws Error that says how the daemon was sought.
  explicit DockerDaemon(const std::string& host);

  // GET of a path as "/containers/NAME/json"; what the daemon says of a failure is thrown.
  std::string get(const std::string& path);

private:
  std::string fetch(const std::string& path);

  std::string host_, socket_, base_, version_;
  HttpClient client_;
};

} // namespace oci::fetch
