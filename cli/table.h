// Columns for people, as wide as their widest cell.
#pragma once

#include "cli/args.h"

#include <vector>

namespace oci::cli {

class Table {
public:
  explicit Table(Words header) { rows_.push_back(std::move(header)); }
  void add(Words row) { rows_.push_back(std::move(row)); }
  void print() const; // to stdout

private:
  std::vector<Words> rows_;
};

} // namespace oci::cli
