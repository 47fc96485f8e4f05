// The rules of config.json that its shape does not show. For config_check.cc.
#pragma once

#include "base/text.h"
#include "spec/config_check.h"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oci::spec {

class Findings {
public:
  explicit Findings(std::vector<Finding>& all) : all_(all) {}

  template <class... Parts>
  void error(std::string path, const Parts&... parts) {
    all_.push_back({Finding::Level::error, std::move(path), cat(parts...)});
  }
  template <class... Parts>
  void warn(std::string path, const Parts&... parts) {
    all_.push_back({Finding::Level::warning, std::move(path), cat(parts...)});
  }

  // Not empty and none of those: an error that names the nearest. An empty word was found missing already.
  void one_of(const std::string& path, std::string_view word, std::span<const std::string_view> known);
  void one_of(const std::string& path, std::string_view word, std::initializer_list<std::string_view> known) {
    one_of(path, word, std::span(known.begin(), known.size()));
  }
  void absolute(const std::string& path, std::string_view value);
  void cpu_list(const std::string& path, std::string_view value);

private:
  std::vector<Finding>& all_;
};

inline bool has_namespace(const RuntimeConfig& config, std::string_view type) {
  return config.linux_ && std::any_of(config.linux_->namespaces.begin(), config.linux_->namespaces.end(),
                                      [&](const Namespace& space) { return space.type == type; });
}

void check_common_rules(const RuntimeConfig& config, Findings& findings); // config.md
void check_linux_rules(const RuntimeConfig& config, Findings& findings);  // config-linux.md
void check_resource_rules(const Resources& resources, Findings& findings);
void check_seccomp_rules(const Seccomp& seccomp, Findings& findings);

} // namespace oci::spec
