// update: what is asked for is laid over what the container was made with, and the whole is set again, so that limits
// which depend on each other (memory and swap, quota and period) are worked out together.
#include "base/error.h"
#include "base/log.h"
#include "runtime/runtime.h"
#include "runtime/state.h"

namespace oci::runtime {

namespace {

using Lock = StateFolder::Lock;

// Engines write 0 and "" for what they do not mean to change; of these two 0 is a wish.
bool says_something(std::string_view key, const Json& value) {
  if (key == "idle" || key == "burst") return !value.is_null();
  if (const std::string* text = value.as_string()) return !text->empty();
  if (value.is_number()) return value.as_double() != 0.0;
  return !value.is_null();
}

void lay_over(Json& base, const Json& wish) {
  for (const Json::Member& member : *wish.as_object()) {
    Json* existing = base.find(member.first);
    if (member.second.as_object() != nullptr) {
      if (existing == nullptr || existing->as_object() == nullptr) existing = &base.set(member.first, Json::Object());
      lay_over(*existing, member.second);
    } else if (says_something(member.first, member.second)) {
      base.set(member.first, member.second);
    }
  }
}

Json& member_object(Json& parent, const char* key) {
  Json* found = parent.find(key);
  return found != nullptr && found->as_object() != nullptr ? *found : parent.set(key, Json::Object());
}

// A container without a limit on memory and swap, given one on memory, would else be refused for its old swap.
void forget_old_swap(Json& resources, const spec::Resources& wish) {
  if (!wish.memory || wish.memory->swap.value_or(0) != 0 || wish.memory->limit.value_or(0) == 0) return;
  Json& memory = member_object(resources, "memory");
  const Json* swap = memory.find("swap");
  const auto both = swap != nullptr ? swap->as_int64() : std::nullopt;
  if (both && *both > 0 && (*wish.memory->limit < 0 || *both < *wish.memory->limit)) memory.erase("swap");
}

void check_usage(const Cgroup& cgroup, const spec::Resources& wish) {
  if (!wish.memory || !wish.memory->check_before_update.value_or(false)) return;
  const std::int64_t limit = wish.memory->limit.value_or(0);
  const auto usage = cgroup.memory_usage();
  if (limit > 0 && usage && *usage > static_cast<std::uint64_t>(limit))
    fail("linux.resources.memory.limit: ", limit, " is below the current usage of ", *usage,
         ", and checkBeforeUpdate is set");
}

// As good as it can be after a failure half-way: what was set before is set again.
void restore(Cgroup& cgroup, const spec::RuntimeConfig& before) {
  try {
    if (before.linux_ && before.linux_->resources) cgroup.set_limits(*before.linux_->resources);
  } catch (const Error& error) {
    log::warning("update: the former limits could not be restored: ", error.message());
  }
}

} // namespace

void update(const Settings& settings, const std::string& id, const Json& wish) {
  with_context(cat("update ", printable(id)), [&] {
    const spec::Resources asked = spec::parse_resources(dump_json(wish), "resources");
    StateFolder folder = StateFolder::open(settings.root, id, Lock::exclusive);
    const Record record = folder.record();
    const Status status = folder.status(record);
    if (status == Status::stopped || status == Status::creating)
      fail("container not running: it is ", status_name(status));
    if (!asked.devices.empty()) log::warning("update: linux.resources.devices is not changed");
    const std::string text_before = folder.config();
    Json config = parse_json(text_before, config_file, {.duplicates = JsonLimits::Duplicates::last_wins});
    Json& resources = member_object(member_object(config, "linux"), "resources");
    forget_old_swap(resources, asked);
    Json limits = wish;
    limits.erase("devices");
    lay_over(resources, limits);
    const std::string text = dump_json(config);
    const spec::RuntimeConfig updated = spec::runtime_config_from_json(std::move(config), config_file);
    const auto cgroup = Cgroup::open(record.cgroup);
    check_usage(*cgroup, asked);
    try {
      cgroup->set_limits(*updated.linux_->resources);
    } catch (const Error&) {
      restore(*cgroup, spec::parse_runtime_config(text_before, config_file));
      throw;
    }
    folder.store_config(text);
  });
}

} // namespace oci::runtime
