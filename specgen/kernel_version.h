// A kernel's version as far as profiles ask about it.
#pragma once

#include <compare>
#include <limits>
#include <string_view>

namespace oci::specgen {

struct KernelVersion {
  unsigned major = 0, minor = 0;
  friend auto operator<=>(const KernelVersion&, const KernelVersion&) = default;

  // From "6.18.44-fc" or "4.8". What is no version is newer than all: rules for old kernels then hold nowhere.
  static KernelVersion parse(std::string_view text) {
    KernelVersion version;
    std::size_t at = 0;
    const auto number = [&](unsigned& into) {
      const std::size_t start = at;
      while (at < text.size() && text[at] >= '0' && text[at] <= '9' && at - start < 6)
        into = into * 10 + unsigned(text[at++] - '0');
      return at > start;
    };
    if (!number(version.major)) return {std::numeric_limits<unsigned>::max(), 0};
    if (at < text.size() && text[at] == '.') {
      ++at;
      number(version.minor);
    }
    return version;
  }
};

} // namespace oci::specgen
