// Columns for people, as wide as their widest cell.
#pragma once

#include "cli/args.h"

#include <vector>

namespace oci::cli {

class Table {
public:
  explicit Table(Words header) { rows_.push_back(std::move(header)); }
  void add(Words row) { rows_.push_back(std::move(row)); }
  // To stdout; columns are at least so wide, with so many blanks between.
  void print(std::size_t least_width = 0, std::size_t gap = 2) const;

private:
  std::vector<Words> rows_;
};

} // namespace oci::cli
