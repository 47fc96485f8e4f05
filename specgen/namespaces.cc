// linux.namespaces, and the names that live in them.
#include "specgen/draft.h"

#include <algorithm>

namespace oci::specgen {

namespace {

struct NamespaceFlag {
  const char* flag;
  const char* type;         // as runtime-spec calls it
  const char* private_word; // the flag's word for a new one
  const std::optional<std::string>& value;
};

void set_namespace(Draft& draft, const NamespaceFlag& flag, std::string path) {
  std::vector<spec::Namespace>& all = draft.linux_part().namespaces;
  const auto same = [&](const spec::Namespace& ns) { return ns.type == flag.type; };
  auto found = std::find_if(all.begin(), all.end(), same);
  const std::string place = cat("linux.namespaces[", flag.type, "]");
  if (found == all.end()) {
    found = all.insert(all.end(), spec::Namespace{});
    found->type = flag.type;
    draft.note(place, from_flag(flag.flag));
  }
  if (found->path != path) draft.set(cat(place, ".path"), found->path, std::move(path), from_flag(flag.flag));
}

void apply(Draft& draft, const NamespaceFlag& flag) {
  if (!flag.value) return;
  const std::string& text = *flag.value;
  if (text == flag.private_word) return set_namespace(draft, flag, "");
  if (text.starts_with("ns:")) return set_namespace(draft, flag, parse_absolute_path(flag.flag, text.substr(3)));
  if (text != "host") refuse(flag.flag, text, "not ", flag.private_word, ", host or ns:PATH");
  std::vector<spec::Namespace>& all = draft.linux_part().namespaces;
  const auto last =
      std::remove_if(all.begin(), all.end(), [&](const spec::Namespace& ns) { return ns.type == flag.type; });
  all.erase(last, all.end());
}

// What sethostname takes, without what would break a shell prompt or a hosts file.
void check_host_name(std::string_view flag, const std::string& name) {
  const auto harmful = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '/' || c == 127; };
  if (name.empty() || name.size() > 64 || std::any_of(name.begin(), name.end(), harmful))
    refuse(flag, name, "not a name of 1 to 64 characters without blanks");
}

} // namespace

void apply_namespaces(Draft& draft) {
  const Request& request = draft.request;
  apply(draft, {"--net", "network", "none", request.net});
  apply(draft, {"--pid", "pid", "private", request.pid});
  apply(draft, {"--ipc", "ipc", "private", request.ipc});
  apply(draft, {"--uts", "uts", "private", request.uts});
  apply(draft, {"--cgroupns", "cgroup", "private", request.cgroupns});
  apply(draft, {"--userns", "user", "private", request.userns});
}

void apply_names(Draft& draft) {
  const Request& request = draft.request;
  std::string& hostname = draft.config.hostname;
  if (!draft.has_namespace("uts")) {
    if (request.hostname) refuse("--hostname", *request.hostname, "cannot be set in the host's uts namespace");
    if (request.domainname) refuse("--domainname", *request.domainname, "cannot be set in the host's uts namespace");
    hostname.clear();
    return;
  }
  if (request.net == "host" && !draft.host.hostname.empty())
    draft.set("hostname", hostname, draft.host.hostname, from_host("hostname"));
  else if (draft.engine.hostname_from_id && !request.container_id.empty())
    draft.set("hostname", hostname, request.container_id.substr(0, 12), draft.engine_origin());
  if (request.hostname) {
    check_host_name("--hostname", *request.hostname);
    draft.set("hostname", hostname, *request.hostname, from_flag("--hostname"));
  }
  if (request.domainname) {
    check_host_name("--domainname", *request.domainname);
    draft.set("domainname", draft.config.domainname, *request.domainname, from_flag("--domainname"));
  }
}

} // namespace oci::specgen
