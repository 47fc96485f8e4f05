// resolv.conf, hosts and hostname: made beside config.json and bound over the image's, so that names work in whatever
// network the container is given. The sources are relative to the bundle, which can be moved.
#include "specgen/beside.h"
#include "specgen/draft.h"

#include <algorithm>
#include <arpa/inet.h>

namespace oci::specgen {

namespace {

bool is_address(const std::string& text) {
  unsigned char binary[sizeof(in6_addr)];
  return ::inet_pton(AF_INET, text.c_str(), binary) == 1 || ::inet_pton(AF_INET6, text.c_str(), binary) == 1;
}

bool is_word(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(),
                                       [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 127; });
}

// Binds `name` of the bundle at `place`, unless the user has put something there.
void bind_file(Draft& draft, const std::string& name, const std::string& place, std::string text, Origin origin) {
  const auto same = [&](const spec::Mount& m) { return m.destination == place; };
  if (std::any_of(draft.config.mounts.begin(), draft.config.mounts.end(), same)) return;
  spec::Mount mount;
  mount.destination = place;
  mount.type = "bind";
  mount.source = name;
  mount.options = {"bind", "rprivate"};
  if (draft.config.root->readonly) mount.options.emplace_back("ro");
  draft.note(cat("mounts[", place, "]"), std::move(origin));
  draft.config.mounts.push_back(std::move(mount));
  draft.files[name] = std::move(text);
}

std::string hosts_text(const Draft& draft) {
  std::string text = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";
  if (const std::string& name = draft.config.hostname; !name.empty()) {
    const std::string& domain = draft.config.domainname;
    text += cat("127.0.1.1\t", domain.empty() ? name : cat(name, ".", domain, " ", name), "\n");
  } else if (!draft.host.hostname.empty()) {
    text += cat("127.0.1.1\t", draft.host.hostname, "\n");
  }
  for (const std::string& entry : draft.request.add_host) {
    const auto colon = entry.find_first_of(":=");
    const std::string name = entry.substr(0, colon);
    std::string address = colon == std::string::npos ? "" : entry.substr(colon + 1);
    if (address.size() > 2 && address.front() == '[' && address.back() == ']')
      address = address.substr(1, address.size() - 2);
    if (address == "host-gateway" && draft.request.net == "host") address = "127.0.0.1";
    if (!is_word(name) || !is_address(address))
      refuse("--add-host", entry, "not of the form NAME:ADDRESS with an IPv4 or IPv6 address");
    text += cat(address, "\t", name, "\n");
  }
  return text;
}

// The lines of the host's resolv.conf whose first word is none of those that flags replace.
std::string kept_lines(const Draft& draft) {
  const Request& request = draft.request;
  std::string kept;
  for (const std::string& line : split(draft.host.resolv_conf, '\n')) {
    const std::string_view text = trim(line);
    const std::string_view word = text.substr(0, text.find_first_of(" \t"));
    const bool replaced = (word == "nameserver" && !request.dns.empty()) ||
                          ((word == "search" || word == "domain") && !request.dns_search.empty()) ||
                          (word == "options" && !request.dns_option.empty());
    if (!text.empty() && text[0] != '#' && text[0] != ';' && !replaced) kept += cat(text, "\n");
  }
  return kept;
}

std::string resolv_text(const Draft& draft) {
  const Request& request = draft.request;
  std::string text = kept_lines(draft);
  for (const std::string& server : request.dns) {
    if (!is_address(server)) refuse("--dns", server, "not an IPv4 or IPv6 address");
    text += cat("nameserver ", server, "\n");
  }
  for (const std::string& domain : request.dns_search)
    if (!is_word(domain)) refuse("--dns-search", domain, "not a domain's name, nor . for none");
  for (const std::string& option : request.dns_option)
    if (!is_word(option)) refuse("--dns-option", option, "not an option of resolv.conf(5) such as ndots:2");
  const bool no_search = request.dns_search == std::vector<std::string>{"."};
  if (!request.dns_search.empty() && !no_search) text += cat("search ", join(request.dns_search, " "), "\n");
  if (!request.dns_option.empty()) text += cat("options ", join(request.dns_option, " "), "\n");
  return text;
}

} // namespace

void apply_network_files(Draft& draft) {
  const Request& request = draft.request;
  const char* dns = !request.dns.empty()          ? "--dns"
                    : !request.dns_search.empty() ? "--dns-search"
                    : !request.dns_option.empty() ? "--dns-option"
                                                  : nullptr;
  const bool has_network = request.net && *request.net != "none";
  const Origin net = from_flag("--net");
  if (has_network || dns != nullptr)
    bind_file(draft, "resolv.conf", "/etc/resolv.conf", resolv_text(draft), dns != nullptr ? from_flag(dns) : net);
  const bool adds_hosts = !request.add_host.empty();
  if (!has_network && !adds_hosts) return;
  bind_file(draft, "hosts", "/etc/hosts", hosts_text(draft), adds_hosts ? from_flag("--add-host") : net);
  if (!has_network) return;
  const std::string& name = draft.config.hostname.empty() ? draft.host.hostname : draft.config.hostname;
  bind_file(draft, "hostname", "/etc/hostname", cat(name, "\n"), net);
}

std::string time_zone_file(const std::string& zone) {
  if (zone == "local") return "/etc/localtime";
  if (!is_word(zone) || zone[0] == '/' || cat("/", zone, "/").find("/../") != std::string::npos)
    refuse("--tz", zone, "not a time zone such as Europe/Berlin, nor local");
  return cat("/usr/share/zoneinfo/", zone);
}

void apply_time_zone(Draft& draft) {
  if (!draft.request.tz) return;
  const auto file = draft.request.files.find(time_zone_file(*draft.request.tz));
  if (file == draft.request.files.end() || !file->second.starts_with("TZif"))
    refuse("--tz", *draft.request.tz, "this machine has no such time zone");
  bind_file(draft, "localtime", "/etc/localtime", file->second, from_flag("--tz"));
}

} // namespace oci::specgen
