// What several tests of spec need.
#pragma once

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"

#include <algorithm>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <string>

namespace oci::spec {

// The message of the Error that `body` throws; "" when it throws none.
template <class F>
std::string error_of(F&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

// A folder of the test's own, gone with it.
class Scratch {
public:
  Scratch() : folder_(AT_FDCWD, cat(::testing::TempDir(), "oci-spec-")) {}
  std::string path(std::string_view name = "") const {
    return name.empty() ? folder_.name() : cat(folder_.name(), "/", name);
  }
  int fd() const { return folder_.fd(); }
  void write(const std::string& name, std::string_view content) const { write_file_atomic(fd(), name, content, 0644); }

private:
  TempDir folder_;
};

// One line, the members of every object sorted: texts that mean the same are equal.
inline Json sorted(Json value) {
  if (Json::Array* items = value.as_array())
    for (Json& item : *items) item = sorted(std::move(item));
  if (Json::Object* members = value.as_object()) {
    for (Json::Member& member : *members) member.second = sorted(std::move(member.second));
    std::sort(members->begin(), members->end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  }
  return value;
}
inline std::string canonical(Json value) { return dump_json(sorted(std::move(value)), {"  ", false}); }
inline std::string canonical_text(std::string_view text) { return canonical(parse_json(text, "expected")); }

inline const std::string digest_a = "sha256:" + std::string(64, 'a');
inline const std::string digest_b = "sha256:" + std::string(64, 'b');
inline const std::string digest_c = "sha256:" + std::string(64, 'c');

} // namespace oci::spec
