#include "fetch/policy.h"

#include "base/files.h"
#include "base/json.h"
#include "base/text.h"
#include "base/user_folders.h"

#include <algorithm>
#include <cerrno>

namespace oci::fetch {
namespace {

constexpr std::size_t max_policy = 4u << 20;

std::string transport_name(spec::Transport transport) {
  switch (transport) {
  case spec::Transport::docker:
    return "docker";
  case spec::Transport::oci:
    return "oci";
  case spec::Transport::oci_archive:
    return "oci-archive";
  case spec::Transport::docker_archive:
    return "docker-archive";
  case spec::Transport::docker_daemon:
    return "docker-daemon";
  case spec::Transport::dir:
    break;
  }
  return "dir";
}

// From the most specific: "host/a/b:tag", "host/a/b", "host/a", "host", "*.wild.cards".
std::vector<std::string> scopes_of(const spec::Reference& reference) {
  std::vector<std::string> scopes{reference.text()};
  std::string name = reference.name();
  for (;;) {
    scopes.push_back(name);
    const std::size_t slash = name.rfind('/');
    if (slash == std::string::npos) break;
    name.resize(slash);
  }
  for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
    scopes.push_back(cat("*", name.substr(dot)));
  return scopes;
}

// "/a/b:ref", "/a/b", "/a", "/".
std::vector<std::string> scopes_of(const std::string& path, const std::string& ref) {
  std::string at = absolute_path(path);
  std::vector<std::string> scopes{cat(at, ":", ref)};
  for (; at.size() > 1; at = parent_path(at)) scopes.push_back(at);
  scopes.emplace_back("/");
  return scopes;
}

std::vector<std::string> scopes_of(const spec::ImageName& name) {
  if (name.transport == spec::Transport::docker || name.transport == spec::Transport::docker_daemon)
    return scopes_of(*name.reference);
  return scopes_of(name.path, name.reference ? name.reference->text() : name.ref);
}

class Policy {
public:
  Policy(std::string_view text, const std::string& name) : name_(name), document_(parse_json(text, name)) {
    if (document_.as_object() == nullptr) fail(name_, ": not a JSON object");
    for (const auto& [key, value] : *document_.as_object())
      if (key != "default" && key != "transports") fail(name_, ": unknown key \"", printable(key, 80), "\"");
    if (document_.find("default") == nullptr) fail(name_, ": \"default\" is missing");
    check_requirements(*document_.find("default"), "default");
    check_transports();
  }

  // The most specific scope there is decides, alone.
  const Json::Array& requirements(const spec::ImageName& source) const {
    const Json* transports = document_.find("transports");
    const Json* scopes = transports == nullptr ? nullptr : transports->find(transport_name(source.transport));
    if (scopes != nullptr) {
      for (const std::string& scope : scopes_of(source))
        if (const Json* found = scopes->find(scope)) return *found->as_array();
      if (const Json* found = scopes->find("")) return *found->as_array();
    }
    return *document_.find("default")->as_array();
  }

private:
  void check_transports() const {
    const Json* transports = document_.find("transports");
    if (transports == nullptr) return;
    if (transports->as_object() == nullptr) fail(name_, ": transports: not an object");
    for (const auto& [transport, scopes] : *transports->as_object()) {
      if (scopes.as_object() == nullptr) fail(name_, ": transports.", printable(transport, 80), ": not an object");
      for (const auto& [scope, requirements] : *scopes.as_object())
        check_requirements(requirements, cat("transports.", transport, "[\"", scope, "\"]"));
    }
  }

  // A list that asks for nothing would let everything pass by mistake.
  void check_requirements(const Json& list, const std::string& where) const {
    const Json::Array* items = list.as_array();
    if (items == nullptr || items->empty()) fail(name_, ": ", printable(where), ": not a list of requirements");
    static constexpr std::string_view known[] = {"insecureAcceptAnything", "reject", "signedBy", "sigstoreSigned"};
    for (const Json& item : *items) {
      const Json* type = item.find("type");
      const std::string* text = type == nullptr ? nullptr : type->as_string();
      if (text == nullptr || std::find(std::begin(known), std::end(known), *text) == std::end(known))
        fail(name_, ": ", printable(where), ": a requirement of an unknown type");
    }
  }

  std::string name_;
  Json document_;
};

std::string default_policy() {
  const std::string config = user_config_folder();
  if (!config.empty())
    if (const std::string path = cat(config, "/containers/policy.json"); read_file_if_exists(path, max_policy))
      return path;
  return "/etc/containers/policy.json";
}

[[noreturn]] void reject(const spec::ImageName& source, const std::string& name, const std::string& why,
                         std::string hint) {
  throw Error(cat("Source image rejected: Running image ", source.text(), " is rejected by policy",
                  why.empty() ? "." : ": ", why))
      .with_hint(cat("the policy is ", name, std::move(hint)));
}

} // namespace

void check_policy_text(std::string_view text, const std::string& name, const spec::ImageName& source) {
  const Policy policy(text, name);
  for (const Json& requirement : policy.requirements(source)) {
    const std::string& type = *requirement.find("type")->as_string();
    if (type == "insecureAcceptAnything") continue;
    if (type == "reject") reject(source, name, "", "");
    reject(source, name, cat("it requires ", type, ", and signatures are not checked by this program"),
           "; skopeo or podman can check them");
  }
}

void check_policy(const spec::ImageName& source, const TrustOptions& options) {
  if (options.unchecked) return;
  const std::string path = options.policy_file.empty() ? default_policy() : options.policy_file;
  const auto text = read_file_if_exists(path, max_policy);
  if (!text && !options.policy_file.empty()) fail("Error loading trust policy: open ", path, ": ", errno_text(ENOENT));
  if (text) check_policy_text(*text, path, source);
}

} // namespace oci::fetch
