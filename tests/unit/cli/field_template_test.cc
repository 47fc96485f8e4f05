#include "cli/field_template.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace oci::cli {
namespace {

Json line() {
  Json json;
  json.set("name", "a\x1b[2Jb");
  json.set("size", 7);
  return json;
}

TEST(FieldTemplate, FillsMembersIn) {
  EXPECT_EQ(fill_template("{{.size}}\\t{{ .size }}!", line()), "7\t7!");
  EXPECT_EQ(fill_template("{{json .size}} {{json .}}", line()), "7 " + dump_json(line()));
  EXPECT_EQ(fill_template("plain", line()), "plain");
}

TEST(FieldTemplate, EscapesWhatATerminalWouldObey) { EXPECT_EQ(fill_template("{{.name}}", line()), "a\\x1b[2Jb"); }

TEST(FieldTemplate, RefusesWhatItDoesNotKnow) {
  EXPECT_THROW(fill_template("{{.other}}", line()), Error);
  EXPECT_THROW(fill_template("{{range .}}", line()), Error);
  EXPECT_THROW(fill_template("{{.size", line()), Error);
}

} // namespace
} // namespace oci::cli
