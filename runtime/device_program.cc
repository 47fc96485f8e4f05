#include "runtime/device_program.h"

#include "base/sys.h"
#include "runtime/cgroup_versions.h"

#include <cstddef>
#include <cstring>
#include <sys/syscall.h>
#include <unistd.h>

namespace oci::runtime {

namespace {

using Program = std::vector<bpf_insn>;

enum Register : std::uint8_t { result = 0, context = 1, type = 2, access = 3, major = 4, minor = 5 };

bpf_insn instruction(unsigned code, std::uint8_t destination, std::uint8_t source, std::int16_t offset,
                     std::int32_t immediate) {
  bpf_insn out{};
  out.code = static_cast<std::uint8_t>(code);
  out.dst_reg = destination & 0xf;
  out.src_reg = source & 0xf;
  out.off = offset;
  out.imm = immediate;
  return out;
}

bpf_insn load(Register to, std::size_t offset) {
  return instruction(BPF_LDX | BPF_MEM | BPF_W, to, context, static_cast<std::int16_t>(offset), 0);
}
bpf_insn alu(unsigned operation, std::uint8_t to, std::int32_t value) {
  return instruction(BPF_ALU | operation | BPF_K, to, 0, 0, value);
}
bpf_insn copy(std::uint8_t to, std::uint8_t from) { return instruction(BPF_ALU | BPF_MOV | BPF_X, to, from, 0, 0); }

void answer(Program& out, bool allow) {
  out.push_back(alu(BPF_MOV, result, allow ? 1 : 0));
  out.push_back(instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
}

std::int32_t kernel_access(unsigned bits) {
  return (bits & device_read ? BPF_DEVCG_ACC_READ : 0) | (bits & device_write ? BPF_DEVCG_ACC_WRITE : 0) |
         (bits & device_mknod ? BPF_DEVCG_ACC_MKNOD : 0);
}

// Jumps over the answer unless all the conditions hold.
void add_exception(Program& out, const DeviceException& exception, bool allow) {
  std::vector<std::size_t> jumps;
  const auto skip_if = [&](unsigned operation, std::uint8_t left, std::uint8_t right, std::int32_t value) {
    jumps.push_back(out.size());
    out.push_back(instruction(BPF_JMP32 | operation, left, right, 0, value));
  };
  skip_if(BPF_JNE | BPF_K, type, 0, exception.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
  // An exception that allows must cover all of the access; one that denies is met by any of it.
  out.push_back(copy(context, access));
  out.push_back(alu(BPF_AND, context, kernel_access(exception.access)));
  if (allow)
    skip_if(BPF_JNE | BPF_X, context, access, 0);
  else
    skip_if(BPF_JEQ | BPF_K, context, 0, 0);
  if (exception.major) skip_if(BPF_JNE | BPF_K, major, 0, static_cast<std::int32_t>(*exception.major));
  if (exception.minor) skip_if(BPF_JNE | BPF_K, minor, 0, static_cast<std::int32_t>(*exception.minor));
  answer(out, allow);
  for (const std::size_t jump : jumps) out[jump].off = static_cast<std::int16_t>(out.size() - jump - 1);
}

Result<int> call_bpf(int command, bpf_attr& attributes) {
  return sys::result(static_cast<int>(syscall(SYS_bpf, command, &attributes, sizeof attributes)));
}

Fd load_program(const Program& program) {
  static constexpr char license[] = "Apache-2.0";
  bpf_attr attributes{};
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = reinterpret_cast<std::uintptr_t>(program.data());
  attributes.insn_cnt = static_cast<std::uint32_t>(program.size());
  attributes.license = reinterpret_cast<std::uintptr_t>(license);
  return Fd(check(call_bpf(BPF_PROG_LOAD, attributes), "linux.resources.devices: load the device program"));
}

std::vector<std::uint32_t> attached_programs(int cgroup) {
  std::vector<std::uint32_t> ids(64); // as many as a cgroup can have
  bpf_attr attributes{};
  attributes.query.target_fd = static_cast<std::uint32_t>(cgroup);
  attributes.query.attach_type = BPF_CGROUP_DEVICE;
  attributes.query.prog_ids = reinterpret_cast<std::uintptr_t>(ids.data());
  attributes.query.prog_cnt = static_cast<std::uint32_t>(ids.size());
  check(call_bpf(BPF_PROG_QUERY, attributes), "linux.resources.devices: list the device programs");
  ids.resize(attributes.query.prog_cnt);
  return ids;
}

void attach(int cgroup, int program) {
  bpf_attr attributes{};
  attributes.target_fd = static_cast<std::uint32_t>(cgroup);
  attributes.attach_bpf_fd = static_cast<std::uint32_t>(program);
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = BPF_F_ALLOW_MULTI;
  check(call_bpf(BPF_PROG_ATTACH, attributes), "linux.resources.devices: attach the device program");
}

void detach(int cgroup, std::uint32_t id) {
  bpf_attr by_id{};
  by_id.prog_id = id;
  const Fd program(check(call_bpf(BPF_PROG_GET_FD_BY_ID, by_id), "linux.resources.devices: open a device program"));
  bpf_attr attributes{};
  attributes.target_fd = static_cast<std::uint32_t>(cgroup);
  attributes.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
  attributes.attach_type = BPF_CGROUP_DEVICE;
  check(call_bpf(BPF_PROG_DETACH, attributes), "linux.resources.devices: detach a device program");
}

} // namespace

Program device_program(const DevicePolicy& policy) {
  Program out;
  out.push_back(load(type, offsetof(bpf_cgroup_dev_ctx, access_type)));
  out.push_back(load(major, offsetof(bpf_cgroup_dev_ctx, major)));
  out.push_back(load(minor, offsetof(bpf_cgroup_dev_ctx, minor)));
  out.push_back(copy(access, type));
  out.push_back(alu(BPF_RSH, access, 16));
  out.push_back(alu(BPF_AND, type, 0xffff));
  for (const DeviceException& exception : policy.exceptions) add_exception(out, exception, !policy.allow);
  answer(out, policy.allow);
  return out;
}

void attach_device_program(const std::string& folder, const std::vector<spec::DeviceRule>& rules) {
  const Fd cgroup = check(sys::open(folder, O_RDONLY | O_DIRECTORY), "open cgroup ", folder);
  const Fd program = load_program(device_program(device_policy(rules)));
  const std::vector<std::uint32_t> old = attached_programs(cgroup.get());
  // While both are attached a device needs the leave of both, so nothing is open in between.
  attach(cgroup.get(), program.get());
  for (const std::uint32_t id : old) detach(cgroup.get(), id);
}

} // namespace oci::runtime
