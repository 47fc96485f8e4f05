#include "fetch/docker_daemon.h"

#include "base/files.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "fetch/fetch.h"

#include <cstdlib>

namespace oci::fetch {
namespace {

constexpr std::string_view default_host = "unix:///var/run/docker.sock";
constexpr std::size_t max_document = 16u << 20;

std::string variable(const char* name) {
  const char* value = ::getenv(name);
  return value == nullptr ? "" : value;
}

std::string docker_folder() {
  const std::string given = variable("DOCKER_CONFIG");
  return given.empty() ? cat(variable("HOME"), "/.docker") : given;
}

Json json_file(const std::string& path) {
  const auto text = read_file_if_exists(path, max_document);
  return text ? parse_json(*text, path) : Json();
}

std::string text_at(const Json& object, std::string_view key) {
  const Json* found = object.find(key);
  const std::string* text = found == nullptr ? nullptr : found->as_string();
  return text == nullptr ? "" : *text;
}

// contexts/meta/<sha256 of the name>/meta.json has {"Endpoints": {"docker": {"Host": …}}}.
std::string host_of_context(const std::string& name) {
  const std::string path = cat(docker_folder(), "/contexts/meta/", digest_of(name).hex(), "/meta.json");
  const Json meta = json_file(path);
  const Json* endpoints = meta.find("Endpoints");
  const Json* docker = endpoints == nullptr ? nullptr : endpoints->find("docker");
  const std::string host = docker == nullptr ? "" : text_at(*docker, "Host");
  if (host.empty()) throw Error(cat("docker context ", printable(name), ": ", path, " names no host"));
  return host;
}

// "tcp://" with certificates is https, as the docker command has it.
std::string base_url(const std::string& host) {
  if (host.starts_with("unix://")) return "http://localhost";
  if (!host.starts_with("tcp://")) return host;
  return cat(variable("DOCKER_TLS_VERIFY").empty() ? "http://" : "https://", host.substr(6));
}

TlsSetup daemon_tls(const std::string& host) {
  TlsSetup tls;
  if (host.starts_with("unix://") || base_url(host).starts_with("http://")) return tls;
  const std::string given = variable("DOCKER_CERT_PATH");
  const std::string folder = given.empty() ? docker_folder() : given;
  tls.ca_bundle = read_file(folder + "/ca.pem", max_document);
  tls.client_cert = folder + "/cert.pem";
  tls.client_key = folder + "/key.pem";
  return tls;
}

} // namespace

std::string docker_host() {
  if (const std::string host = variable("DOCKER_HOST"); !host.empty()) return host;
  std::string context = variable("DOCKER_CONTEXT");
  if (context.empty()) context = text_at(json_file(docker_folder() + "/config.json"), "currentContext");
  return context.empty() || context == "default" ? std::string(default_host) : host_of_context(context);
}

DockerDaemon::DockerDaemon(const std::string& host)
    : host_(host), socket_(host.starts_with("unix://") ? host.substr(7) : ""), base_(base_url(host)),
      client_(daemon_tls(host), HttpTimeouts()) {
  if (!Url::parse(base_))
    throw Error(cat("docker daemon ", printable(host), ": not an address such as ", default_host));
  fetch("/_ping");
}

std::string DockerDaemon::get(const std::string& path) {
  return fetch(version_.empty() ? path : cat("/v", version_, path));
}

std::string DockerDaemon::fetch(const std::string& path) {
  HttpRequest request;
  request.url = *Url::parse(base_ + path);
  request.socket = socket_;
  request.body_limit = max_document;
  request.with_client_cert = socket_.empty();
  const auto exchange = client_.run(std::move(request));
  if (const auto& failure = exchange->failure())
    throw Error(cat("docker daemon at ", host_, ": ", failure->text))
        .with_hint("is dockerd running, and are you in the group docker? $DOCKER_HOST says where it listens");
  const HttpAnswer& answer = exchange->answer();
  if (const std::string version = answer.header("api-version"); !version.empty()) version_ = version;
  if (answer.status == 200) return answer.body;
  std::string message;
  try {
    message = text_at(parse_json(answer.body, "the answer"), "message");
  } catch (const Error&) {
    message = answer.body;
  }
  fail("docker daemon at ", host_, ": ", message.empty() ? cat("status ", answer.status) : printable(message));
}

std::string inspect_docker_container(const std::string& name) {
  return DockerDaemon(docker_host()).get(cat("/containers/", percent_encoded(name), "/json"));
}

} // namespace oci::fetch
