// dockerd's HTTP interface, as far as containers are asked for and images saved and loaded. Where it listens is found
// as the docker command does: $DOCKER_HOST, else the current context of ~/.docker, else the socket in /var/run.
#pragma once

#include "fetch/http.h"
#include "fetch/progress.h"

#include <string>

namespace oci::fetch {

// "unix:///var/run/docker.sock", "tcp://…", "https://…". Throws for a context that is not there.
std::string docker_host();

class DockerDaemon {
public:
  // Negotiates the version by /_ping. Throws Error that says how the daemon was sought. `cert_dir` has ca.pem, cert.pem
  // and key.pem for https; "": $DOCKER_CERT_PATH.
  explicit DockerDaemon(const std::string& host, const std::string& cert_dir = "");

  // GET of a path as "/containers/NAME/json"; what the daemon says of a failure is thrown.
  std::string get(const std::string& path);
  // An image as `docker save` writes it, into an empty file. Exit code 2 when there is none.
  void save(const std::string& image, int file, Progress& progress);
  // `docker load` of a file that is read from its beginning.
  void load(int file, Progress& progress);

private:
  HttpRequest request(const std::string& path) const;
  HttpAnswer call(HttpRequest request, Progress& progress);
  std::string versioned(const std::string& path) const;
  [[noreturn]] void fail_answer(const HttpAnswer& answer) const;

  std::string host_, socket_, base_, version_;
  HttpClient client_;
};

} // namespace oci::fetch
