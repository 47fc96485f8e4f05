#include "fetch/docker_daemon.h"

#include "base/files.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/json.h"
#include "base/sys.h"
#include "base/text.h"
#include "fetch/fetch.h"

#include <cstdlib>

namespace oci::fetch {
namespace {

constexpr std::string_view default_host = "unix:///var/run/docker.sock";
constexpr std::size_t max_document = 16u << 20;
// It is silent while it makes an archive, and after it has got one.
constexpr std::chrono::seconds patience{1800};

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

TlsSetup daemon_tls(const std::string& host, const std::string& cert_dir) {
  TlsSetup tls;
  if (host.starts_with("unix://") || base_url(host).starts_with("http://")) return tls;
  const std::string given = cert_dir.empty() ? variable("DOCKER_CERT_PATH") : cert_dir;
  const std::string folder = given.empty() ? docker_folder() : given;
  tls.ca_bundle = read_file(folder + "/ca.pem", max_document);
  tls.client_cert = folder + "/cert.pem";
  tls.client_key = folder + "/key.pem";
  return tls;
}

class IntoFile final : public BodyReceiver {
public:
  explicit IntoFile(int file) : file_(file) {}
  void begin(const HttpAnswer&) override {}
  void write(Bytes bytes) override { check(write_all(file_, as_text(bytes)), "write the daemon's archive"); }

private:
  int file_;
};

class FromFile final : public BodySender {
public:
  explicit FromFile(int file) : file_(file) {}
  std::optional<std::size_t> read(std::span<std::byte> into) noexcept override {
    const auto got = sys::pread(file_, into.data(), into.size(), at_);
    if (!got) return 0; // the daemon will find its archive too short
    at_ += static_cast<off_t>(*got);
    return *got;
  }

private:
  int file_;
  off_t at_ = 0;
};

// The answer to a load is an object a line; a failure is one of them, after status 200.
std::string error_in(const std::string& answer) {
  for (const std::string& line : split(answer, '\n')) {
    if (trim(line).empty()) continue;
    if (std::string error = text_at(parse_json(line, "the daemon's answer"), "error"); !error.empty()) return error;
  }
  return "";
}

} // namespace

std::string docker_host() {
  if (const std::string host = variable("DOCKER_HOST"); !host.empty()) return host;
  std::string context = variable("DOCKER_CONTEXT");
  if (context.empty()) context = text_at(json_file(docker_folder() + "/config.json"), "currentContext");
  return context.empty() || context == "default" ? std::string(default_host) : host_of_context(context);
}

DockerDaemon::DockerDaemon(const std::string& host, const std::string& cert_dir)
    : host_(host), socket_(host.starts_with("unix://") ? host.substr(7) : ""), base_(base_url(host)),
      client_(daemon_tls(host, cert_dir), HttpTimeouts{.stall = patience}) {
  if (!Url::parse(base_))
    throw Error(cat("docker daemon ", printable(host), ": not an address such as ", default_host));
  const HttpAnswer answer = call(request("/_ping"), *silent_progress());
  version_ = answer.header("api-version");
}

std::string DockerDaemon::versioned(const std::string& path) const {
  return version_.empty() ? path : cat("/v", version_, path);
}

HttpRequest DockerDaemon::request(const std::string& path) const {
  HttpRequest request;
  request.url = *Url::parse(base_ + path);
  request.socket = socket_;
  request.body_limit = max_document;
  request.with_client_cert = socket_.empty();
  return request;
}

HttpAnswer DockerDaemon::call(HttpRequest request, Progress& progress) {
  const auto exchange = client_.start(std::move(request));
  exchange->resume();
  while (!exchange->finished()) {
    progress.check();
    client_.step(std::chrono::milliseconds(200));
  }
  exchange->rethrow();
  if (const auto& failure = exchange->failure())
    throw Error(cat("docker daemon at ", host_, ": ", failure->text))
        .with_hint("is dockerd running, and are you in the group docker? $DOCKER_HOST says where it listens");
  if (exchange->answer().status != 200) fail_answer(exchange->answer());
  return exchange->answer();
}

void DockerDaemon::fail_answer(const HttpAnswer& answer) const {
  std::string message;
  try {
    message = text_at(parse_json(answer.body, "the answer"), "message");
  } catch (const Error&) {
    message = answer.body;
  }
  const int code = answer.status == 404 ? 2 : 1;
  throw Error(
      cat("docker daemon at ", host_, ": ", message.empty() ? cat("status ", answer.status) : printable(message)),
      code);
}

std::string DockerDaemon::get(const std::string& path) {
  return call(request(versioned(path)), *silent_progress()).body;
}

void DockerDaemon::save(const std::string& image, int file, Progress& progress) {
  IntoFile receiver(file);
  HttpRequest wanted = request(versioned(cat("/images/get?names=", percent_encoded(image))));
  wanted.receiver = &receiver;
  call(std::move(wanted), progress);
}

void DockerDaemon::load(int file, Progress& progress) {
  FromFile sender(file);
  HttpRequest given = request(versioned("/images/load?quiet=1"));
  given.method = "POST";
  given.headers = {"Content-Type: application/x-tar"};
  given.sender = &sender;
  given.sent_size = static_cast<std::uint64_t>(check(sys::fstat(file), "stat the archive").st_size);
  const HttpAnswer answer = call(std::move(given), progress);
  if (const std::string error = error_in(answer.body); !error.empty())
    fail("docker daemon at ", host_, ": load: ", printable(error));
}

std::string inspect_docker_container(const std::string& name) {
  return DockerDaemon(docker_host()).get(cat("/containers/", percent_encoded(name), "/json"));
}

} // namespace oci::fetch
