#include "cli/table.h"

#include <algorithm>
#include <cstdio>

namespace oci::cli {

void Table::print(std::size_t least_width, std::size_t gap) const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const Words& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  for (const Words& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(std::max(widths[i] + gap, least_width) - row[i].size(), ' ');
    }
    std::printf("%s\n", line.c_str());
  }
}

} // namespace oci::cli
