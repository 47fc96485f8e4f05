#include "runtime/statistics.h"

#include "base/text.h"
#include "runtime/cgroup_tree.h"

#include <cstdint>
#include <dirent.h>
#include <memory>

namespace oci::runtime {

namespace {

using cgroup_tree::exists;
using cgroup_tree::read;

constexpr std::uint64_t nanoseconds = 1000; // in a microsecond

std::uint64_t number_in(const std::string& folder, std::string_view file) {
  const std::string text = folder.empty() ? "" : read(folder, file);
  if (text == "max") return UINT64_MAX;
  return parse_unsigned(text).value_or(0);
}

// A file of lines "key value".
class Lines {
public:
  Lines(const std::string& folder, std::string_view file) {
    if (folder.empty()) return;
    for (const std::string& line : split(read(folder, file), '\n')) {
      const std::size_t space = line.find(' ');
      if (space == std::string::npos) continue;
      if (const auto value = parse_unsigned(std::string_view(line).substr(space + 1)))
        values_.emplace_back(line.substr(0, space), *value);
    }
  }
  std::uint64_t operator[](std::string_view key) const {
    for (const auto& [name, value] : values_)
      if (name == key) return value;
    return 0;
  }
  Json json() const {
    Json::Object out;
    for (const auto& [name, value] : values_) out.emplace_back(name, value);
    return out;
  }

private:
  std::vector<std::pair<std::string, std::uint64_t>> values_;
};

// "0-2,7" as numbers.
Json number_list(const std::string& text) {
  Json::Array out;
  for (const std::string& range : split(text, ',')) {
    const std::size_t dash = range.find('-');
    const auto first = parse_unsigned(range.substr(0, dash));
    const auto last = dash == std::string::npos ? first : parse_unsigned(range.substr(dash + 1));
    for (std::uint64_t i = first.value_or(1); i <= last.value_or(0) && out.size() < 8192; ++i) out.emplace_back(i);
  }
  return out;
}

Json spaced_numbers(const std::string& text) {
  Json::Array out;
  for (const std::string& word : split(text, ' '))
    if (const auto value = parse_unsigned(word)) out.emplace_back(*value);
  return out;
}

Json throttling(std::uint64_t periods, std::uint64_t throttled, std::uint64_t time) {
  Json::Object out;
  if (periods != 0) out.emplace_back("periods", periods);
  if (throttled != 0) out.emplace_back("throttledPeriods", throttled);
  if (time != 0) out.emplace_back("throttledTime", time);
  return out;
}

Json memory_entry(std::uint64_t limit, std::uint64_t usage, std::uint64_t most, std::uint64_t failures) {
  return Json::Object{{"limit", limit}, {"usage", usage}, {"max", most}, {"failcnt", failures}};
}

Json io_entry(const std::string& device, std::string_view operation, std::uint64_t value) {
  const std::size_t colon = device.find(':');
  Json::Object out;
  out.emplace_back("major", parse_unsigned(device.substr(0, colon)).value_or(0));
  out.emplace_back("minor", parse_unsigned(device.substr(std::min(colon + 1, device.size()))).value_or(0));
  out.emplace_back("op", operation);
  out.emplace_back("value", value);
  return out;
}

// The files of `folder` named hugetlb.SIZE.SUFFIX: {"2MB", …}.
std::vector<std::string> page_sizes(const std::string& folder, std::string_view suffix) {
  std::vector<std::string> out;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(folder.empty() ? nullptr : opendir(folder.c_str()), closedir);
  while (const dirent* entry = listing ? readdir(listing.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    if (!name.starts_with("hugetlb.") || !name.ends_with(suffix)) continue;
    const std::string_view size = name.substr(8, name.size() - 8 - suffix.size());
    if (size.find('.') == size.npos) out.emplace_back(size);
  }
  return out;
}

Json huge_pages(const std::string& folder, bool v2) {
  Json::Object out;
  for (const std::string& size : page_sizes(folder, v2 ? ".current" : ".usage_in_bytes")) {
    const std::string name = cat("hugetlb.", size, ".");
    Json::Object entry;
    entry.emplace_back("usage", number_in(folder, cat(name, v2 ? "current" : "usage_in_bytes")));
    entry.emplace_back("max", v2 ? 0 : number_in(folder, cat(name, "max_usage_in_bytes")));
    entry.emplace_back("failcnt",
                       v2 ? Lines(folder, cat(name, "events"))["max"] : number_in(folder, cat(name, "failcnt")));
    out.emplace_back(size, std::move(entry));
  }
  return out;
}

Json pids(const std::string& folder) {
  Json::Object out;
  out.emplace_back("current", number_in(folder, "pids.current"));
  const std::uint64_t limit = number_in(folder, "pids.max");
  out.emplace_back("limit", limit == UINT64_MAX ? 0 : limit);
  return out;
}

// --- v1 -------------------------------------------------------------------------------------------------------------

Json v1_cpu(const std::string& usage, const std::string& cpu) {
  constexpr std::uint64_t tick = 10'000'000; // USER_HZ is 100
  const Lines stat(cpu, "cpu.stat"), ticks(usage, "cpuacct.stat");
  Json::Object used{{"total", number_in(usage, "cpuacct.usage")},
                    {"percpu", spaced_numbers(usage.empty() ? "" : read(usage, "cpuacct.usage_percpu"))},
                    {"kernel", ticks["system"] * tick},
                    {"user", ticks["user"] * tick}};
  return Json::Object{{"usage", std::move(used)},
                      {"throttling", throttling(stat["nr_periods"], stat["nr_throttled"], stat["throttled_time"])}};
}

Json v1_cpuset(const std::string& folder) {
  if (folder.empty()) return Json::Object();
  return Json::Object{{"cpus", number_list(read(folder, "cpuset.cpus"))},
                      {"cpu_exclusive", number_in(folder, "cpuset.cpu_exclusive")},
                      {"mems", number_list(read(folder, "cpuset.mems"))},
                      {"mem_hardwall", number_in(folder, "cpuset.mem_hardwall")},
                      {"mem_exclusive", number_in(folder, "cpuset.mem_exclusive")},
                      {"memory_migrate", number_in(folder, "cpuset.memory_migrate")},
                      {"memory_spread_page", number_in(folder, "cpuset.memory_spread_page")},
                      {"memory_spread_slab", number_in(folder, "cpuset.memory_spread_slab")},
                      {"memory_pressure", number_in(folder, "cpuset.memory_pressure")},
                      {"sched_load_balance", number_in(folder, "cpuset.sched_load_balance")},
                      {"sched_relax_domain_level", parse_unsigned(read(folder, "cpuset.sched_relax_domain_level"))
                                                       ? Json(number_in(folder, "cpuset.sched_relax_domain_level"))
                                                       : Json(-1)}};
}

Json v1_memory(const std::string& folder) {
  const auto entry = [&](const std::string& name) {
    return memory_entry(number_in(folder, cat(name, "limit_in_bytes")), number_in(folder, cat(name, "usage_in_bytes")),
                        number_in(folder, cat(name, "max_usage_in_bytes")), number_in(folder, cat(name, "failcnt")));
  };
  const Lines stat(folder, "memory.stat");
  return Json::Object{{"cache", stat["cache"]},
                      {"usage", entry("memory.")},
                      {"swap", entry("memory.memsw.")},
                      {"kernel", entry("memory.kmem.")},
                      {"kernelTCP", entry("memory.kmem.tcp.")},
                      {"raw", stat.json()}};
}

// Lines "8:0 Read 4096".
Json v1_io_file(const std::string& folder, const char* file) {
  Json::Array out;
  for (const std::string& line : split(folder.empty() ? "" : read(folder, file), '\n')) {
    const auto words = split(line, ' ');
    if (words.size() == 3) out.push_back(io_entry(words[0], words[1], parse_unsigned(words[2]).value_or(0)));
  }
  return out;
}

Json v1_io(const std::string& folder) {
  const bool throttle = !exists(folder, "blkio.io_service_bytes_recursive");
  const char* bytes = throttle ? "blkio.throttle.io_service_bytes_recursive" : "blkio.io_service_bytes_recursive";
  const char* calls = throttle ? "blkio.throttle.io_serviced_recursive" : "blkio.io_serviced_recursive";
  return Json::Object{{"ioServiceBytesRecursive", v1_io_file(folder, bytes)},
                      {"ioServicedRecursive", v1_io_file(folder, calls)}};
}

Json v1_statistics(const Cgroup& cgroup) {
  return Json::Object{{"cpu", v1_cpu(cgroup.folder_of("cpuacct"), cgroup.folder_of("cpu"))},
                      {"cpuset", v1_cpuset(cgroup.folder_of("cpuset"))},
                      {"memory", v1_memory(cgroup.folder_of("memory"))},
                      {"pids", pids(cgroup.folder_of("pids"))},
                      {"blkio", v1_io(cgroup.folder_of("blkio"))},
                      {"hugetlb", huge_pages(cgroup.folder_of("hugetlb"), false)}};
}

// --- v2 -------------------------------------------------------------------------------------------------------------

// "some avg10=0.00 avg60=0.00 avg300=0.00 total=0"
Json pressure_line(const std::string& line) {
  Json::Object out;
  for (const std::string& word : split(line, ' ')) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) continue;
    const std::string value = word.substr(equals + 1);
    if (word.starts_with("total"))
      out.emplace_back("total", parse_unsigned(value).value_or(0));
    else
      out.emplace_back(word.substr(0, equals), parse_json(value, "pressure"));
  }
  return out;
}

void add_pressure(Json::Object& into, const std::string& folder, const char* file) {
  Json::Object out;
  for (const std::string& line : split(exists(folder, file) ? read(folder, file) : "", '\n'))
    if (const std::size_t space = line.find(' '); space != std::string::npos)
      out.emplace_back(line.substr(0, space), pressure_line(line.substr(space + 1)));
  if (!out.empty()) into.emplace_back("psi", std::move(out));
}

Json v2_cpu(const std::string& folder) {
  const Lines stat(folder, "cpu.stat");
  Json::Object used{{"total", stat["usage_usec"] * nanoseconds},
                    {"kernel", stat["system_usec"] * nanoseconds},
                    {"user", stat["user_usec"] * nanoseconds}};
  Json::Object out{
      {"usage", std::move(used)},
      {"throttling", throttling(stat["nr_periods"], stat["nr_throttled"], stat["throttled_usec"] * nanoseconds)}};
  add_pressure(out, folder, "cpu.pressure");
  return out;
}

Json v2_memory(const std::string& folder) {
  const Lines stat(folder, "memory.stat"), events(folder, "memory.events");
  const std::uint64_t limit = number_in(folder, "memory.max"), usage = number_in(folder, "memory.current");
  const std::uint64_t swap = number_in(folder, "memory.swap.current"),
                      swap_limit = number_in(folder, "memory.swap.max");
  const bool unlimited = limit == UINT64_MAX || swap_limit == UINT64_MAX;
  Json::Object out{{"cache", stat["file"]},
                   {"usage", memory_entry(limit, usage, number_in(folder, "memory.peak"), events["max"])},
                   {"swap", memory_entry(unlimited ? UINT64_MAX : limit + swap_limit, usage + swap, 0,
                                         0)}, // with memory, as v1 counts
                   {"kernel", memory_entry(0, 0, 0, 0)},
                   {"kernelTCP", memory_entry(0, 0, 0, 0)},
                   {"raw", stat.json()}};
  add_pressure(out, folder, "memory.pressure");
  return out;
}

// Lines "8:0 rbytes=1 wbytes=2 rios=3 wios=4 …".
Json v2_io(const std::string& folder) {
  Json::Array bytes, calls;
  for (const std::string& line : split(read(folder, "io.stat"), '\n')) {
    const auto words = split(line, ' ');
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::size_t equals = words[i].find('=');
      const std::string name = words[i].substr(0, equals);
      const bool counts_bytes = name == "rbytes" || name == "wbytes";
      if (equals == std::string::npos || (!counts_bytes && name != "rios" && name != "wios")) continue;
      const std::uint64_t value = parse_unsigned(words[i].substr(equals + 1)).value_or(0);
      (counts_bytes ? bytes : calls).push_back(io_entry(words[0], name[0] == 'r' ? "Read" : "Write", value));
    }
  }
  Json::Object out{{"ioServiceBytesRecursive", std::move(bytes)}, {"ioServicedRecursive", std::move(calls)}};
  add_pressure(out, folder, "io.pressure");
  return out;
}

Json v2_statistics(const Cgroup& cgroup) {
  const std::string& folder = cgroup.names().folders.front();
  return Json::Object{{"cpu", v2_cpu(folder)},
                      {"cpuset", Json::Object{{"cpus", number_list(read(folder, "cpuset.cpus.effective"))},
                                              {"mems", number_list(read(folder, "cpuset.mems.effective"))}}},
                      {"memory", v2_memory(folder)},
                      {"pids", pids(folder)},
                      {"blkio", v2_io(folder)},
                      {"hugetlb", huge_pages(folder, true)}};
}

} // namespace

Json statistics(const Cgroup& cgroup) {
  if (cgroup.names().folders.empty()) fail("the container has no cgroup that could be asked");
  return cgroup.names().kind == CgroupNames::Kind::v2 ? v2_statistics(cgroup) : v1_statistics(cgroup);
}

} // namespace oci::runtime
