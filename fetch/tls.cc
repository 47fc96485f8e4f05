#include "fetch/tls.h"

#include "base/error.h"
#include "base/files.h"
#include "base/sys.h"
#include "fetch/curl_functions.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <memory>
#include <unistd.h>
#include <vector>

namespace oci::fetch {
namespace {

constexpr std::size_t max_certificate_bytes = 1u << 20;
constexpr std::size_t max_bundle_bytes = 8u << 20;

std::vector<std::string> names_in(const std::string& folder) {
  std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(folder.c_str()), closedir);
  if (!dir) fail_errno(Errno{errno}, cat("open certificate folder ", folder));
  std::vector<std::string> names;
  while (const dirent* entry = readdir(dir.get())) names.emplace_back(entry->d_name);
  std::sort(names.begin(), names.end());
  return names;
}

bool is_folder(const std::string& path) {
  auto info = sys::stat(path);
  return info && S_ISDIR(info->st_mode);
}

// The first certs.d folder that exists for this host, or "".
std::string default_folder(const std::string& host) {
  std::vector<std::string> candidates;
  if (std::string home = path_from_environment("HOME"); !home.empty()) {
    candidates.push_back(cat(home, "/.config/containers/certs.d/", host));
  }
  candidates.push_back(cat("/etc/containers/certs.d/", host));
  candidates.push_back(cat("/etc/docker/certs.d/", host));
  auto found = std::find_if(candidates.begin(), candidates.end(), is_folder);
  return found == candidates.end() ? "" : *found;
}

std::string system_bundle() {
  const curl_version_info_data* version = curl::version_info(CURLVERSION_NOW);
  if (version->age < CURLVERSION_TENTH || version->cainfo == nullptr) return "";
  return read_file_if_exists(version->cainfo, max_bundle_bytes).value_or("");
}

void add_authorities(TlsSetup& setup, const std::string& folder, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (!name.ends_with(".crt")) continue;
    if (setup.ca_bundle.empty()) setup.ca_bundle = system_bundle();
    setup.ca_bundle += cat("\n", read_file(cat(folder, "/", name), max_certificate_bytes), "\n");
    if (setup.ca_bundle.size() > max_bundle_bytes) fail("certificates in ", folder, ": too many");
  }
}

void add_client_certificate(TlsSetup& setup, const std::string& folder, const std::vector<std::string>& names) {
  auto has = [&](const std::string& name) { return std::binary_search(names.begin(), names.end(), name); };
  for (const std::string& name : names) {
    std::string stem = name.substr(0, name.rfind('.'));
    if (name.ends_with(".cert")) {
      if (!has(stem + ".key")) fail("missing key ", stem, ".key for client certificate ", folder, "/", name);
      if (!setup.client_cert.empty()) continue;
      setup.client_cert = cat(folder, "/", name);
      setup.client_key = cat(folder, "/", stem, ".key");
    } else if (name.ends_with(".key") && !has(stem + ".cert")) {
      fail("missing client certificate ", stem, ".cert for key ", folder, "/", name);
    }
  }
}

} // namespace

TlsSetup tls_setup(const std::string& host, const std::string& cert_dir, bool verify) {
  TlsSetup setup;
  setup.verify = verify;
  std::string folder = cert_dir.empty() ? default_folder(host) : cert_dir;
  if (folder.empty()) return setup;
  std::vector<std::string> names = names_in(folder);
  add_authorities(setup, folder, names);
  add_client_certificate(setup, folder, names);
  return setup;
}

} // namespace oci::fetch
