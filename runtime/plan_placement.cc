// Where a process runs and where its memory comes from: linux.memoryPolicy, process.execCPUAffinity.
#include "runtime/plan_parts.h"

#include "base/text.h"

#include <algorithm>

namespace oci::runtime {

namespace {

constexpr std::uint64_t most_bits = 8192; // of cpus; the kernel's own limit
constexpr std::uint64_t most_nodes = 1024;
constexpr unsigned word_bits = 64;

struct Mode {
  std::string_view name;
  std::uint32_t value; // as set_mempolicy(2) has it
  enum Nodes { none, some, any } nodes;
};
constexpr Mode modes[] = {{"MPOL_DEFAULT", 0, Mode::none},
                          {"MPOL_PREFERRED", 1, Mode::any},
                          {"MPOL_BIND", 2, Mode::some},
                          {"MPOL_INTERLEAVE", 3, Mode::some},
                          {"MPOL_LOCAL", 4, Mode::none},
                          {"MPOL_PREFERRED_MANY", 5, Mode::some},
                          {"MPOL_WEIGHTED_INTERLEAVE", 6, Mode::some}};

struct Flag {
  std::string_view name;
  std::uint32_t value;
};
constexpr Flag flags[] = {
    {"MPOL_F_NUMA_BALANCING", 1u << 13}, {"MPOL_F_RELATIVE_NODES", 1u << 14}, {"MPOL_F_STATIC_NODES", 1u << 15}};

template <class Table>
auto named(const Table& table, std::string_view name, std::string_view field) {
  const auto found = std::find_if(std::begin(table), std::end(table), [&](const auto& e) { return e.name == name; });
  if (found == std::end(table)) fail(field, ": unknown value \"", name, "\"");
  return *found;
}

template <class Table>
std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const auto& entry : table) names.emplace_back(entry.name);
  return names;
}

std::uint64_t number_of(std::string_view text, std::string_view whole, std::uint64_t limit, std::string_view field) {
  const std::optional<std::uint64_t> number = parse_unsigned(text);
  if (!number || *number >= limit) fail(field, ": \"", whole, "\" is not a list like 0-3,7");
  return *number;
}

std::vector<std::uint64_t> bits_of(const std::string& list, std::uint64_t limit, std::string_view field) {
  std::vector<std::uint64_t> bits;
  for (const std::string& part : split(list, ',')) {
    const std::size_t dash = part.find('-');
    const std::uint64_t first = number_of(std::string_view(part).substr(0, dash), list, limit, field);
    const std::uint64_t last =
        dash == std::string::npos ? first : number_of(std::string_view(part).substr(dash + 1), list, limit, field);
    if (last < first) fail(field, ": \"", list, "\" has a range that runs backwards");
    if (bits.size() <= last / word_bits) bits.resize(last / word_bits + 1);
    for (std::uint64_t bit = first; bit <= last; ++bit) bits[bit / word_bits] |= std::uint64_t{1} << bit % word_bits;
  }
  return bits;
}

} // namespace

std::vector<std::string> memory_policy_modes() { return names_of(modes); }
std::vector<std::string> memory_policy_flags() { return names_of(flags); }

std::vector<std::uint64_t> cpu_bits(const std::string& list, std::string_view field) {
  return list.empty() ? std::vector<std::uint64_t>() : bits_of(list, most_bits, field);
}

void check_cpu_affinity(const spec::Process& process) {
  if (!process.exec_cpu_affinity) return;
  (void)cpu_bits(process.exec_cpu_affinity->initial, "process.execCPUAffinity.initial");
  (void)cpu_bits(process.exec_cpu_affinity->final_, "process.execCPUAffinity.final");
}

void add_memory_policy(PlanContext& context) {
  if (!context.linux_.memory_policy) return;
  const spec::MemoryPolicy& policy = *context.linux_.memory_policy;
  if (policy.mode.empty()) fail("linux.memoryPolicy.mode: missing");
  const Mode mode = named(modes, policy.mode, "linux.memoryPolicy.mode");
  std::uint64_t value = mode.value;
  for (const std::string& flag : policy.flags) value |= named(flags, flag, "linux.memoryPolicy.flags").value;
  if (mode.nodes == Mode::none && !policy.nodes.empty())
    fail("linux.memoryPolicy.nodes: ", policy.mode, " takes no nodes");
  if (mode.nodes == Mode::some && policy.nodes.empty())
    fail("linux.memoryPolicy.nodes: missing, but ", policy.mode, " needs them");
  std::vector<std::uint64_t> nodes;
  if (!policy.nodes.empty()) nodes = bits_of(policy.nodes, most_nodes, "linux.memoryPolicy.nodes");
  context.out.add({.op = Op::memory_policy,
                   .s = context.out.bytes(nodes.data(), nodes.size() * sizeof(std::uint64_t)),
                   .a = value,
                   // The kernel takes one bit less than it is told.
                   .b = nodes.empty() ? 0 : nodes.size() * word_bits + 1});
}

} // namespace oci::runtime
