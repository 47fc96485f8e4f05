// linux.resources: memory, processors, processes. A limit of 0 is no limit, as docker has it.
#include "specgen/draft.h"

namespace oci::specgen {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least_memory = 6 << 20; // Docker's: with less not even a shell starts

std::int64_t bytes_or_zero(std::string_view flag, const std::optional<std::string>& text) {
  return text ? parse_bytes(flag, *text) : 0;
}

spec::MemoryResources& memory_of(Draft& draft) {
  if (!draft.resources().memory) draft.resources().memory.emplace();
  return *draft.resources().memory;
}

spec::CpuResources& cpu_of(Draft& draft) {
  if (!draft.resources().cpu) draft.resources().cpu.emplace();
  return *draft.resources().cpu;
}

void set_memory(Draft& draft, const char* field, std::optional<std::int64_t> spec::MemoryResources::*slot,
                std::int64_t value, const char* flag) {
  draft.set(cat("linux.resources.memory.", field), memory_of(draft).*slot, value, from_flag(flag));
}

// memory and swap together; swap alone makes no sense, memory alone gives as much swap again.
void apply_swap(Draft& draft, std::int64_t limit) {
  const std::optional<std::string>& text = draft.request.memory_swap;
  using Memory = spec::MemoryResources;
  if (text == "-1") return set_memory(draft, "swap", &Memory::swap, -1, "--memory-swap");
  const std::int64_t swap = bytes_or_zero("--memory-swap", text);
  if (swap == 0) {
    if (limit > 0) set_memory(draft, "swap", &Memory::swap, limit > most / 2 ? -1 : 2 * limit, "--memory");
    return;
  }
  if (limit == 0) refuse("--memory-swap", *text, "needs --memory");
  if (swap < limit)
    refuse("--memory-swap", *text, "is memory and swap together: at least --memory ", *draft.request.memory);
  set_memory(draft, "swap", &Memory::swap, swap, "--memory-swap");
}

void apply_memory(Draft& draft) {
  const Request& request = draft.request;
  using Memory = spec::MemoryResources;
  const std::int64_t limit = bytes_or_zero("--memory", request.memory);
  if (limit > 0 && limit < least_memory) refuse("--memory", *request.memory, "too little; at least 6m");
  if (limit > 0) set_memory(draft, "limit", &Memory::limit, limit, "--memory");
  apply_swap(draft, limit);
  const std::int64_t reservation = bytes_or_zero("--memory-reservation", request.memory_reservation);
  if (limit > 0 && reservation > limit)
    refuse("--memory-reservation", *request.memory_reservation, "larger than --memory ", *request.memory);
  if (reservation > 0) set_memory(draft, "reservation", &Memory::reservation, reservation, "--memory-reservation");
  if (request.memory_swappiness && request.memory_swappiness != "-1") {
    const std::int64_t value = parse_integer("--memory-swappiness", *request.memory_swappiness, 0, 100);
    draft.set("linux.resources.memory.swappiness", memory_of(draft).swappiness, static_cast<std::uint64_t>(value),
              from_flag("--memory-swappiness"));
  }
  if (request.oom_kill_disable) {
    if (draft.host.cgroup2) draft.warn("--oom-kill-disable: cgroup v2 has no such switch; ignored there");
    draft.set("linux.resources.memory.disableOOMKiller", memory_of(draft).disable_oom_killer, true,
              from_flag("--oom-kill-disable"));
  }
}

// "1.5" processors: that much of every 100 ms.
void apply_cpus(Draft& draft) {
  const std::string& text = *draft.request.cpus;
  if (draft.request.cpu_period || draft.request.cpu_quota)
    refuse("--cpus", text, "does not go with --cpu-period and --cpu-quota");
  const auto point = text.find('.');
  const auto whole = point == 0 ? 0 : parse_unsigned(text.substr(0, point));
  std::string fraction = point == std::string::npos ? "" : text.substr(point + 1);
  const bool malformed = fraction.find_first_not_of("0123456789") != std::string::npos || point + 1 == text.size();
  if (!whole || *whole > 65536 || malformed) refuse("--cpus", text, "not a number such as 1.5");
  fraction.resize(5, '0');
  const std::int64_t quota = static_cast<std::int64_t>(*whole * 100000 + parse_unsigned(fraction).value_or(0));
  if (quota == 0 && text.find_first_of("123456789") == std::string::npos) return;
  const std::int64_t available = std::int64_t{draft.host.cpus} * 100000;
  if (quota < 1000 || (available > 0 && quota > available))
    refuse("--cpus", text, "not from 0.01 to ",
           available > 0 ? std::to_string(draft.host.cpus) : "the number of processors");
  draft.set("linux.resources.cpu.period", cpu_of(draft).period, std::uint64_t{100000}, from_flag("--cpus"));
  draft.set("linux.resources.cpu.quota", cpu_of(draft).quota, quota, from_flag("--cpus"));
}

void set_cpu(Draft& draft, const char* field, std::optional<std::uint64_t> spec::CpuResources::*slot, const char* flag,
             const std::optional<std::string>& text, std::int64_t min, std::int64_t max) {
  if (!text) return;
  const std::int64_t value = parse_integer(flag, *text, 0, max);
  if (value == 0) return;
  if (value < min) refuse(flag, *text, "not a number from ", min, " to ", max);
  draft.set(cat("linux.resources.cpu.", field), cpu_of(draft).*slot, static_cast<std::uint64_t>(value),
            from_flag(flag));
}

void set_cpu_list(Draft& draft, const char* field, std::string spec::CpuResources::*slot, const char* flag,
                  const std::optional<std::string>& text) {
  if (!text || text->empty()) return;
  check_cpu_list(flag, *text);
  draft.set(cat("linux.resources.cpu.", field), cpu_of(draft).*slot, *text, from_flag(flag));
}

void apply_cpu(Draft& draft) {
  const Request& request = draft.request;
  using Cpu = spec::CpuResources;
  if (request.cpus) apply_cpus(draft);
  set_cpu(draft, "shares", &Cpu::shares, "--cpu-shares", request.cpu_shares, 2, 262144);
  set_cpu(draft, "period", &Cpu::period, "--cpu-period", request.cpu_period, 1000, 1000000);
  if (request.cpu_quota && request.cpu_quota != "0") {
    const std::int64_t quota = parse_integer("--cpu-quota", *request.cpu_quota, -1, most);
    if (quota >= 0 && quota < 1000) refuse("--cpu-quota", *request.cpu_quota, "at least 1000 microseconds, or -1");
    draft.set("linux.resources.cpu.quota", cpu_of(draft).quota, quota, from_flag("--cpu-quota"));
  }
  set_cpu_list(draft, "cpus", &Cpu::cpus, "--cpuset-cpus", request.cpuset_cpus);
  set_cpu_list(draft, "mems", &Cpu::mems, "--cpuset-mems", request.cpuset_mems);
}

void apply_pids(Draft& draft) {
  if (!draft.request.pids_limit) return;
  const std::int64_t limit = parse_integer("--pids-limit", *draft.request.pids_limit, -1, most);
  if (!draft.resources().pids) draft.resources().pids.emplace();
  draft.set("linux.resources.pids.limit", draft.resources().pids->limit, limit == 0 ? -1 : limit,
            from_flag("--pids-limit"));
}

} // namespace

void apply_resources(Draft& draft) {
  apply_memory(draft);
  apply_cpu(draft);
  apply_pids(draft);
  if (const std::optional<std::string>& text = draft.request.oom_score_adj)
    draft.set("process.oomScoreAdj", draft.process().oom_score_adj,
              static_cast<std::int32_t>(parse_integer("--oom-score-adj", *text, -1000, 1000)),
              from_flag("--oom-score-adj"));
}

} // namespace oci::specgen
