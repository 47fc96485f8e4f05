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

// From the most specific: "host:1/a/b:tag", "host:1/a/b", "host:1/a", "host:1", "*.wild.cards", which know no port.
std::vector<std::string> scopes_of(const spec::Reference& reference) {
  std::vector<std::string> scopes{reference.text()};
  std::string name = reference.name();
  for (;;) {
    scopes.push_back(name);
    const std::size_t slash = name.rfind('/');
    if (slash == std::string::npos) break;
    name.resize(slash);
  }
  name.resize(std::min(name.find(':'), name.size()));
  for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
    scopes.push_back(cat("*", name.substr(dot)));
  return scopes;
}

// "/a/b:ref", "/a/b", "/a".
std::vector<std::string> scopes_of(const std::string& path, const std::string& ref) {
  std::string at = absolute_path(path);
  std::vector<std::string> scopes{cat(at, ":", ref)};
  for (; at.size() > 1; at = parent_path(at)) scopes.push_back(at);
  return scopes;
}

std::vector<std::string> scopes_of(const spec::ImageName& name) {
  if (name.transport == spec::Transport::docker || name.transport == spec::Transport::docker_daemon)
    return scopes_of(*name.reference);
  return scopes_of(name.path, name.reference ? name.reference->text() : name.ref);
}

// What is wrong with a scope, "" when it can match: one that cannot would leave what it is about to the default.
std::string fault_of_scope(std::string_view transport, std::string_view scope) {
  if (scope.empty()) return "";
  if (transport == "docker-archive") return "this transport has no scopes but \"\"";
  if (transport != "dir" && transport != "oci" && transport != "oci-archive") return "";
  const std::string_view path = transport == "dir" ? scope : scope.substr(0, scope.find(':'));
  if (!path.starts_with('/')) return "must be an absolute path";
  if (path == "/") return "use the scope \"\" for all of a transport";
  const std::string clean = absolute_path(path);
  return path == clean ? "" : cat("must be written ", printable(clean));
}

struct RequirementForm {
  std::string_view type;
  std::vector<std::string_view> keys;
};

// containers-policy.json(5), "Policy Requirements"; null for a type that is not there.
const RequirementForm* form_of_requirement(std::string_view type) {
  static const std::vector<RequirementForm> forms{
      {"insecureAcceptAnything", {}},
      {"reject", {}},
      {"signedBy", {"keyType", "keyPath", "keyPaths", "keyData", "signedIdentity"}},
      {"sigstoreSigned",
       {"keyPath", "keyPaths", "keyData", "keyDatas", "fulcio", "pki", "rekorPublicKeyPath", "rekorPublicKeyPaths",
        "rekorPublicKeyData", "rekorPublicKeyDatas", "signedIdentity"}},
  };
  const auto form = std::find_if(forms.begin(), forms.end(), [&](const auto& one) { return one.type == type; });
  return form == forms.end() ? nullptr : &*form;
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
      for (const auto& [scope, requirements] : *scopes.as_object()) {
        const std::string where = cat("transports.", transport, "[\"", scope, "\"]");
        if (const std::string fault = fault_of_scope(transport, scope); !fault.empty())
          fail(name_, ": ", printable(where), ": invalid scope: ", fault);
        check_requirements(requirements, where);
      }
    }
  }

  // A list that asks for nothing would let everything pass by mistake.
  void check_requirements(const Json& list, const std::string& where) const {
    const Json::Array* items = list.as_array();
    if (items == nullptr || items->empty()) fail(name_, ": ", printable(where), ": not a list of requirements");
    for (const Json& item : *items) check_requirement(item, where);
  }

  void check_requirement(const Json& item, const std::string& where) const {
    const Json* type = item.find("type");
    const std::string* text = type == nullptr ? nullptr : type->as_string();
    const RequirementForm* form = text == nullptr ? nullptr : form_of_requirement(*text);
    if (form == nullptr) fail(name_, ": ", printable(where), ": a requirement of an unknown type");
    for (const auto& [key, value] : *item.as_object())
      if (key != "type" && std::find(form->keys.begin(), form->keys.end(), key) == form->keys.end())
        fail(name_, ": ", printable(where), ": ", *text, ": unknown key \"", printable(key, 80), "\"");
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
