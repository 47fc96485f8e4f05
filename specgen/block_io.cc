// linux.resources.blockIO: a weight, and what each device may be asked for.
#include "specgen/draft.h"

namespace oci::specgen {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

spec::BlockIo& block_io_of(Draft& draft) {
  if (!draft.resources().block_io) draft.resources().block_io.emplace();
  return *draft.resources().block_io;
}

struct DeviceValue {
  DeviceNode node;
  std::string value;
};

// "/dev/sda:VALUE"
DeviceValue parse_device_value(const Draft& draft, const char* flag, const std::string& text, const char* form) {
  const auto colon = text.rfind(':');
  if (text.empty() || text[0] != '/' || colon == std::string::npos || colon + 1 == text.size())
    refuse(flag, text, "not of the form ", form);
  const auto found = draft.host.devices.find(text.substr(0, colon));
  if (found == draft.host.devices.end())
    refuse(flag, text, "no device ", printable(text.substr(0, colon)), " on this machine");
  return {found->second, text.substr(colon + 1)};
}

using Throttles = std::vector<spec::ThrottleDevice>;

void add_throttles(Draft& draft, const char* flag, const char* field, Throttles spec::BlockIo::*list,
                   const std::vector<std::string>& texts, bool bytes) {
  for (const std::string& text : texts) {
    const auto [node, value] = parse_device_value(draft, flag, text, bytes ? "DEVICE:BYTES" : "DEVICE:NUMBER");
    spec::ThrottleDevice throttle;
    throttle.major = node.major;
    throttle.minor = node.minor;
    throttle.rate = static_cast<std::uint64_t>(bytes ? parse_bytes(flag, value) : parse_integer(flag, value, 0, most));
    Throttles& all = block_io_of(draft).*list;
    draft.note(cat("linux.resources.blockIO.", field, "[", all.size(), "]"), from_flag(flag));
    all.push_back(std::move(throttle));
  }
}

void add_weights(Draft& draft) {
  const char* flag = "--blkio-weight-device";
  for (const std::string& text : draft.request.blkio_weight_device) {
    const auto [node, value] = parse_device_value(draft, flag, text, "DEVICE:WEIGHT");
    spec::WeightDevice weight;
    weight.major = node.major;
    weight.minor = node.minor;
    weight.weight = static_cast<std::uint16_t>(parse_integer(flag, value, 10, 1000));
    auto& all = block_io_of(draft).weight_device;
    draft.note(cat("linux.resources.blockIO.weightDevice[", all.size(), "]"), from_flag(flag));
    all.push_back(std::move(weight));
  }
}

} // namespace

void apply_block_io(Draft& draft) {
  const Request& request = draft.request;
  if (const std::optional<std::string>& text = request.blkio_weight; text && text != "0") {
    const auto weight = static_cast<std::uint16_t>(parse_integer("--blkio-weight", *text, 10, 1000));
    draft.set("linux.resources.blockIO.weight", block_io_of(draft).weight, weight, from_flag("--blkio-weight"));
  }
  add_weights(draft);
  using Io = spec::BlockIo;
  add_throttles(draft, "--device-read-bps", "throttleReadBpsDevice", &Io::read_bps, request.device_read_bps, true);
  add_throttles(draft, "--device-write-bps", "throttleWriteBpsDevice", &Io::write_bps, request.device_write_bps, true);
  add_throttles(draft, "--device-read-iops", "throttleReadIOPSDevice", &Io::read_iops, request.device_read_iops, false);
  add_throttles(draft, "--device-write-iops", "throttleWriteIOPSDevice", &Io::write_iops, request.device_write_iops,
                false);
}

} // namespace oci::specgen
