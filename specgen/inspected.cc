// `docker inspect` of a container, read as the image and flags that would make it (what riddler did).
#include "specgen/specgen.h"

#include "base/error.h"
#include "base/text.h"

#include <algorithm>

namespace oci::specgen {

namespace {

constexpr std::string_view host_field = "docker inspect HostConfig.";

const Json null_json;

const Json& member(const Json& object, std::string_view key) {
  const Json* found = object.find(key);
  return found == nullptr ? null_json : *found;
}

std::string text_at(const Json& object, std::string_view key) {
  const std::string* text = member(object, key).as_string();
  return text == nullptr ? "" : *text;
}

std::int64_t number_at(const Json& object, std::string_view key) { return member(object, key).as_int64().value_or(0); }

bool flag_at(const Json& object, std::string_view key) {
  const bool* value = member(object, key).as_bool();
  return value != nullptr && *value;
}

std::vector<std::string> texts(const Json& value) {
  std::vector<std::string> out;
  if (const std::string* one = value.as_string()) { // podman before 5 joins an Entrypoint's words
    out = split(*one, ' ');
    std::erase(out, "");
  }
  if (const Json::Array* items = value.as_array())
    for (const Json& item : *items)
      if (const std::string* text = item.as_string()) out.push_back(*text);
  return out;
}

std::vector<Json> items(const Json& value) {
  const Json::Array* list = value.as_array();
  return list == nullptr ? std::vector<Json>() : *list;
}

std::map<std::string, std::string> pairs(const Json& value) {
  std::map<std::string, std::string> out;
  if (const Json::Object* members = value.as_object())
    for (const auto& [key, text] : *members)
      if (text.as_string() != nullptr) out[key] = *text.as_string();
  return out;
}

// 1500000000 -> "1.5"
std::string decimal_of_billion(std::int64_t nano) {
  std::string fraction = std::to_string(1'000'000'000 + nano % 1'000'000'000).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return fraction.empty() ? std::to_string(nano / 1'000'000'000) : cat(nano / 1'000'000'000, ".", fraction);
}

class Reader {
public:
  explicit Reader(const Json& container)
      : container_(container), config_(member(container, "Config")), host_(member(container, "HostConfig")) {}

  Inspected read() {
    out_.name = text_at(container_, "Name");
    if (out_.name.starts_with('/')) out_.name.erase(0, 1);
    read_config();
    read_mounts();
    read_modes();
    read_rights();
    read_limits();
    read_rest();
    note_what_is_left();
    return std::move(out_);
  }

private:
  Request& request() { return out_.request; }

  void stood(const char* flag, std::string_view field) { out_.sources[flag] = cat(host_field, field); }

  void set_text(const char* flag, std::optional<std::string>& into, std::string value, std::string_view field) {
    if (value.empty()) return;
    into = std::move(value);
    stood(flag, field);
  }
  void set_number(const char* flag, std::optional<std::string>& into, std::string_view field) {
    if (const std::int64_t value = number_at(host_, field); value != 0)
      set_text(flag, into, std::to_string(value), field);
  }
  void set_list(const char* flag, std::vector<std::string>& into, std::vector<std::string> values,
                std::string_view field) {
    if (values.empty()) return;
    into = std::move(values);
    stood(flag, field);
  }

  void read_config() {
    spec::ContainerConfig& image = out_.image.config.emplace();
    out_.image.os = "linux";
    image.env = texts(member(config_, "Env"));
    image.entrypoint = texts(member(config_, "Entrypoint"));
    image.cmd = texts(member(config_, "Cmd"));
    if (image.entrypoint.empty() && image.cmd.empty()) {
      image.cmd = texts(member(container_, "Args"));
      image.cmd.insert(image.cmd.begin(), text_at(container_, "Path"));
    }
    image.user = text_at(config_, "User");
    image.working_dir = text_at(config_, "WorkingDir");
    image.labels = pairs(member(config_, "Labels"));
    image.stop_signal = text_at(config_, "StopSignal");
    request().tty = flag_at(config_, "Tty");
    if (request().tty) out_.sources["--tty"] = "docker inspect Config.Tty";
    set_config_text("--hostname", request().hostname, "Hostname");
    set_config_text("--domainname", request().domainname, "Domainname");
  }

  void set_config_text(const char* flag, std::optional<std::string>& into, std::string_view field) {
    const std::string value = text_at(config_, field);
    if (value.empty()) return;
    into = value;
    out_.sources[flag] = cat("docker inspect Config.", field);
  }

  void read_mounts() {
    for (const Json& mount : items(member(container_, "Mounts"))) {
      const std::string type = text_at(mount, "Type"), source = text_at(mount, "Source"),
                        destination = text_at(mount, "Destination");
      if (type == "tmpfs")
        request().tmpfs.push_back(destination);
      else if (source.starts_with('/'))
        request().volume.push_back(cat(source, ":", destination, volume_options(mount)));
      else
        out_.notes.push_back(
            cat("the ", printable(type), " mount at ", printable(destination), " is left out: no path of the host"));
      if (type == "volume")
        out_.notes.push_back(
            cat("the volume at ", printable(destination), " stays in the engine's folder ", printable(source)));
    }
    if (!request().volume.empty()) out_.sources["--volume"] = "docker inspect Mounts";
    for (const auto& [destination, options] : pairs(member(host_, "Tmpfs")))
      request().tmpfs.push_back(options.empty() ? destination : cat(destination, ":", options));
    if (!request().tmpfs.empty()) stood("--tmpfs", "Tmpfs");
    if (const std::int64_t size = number_at(host_, "ShmSize"); size > 0)
      set_text("--shm-size", request().shm_size, std::to_string(size), "ShmSize");
    request().read_only = flag_at(host_, "ReadonlyRootfs");
    if (request().read_only) stood("--read-only", "ReadonlyRootfs");
  }

  static std::string volume_options(const Json& mount) {
    std::string options = flag_at(mount, "RW") ? ":rw" : ":ro";
    const std::string propagation = text_at(mount, "Propagation");
    return propagation.empty() ? options : cat(options, ",", propagation);
  }

  // Modes of namespaces: what is another container's cannot be followed from here.
  void read_modes() {
    read_mode("--pid", request().pid, "PidMode");
    read_mode("--ipc", request().ipc, "IpcMode");
    read_mode("--uts", request().uts, "UTSMode");
    read_mode("--userns", request().userns, "UsernsMode");
    const std::string network = text_at(host_, "NetworkMode");
    if (network == "host" || network == "none") {
      set_text("--net", request().net, network, "NetworkMode");
    } else {
      out_.notes.push_back(
          cat("the network ", network.empty() ? "default" : printable(network),
              " is the engine's: the container gets an empty one (--net host is the host's, --hook can make one)"));
    }
    if (request().uts == "host") request().hostname.reset();
  }

  void read_mode(const char* flag, std::optional<std::string>& into, std::string_view field) {
    const std::string mode = text_at(host_, field);
    if (mode == "host") return set_text(flag, into, mode, field);
    if (mode.starts_with("container:"))
      out_.notes.push_back(cat(field, " ", printable(mode), " is another container's namespace: a new one is made"));
  }

  void read_rights() {
    set_list("--cap-add", request().cap_add, texts(member(host_, "CapAdd")), "CapAdd");
    set_list("--cap-drop", request().cap_drop, texts(member(host_, "CapDrop")), "CapDrop");
    request().privileged = flag_at(host_, "Privileged");
    if (request().privileged) stood("--privileged", "Privileged");
    set_list("--group-add", request().group_add, texts(member(host_, "GroupAdd")), "GroupAdd");
    set_list("--device-cgroup-rule", request().device_cgroup_rule, texts(member(host_, "DeviceCgroupRules")),
             "DeviceCgroupRules");
    for (const std::string& option : texts(member(host_, "SecurityOpt"))) read_security_option(option);
    read_hidden_paths();
    std::vector<std::string> devices;
    for (const Json& device : items(member(host_, "Devices")))
      devices.push_back(cat(text_at(device, "PathOnHost"), ":", text_at(device, "PathInContainer"), ":",
                            text_at(device, "CgroupPermissions")));
    set_list("--device", request().device, std::move(devices), "Devices");
  }

  // Old daemons wrote "seccomp:unconfined"; a seccomp profile is in there as text, not as a file.
  void read_security_option(std::string option) {
    const auto separator = option.find_first_of("=:");
    if (separator != std::string::npos) option[separator] = '=';
    if (option.starts_with("seccomp=") && option != "seccomp=unconfined") {
      const std::string file = cat("the seccomp profile of ", out_.name);
      request().files[file] = option.substr(separator + 1);
      option = cat("seccomp=", file);
    }
    if (option.starts_with("label=") && option != "label=disable") {
      out_.notes.push_back(
          cat("the security option ", printable(option), " is left out: labels are made by the engine"));
      return;
    }
    request().security_opt.push_back(option);
    stood("--security-opt", "SecurityOpt");
  }

  void read_hidden_paths() {
    const Json::Array* masked = member(host_, "MaskedPaths").as_array();
    const Json::Array* readonly = member(host_, "ReadonlyPaths").as_array();
    if (masked == nullptr || readonly == nullptr || !masked->empty() || !readonly->empty() || request().privileged)
      return;
    request().security_opt.emplace_back("systempaths=unconfined");
    stood("--security-opt", "MaskedPaths");
  }

  void read_limits() {
    set_number("--memory", request().memory, "Memory");
    set_number("--memory-reservation", request().memory_reservation, "MemoryReservation");
    if (request().memory) set_number("--memory-swap", request().memory_swap, "MemorySwap");
    if (const auto value = member(host_, "MemorySwappiness").as_int64(); value && *value >= 0)
      set_text("--memory-swappiness", request().memory_swappiness, std::to_string(*value), "MemorySwappiness");
    request().oom_kill_disable = flag_at(host_, "OomKillDisable");
    set_number("--oom-score-adj", request().oom_score_adj, "OomScoreAdj");
    if (const std::int64_t nano = number_at(host_, "NanoCpus"); nano > 0)
      set_text("--cpus", request().cpus, decimal_of_billion(nano), "NanoCpus");
    set_number("--cpu-shares", request().cpu_shares, "CpuShares");
    set_number("--cpu-period", request().cpu_period, "CpuPeriod");
    set_number("--cpu-quota", request().cpu_quota, "CpuQuota");
    set_text("--cpuset-cpus", request().cpuset_cpus, text_at(host_, "CpusetCpus"), "CpusetCpus");
    set_text("--cpuset-mems", request().cpuset_mems, text_at(host_, "CpusetMems"), "CpusetMems");
    set_number("--pids-limit", request().pids_limit, "PidsLimit");
    set_number("--blkio-weight", request().blkio_weight, "BlkioWeight");
    read_disk("--blkio-weight-device", request().blkio_weight_device, "BlkioWeightDevice", "Weight");
    read_disk("--device-read-bps", request().device_read_bps, "BlkioDeviceReadBps", "Rate");
    read_disk("--device-write-bps", request().device_write_bps, "BlkioDeviceWriteBps", "Rate");
    read_disk("--device-read-iops", request().device_read_iops, "BlkioDeviceReadIOps", "Rate");
    read_disk("--device-write-iops", request().device_write_iops, "BlkioDeviceWriteIOps", "Rate");
    std::vector<std::string> limits;
    for (const Json& limit : items(member(host_, "Ulimits"))) {
      std::string limit_name = to_lower(text_at(limit, "Name"));
      if (limit_name.starts_with("rlimit_")) limit_name.erase(0, 7); // podman's
      limits.push_back(cat(limit_name, "=", number_at(limit, "Soft"), ":", number_at(limit, "Hard")));
    }
    set_list("--ulimit", request().ulimit, std::move(limits), "Ulimits");
  }

  void read_disk(const char* flag, std::vector<std::string>& into, std::string_view field, std::string_view value) {
    std::vector<std::string> values;
    for (const Json& device : items(member(host_, field)))
      values.push_back(cat(text_at(device, "Path"), ":", number_at(device, value)));
    set_list(flag, into, std::move(values), field);
  }

  void read_rest() {
    std::vector<std::string> settings;
    for (const auto& [key, value] : pairs(member(host_, "Sysctls"))) settings.push_back(cat(key, "=", value));
    set_list("--sysctl", request().sysctl, std::move(settings), "Sysctls");
    set_list("--add-host", request().add_host, texts(member(host_, "ExtraHosts")), "ExtraHosts");
    set_list("--dns", request().dns, texts(member(host_, "Dns")), "Dns");
    set_list("--dns-search", request().dns_search, texts(member(host_, "DnsSearch")), "DnsSearch");
    set_list("--dns-option", request().dns_option, texts(member(host_, "DnsOptions")), "DnsOptions");
    request().init = flag_at(host_, "Init");
    if (request().init) stood("--init", "Init");
    std::vector<std::string> annotations;
    for (const auto& [key, value] : pairs(member(host_, "Annotations"))) annotations.push_back(cat(key, "=", value));
    set_list("--annotation", request().annotation, std::move(annotations), "Annotations");
  }

  void note_what_is_left() {
    const Json::Object* ports = member(host_, "PortBindings").as_object();
    if (ports != nullptr && !ports->empty())
      out_.notes.emplace_back("published ports are left out: they are the engine's work");
    const std::string restart = text_at(member(host_, "RestartPolicy"), "Name");
    if (!restart.empty() && restart != "no")
      out_.notes.push_back(
          cat("the restart policy ", printable(restart), " is left out: nobody watches the container"));
    if (!member(config_, "Healthcheck").is_null()) out_.notes.emplace_back("the health check is left out");
    if (!items(member(host_, "DeviceRequests")).empty())
      out_.notes.emplace_back("requests for devices (--gpus) are left out: the engine's plug-ins answer them");
  }

  const Json& container_;
  const Json& config_;
  const Json& host_;
  Inspected out_;
};

} // namespace

Inspected read_inspected(std::string_view text, std::string_view name) {
  JsonLimits limits;
  limits.duplicates = JsonLimits::Duplicates::last_wins;
  Json document = parse_json(text, name, limits);
  if (Json::Array* list = document.as_array()) {
    if (list->size() != 1) fail(name, ": describes ", list->size(), " containers, one is wanted");
    Json only = std::move(list->front());
    document = std::move(only);
  }
  if (member(document, "HostConfig").as_object() == nullptr || member(document, "Config").as_object() == nullptr)
    throw Error(cat(name, ": not what docker inspect prints of a container: Config and HostConfig are missing"))
        .with_hint("docker inspect CONTAINER >FILE makes it; of an image it says other things");
  return Reader(document).read();
}

namespace {

// "flag --memory: 5" -> "docker inspect HostConfig.Memory: 5"
std::string traced(const std::string& text, const std::map<std::string, std::string>& sources) {
  for (const auto& [flag, source] : sources)
    if (const std::string start = cat("flag ", flag, ": "); text.starts_with(start))
      return cat(source, text.substr(start.size() - 2));
  return text.starts_with("image config.") ? cat("docker inspect Config.", text.substr(13)) : text;
}

} // namespace

void trace_to(Generated& generated, const Inspected& inspected) {
  for (auto& [path, origin] : generated.provenance) {
    for (std::string& old : origin.overridden) old = traced(old, inspected.sources);
    if (origin.kind == Origin::Kind::image && origin.name.starts_with("config."))
      origin = {Origin::Kind::configuration, cat("docker inspect Config.", origin.name.substr(7)), origin.overridden};
    else if (const auto source = inspected.sources.find(origin.name.substr(0, origin.name.find(' ')));
             origin.kind == Origin::Kind::user && source != inspected.sources.end())
      origin = {Origin::Kind::configuration, source->second, origin.overridden};
  }
  generated.warnings.insert(generated.warnings.end(), inspected.notes.begin(), inspected.notes.end());
}

} // namespace oci::specgen
