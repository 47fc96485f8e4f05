// A wrong value names the flag, the value and what is accepted.
#include "helpers.h"

#include <functional>

namespace oci::specgen::test {
namespace {

struct Wrong {
  const char* name;
  std::function<void(Request&)> change;
  std::string message; // the error begins with this
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }

class WrongFlag : public testing::TestWithParam<Wrong> {};

TEST_P(WrongFlag, IsRefusedByName) {
  Request request;
  GetParam().change(request);
  const std::string message = request_error(request);
  EXPECT_EQ(message.substr(0, GetParam().message.size()), GetParam().message) << message;
}

const std::vector<Wrong> cases = {
    {"memory_unit", [](Request& r) { r.memory = "12x"; },
     "--memory 12x: not a size; give a number of bytes, or one with b, k, m, g or t behind it (512m, 1.5g)"},
    {"memory_empty", [](Request& r) { r.memory = ""; }, "--memory \"\": not a size"},
    {"memory_negative", [](Request& r) { r.memory = "-5m"; }, "--memory -5m: not a size"},
    {"memory_point", [](Request& r) { r.memory = "1.m"; }, "--memory 1.m: not a size"},
    {"memory_points", [](Request& r) { r.memory = "1.2.3m"; }, "--memory 1.2.3m: not a size"},
    {"memory_huge", [](Request& r) { r.memory = "9999999999999g"; }, "--memory 9999999999999g: larger than any memory"},
    {"memory_huge_shift", [](Request& r) { r.memory = "9223372036854775807k"; },
     "--memory 9223372036854775807k: larger"},
    {"memory_small", [](Request& r) { r.memory = "1m"; }, "--memory 1m: too little; at least 6m"},
    {"memory_control", [](Request& r) { r.memory = "1\x1b[0m"; }, "--memory 1\\x1b[0m: not a size"},
    {"swap_alone", [](Request& r) { r.memory_swap = "1g"; }, "--memory-swap 1g: needs --memory"},
    {"swap_below",
     [](Request& r) {
       r.memory = "2g";
       r.memory_swap = "1g";
     },
     "--memory-swap 1g: is memory and swap together: at least --memory 2g"},
    {"reservation",
     [](Request& r) {
       r.memory = "1g";
       r.memory_reservation = "2g";
     },
     "--memory-reservation 2g: larger than --memory 1g"},
    {"swappiness", [](Request& r) { r.memory_swappiness = "101"; },
     "--memory-swappiness 101: not a number from 0 to 100"},
    {"pids", [](Request& r) { r.pids_limit = "many"; }, "--pids-limit many: not a number of -1 or more"},
    {"oom_score", [](Request& r) { r.oom_score_adj = "2000"; },
     "--oom-score-adj 2000: not a number from -1000 to 1000"},
    {"cpus", [](Request& r) { r.cpus = "lots"; }, "--cpus lots: not a number such as 1.5"},
    {"cpus_empty", [](Request& r) { r.cpus = ""; }, "--cpus \"\": not a number such as 1.5"},
    {"cpus_too_many", [](Request& r) { r.cpus = "64"; }, "--cpus 64: not from 0.01 to 4"},
    {"cpus_and_quota",
     [](Request& r) {
       r.cpus = "1";
       r.cpu_quota = "5000";
     },
     "--cpus 1: does not go with --cpu-period and --cpu-quota"},
    {"cpu_shares", [](Request& r) { r.cpu_shares = "1"; }, "--cpu-shares 1: not a number from 2 to 262144"},
    {"cpu_quota", [](Request& r) { r.cpu_quota = "10"; }, "--cpu-quota 10: at least 1000 microseconds, or -1"},
    {"cpuset", [](Request& r) { r.cpuset_cpus = "3-1"; },
     "--cpuset-cpus 3-1: not a list of numbers and ranges (0-3,7)"},
    {"blkio", [](Request& r) { r.blkio_weight = "5"; }, "--blkio-weight 5: not a number from 10 to 1000"},
    {"env", [](Request& r) { r.env = {"=x"}; }, "--env =x: not of the form NAME=VALUE or NAME"},
    {"env_file", [](Request& r) { r.env_file = {"missing"}; }, "--env-file missing: its content was not handed in"},
    {"env_file_line",
     [](Request& r) {
       r.env_file = {"f"};
       r.files["f"] = "A=1\nnot a name=2\n";
     },
     "--env-file f:2 not a name=2: not of the form"},
    {"user_unknown", [](Request& r) { r.user = "wep"; },
     "--user wep: no user wep in the image's /etc/passwd; did you mean web?"},
    {"user_range", [](Request& r) { r.user = "4294967295"; },
     "--user 4294967295: 4294967295 is out of range (0 to 4294967294)"},
    {"user_huge", [](Request& r) { r.user = "99999999999999999999"; }, "--user 99999999999999999999: 999"},
    {"user_empty", [](Request& r) { r.user = ""; }, "--user \"\": not of the form USER or USER:GROUP"},
    {"user_colons", [](Request& r) { r.user = "a:b:c"; }, "--user a:b:c: not of the form USER or USER:GROUP"},
    {"user_colon_only", [](Request& r) { r.user = "web:"; }, "--user web:: not of the form USER or USER:GROUP"},
    {"user_negative", [](Request& r) { r.user = "-1"; }, "--user -1: no user -1 in the image's /etc/passwd"},
    {"group_unknown", [](Request& r) { r.user = "web:wheels"; },
     "--user web:wheels: no group wheels in the image's /etc/group; did you mean wheel?"},
    {"group_add", [](Request& r) { r.group_add = {"nope"}; },
     "--group-add nope: no group nope in the image's /etc/group"},
    {"workdir", [](Request& r) { r.workdir = "srv"; }, "--workdir srv: not an absolute path"},
    {"umask", [](Request& r) { r.umask = "0999"; }, "--umask 0999: not an octal number from 0 to 0777"},
    {"hostname_long", [](Request& r) { r.hostname = std::string(65, 'a'); }, "--hostname aaa"},
    {"hostname_blank", [](Request& r) { r.hostname = "a b"; }, "--hostname a b: not a name of 1 to 64 characters"},
    {"hostname_without_uts",
     [](Request& r) {
       r.uts = "host";
       r.hostname = "x";
     },
     "--hostname x: cannot be set in the host's uts namespace"},
    {"volume_form", [](Request& r) { r.volume = {"/only"}; },
     "--volume /only: not of the form SOURCE:DESTINATION[:OPTIONS]"},
    {"volume_named", [](Request& r) { r.volume = {"data:/x"}; },
     "--volume data:/x: the source must be a path that begins with / or ."},
    {"volume_option", [](Request& r) { r.volume = {"/a:/b:rw,magic"}; },
     "--volume /a:/b:rw,magic: magic is not an option of it"},
    {"volume_empty_option", [](Request& r) { r.volume = {"/a:/b:"}; }, "--volume /a:/b:: an empty option"},
    {"volume_root", [](Request& r) { r.volume = {"/a:/x/.."}; }, "--volume /a:/x/..: the destination cannot be /"},
    {"volume_relative", [](Request& r) { r.volume = {"/a:b"}; },
     "--volume /a:b: the destination must be an absolute path"},
    {"volume_twice",
     [](Request& r) {
       r.volume = {"/a:/x", "/b:/x/"};
     },
     "--volume /b:/x/: --volume /a:/x is mounted there already"},
    {"mount_key", [](Request& r) { r.mount = {"type=bind,src=/a,dst=/b,colour=red"}; },
     "--mount type=bind,src=/a,dst=/b,colour=red: colour is not a key it knows"},
    {"mount_type", [](Request& r) { r.mount = {"src=/a,dst=/b"}; },
     "--mount src=/a,dst=/b: type is bind or tmpfs, not volume"},
    {"mount_propagation", [](Request& r) { r.mount = {"type=bind,src=/a,dst=/b,bind-propagation=lazy"}; },
     "--mount type=bind,src=/a,dst=/b,bind-propagation=lazy: bind-propagation is private"},
    {"mount_quote", [](Request& r) { r.mount = {"type=bind,\"src=/a"}; },
     "--mount type=bind,\"src=/a: a quote is not closed"},
    {"tmpfs_option", [](Request& r) { r.tmpfs = {"/x:uid=0x"}; },
     "--tmpfs /x:uid=0x: uid=0x is not an option of tmpfs"},
    {"tmpfs_mode", [](Request& r) { r.tmpfs = {"/x:mode=77777"}; },
     "--tmpfs /x:mode=77777: mode=77777 is not an option"},
    {"tmpfs_size", [](Request& r) { r.tmpfs = {"/x:size=1q"}; }, "--tmpfs /x:size=1q: size 1q: not a size"},
    {"shm", [](Request& r) { r.shm_size = "0"; }, "--shm-size 0: must be more than nothing"},
    {"propagation", [](Request& r) { r.rootfs_propagation = "x"; }, "--rootfs-propagation x: not private"},
    {"image_volume", [](Request& r) { r.image_volume = "keep"; }, "--image-volume keep: not tmpfs or ignore"},
    {"cap_add", [](Request& r) { r.cap_add = {"NET_ADMIM"}; },
     "--cap-add NET_ADMIM: no such capability; did you mean NET_ADMIN?"},
    {"cap_drop", [](Request& r) { r.cap_drop = {"everything"}; }, "--cap-drop everything: no such capability"},
    {"security", [](Request& r) { r.security_opt = {"magic=1"}; }, "--security-opt magic=1: not no-new-privileges"},
    {"security_nnp", [](Request& r) { r.security_opt = {"no-new-privileges=maybe"}; },
     "--security-opt no-new-privileges=maybe: no-new-privileges is true or false"},
    {"seccomp_file", [](Request& r) { r.security_opt = {"seccomp=p.json"}; },
     "--security-opt seccomp p.json: its content"},
    {"seccomp_bad",
     [](Request& r) {
       r.security_opt = {"seccomp=p.json"};
       r.files["p.json"] = "{\"defaultAction\": 5}";
     },
     "--security-opt seccomp p.json: defaultAction"},
    {"seccomp_rule",
     [](Request& r) {
       r.security_opt = {"seccomp=p.json"};
       r.files["p.json"] =
           R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["a"], "action": "SCMP_ACT_ALLOW",
                               "includes": {"caps": "CAP_X"}}]})";
     },
     "--security-opt seccomp p.json: syscalls[0].includes.caps: a list of strings is expected"},
    {"device", [](Request& r) { r.device = {"/dev/nope"}; }, "--device /dev/nope: no device /dev/nope on this machine"},
    {"device_form", [](Request& r) { r.device = {"null"}; }, "--device null: not of the form HOST[:CONTAINER][:rwm]"},
    {"device_access", [](Request& r) { r.device = {"/dev/null:/dev/x:q"}; },
     "--device /dev/null:/dev/x:q: not of the form"},
    {"device_rule", [](Request& r) { r.device_cgroup_rule = {"c 1 rw"}; },
     "--device-cgroup-rule c 1 rw: not of the form"},
    {"ulimit_name", [](Request& r) { r.ulimit = {"files=1"}; }, "--ulimit files=1: no such limit; there are core, cpu"},
    {"ulimit_value", [](Request& r) { r.ulimit = {"nofile=x"}; },
     "--ulimit nofile=x: not of the form NAME=SOFT[:HARD]"},
    {"ulimit_order", [](Request& r) { r.ulimit = {"nofile=2:1"}; },
     "--ulimit nofile=2:1: the soft limit is above the hard one"},
    {"sysctl_host", [](Request& r) { r.sysctl = {"kernel.panic=1"}; },
     "--sysctl kernel.panic=1: not a setting of a container's own"},
    {"sysctl_no_namespace",
     [](Request& r) {
       r.net = "host";
       r.sysctl = {"net.core.somaxconn=1"};
     },
     "--sysctl net.core.somaxconn=1: would change the host's: the container has no network namespace"},
    {"sysctl_newline", [](Request& r) { r.sysctl = {"net.a=1\nkernel.panic=1"}; },
     "--sysctl net.a=1\\x0akernel.panic=1: not of"},
    {"sysctl_dots", [](Request& r) { r.sysctl = {"net..ipv4=1"}; }, "--sysctl net..ipv4=1: not of the form NAME=VALUE"},
    {"net", [](Request& r) { r.net = "bridge"; }, "--net bridge: not none, host or ns:PATH"},
    {"pid", [](Request& r) { r.pid = "ns:relative"; }, "--pid relative: not an absolute path"},
    {"label", [](Request& r) { r.label = {"novalue"}; }, "--label novalue: not of the form NAME=VALUE"},
    {"stop_signal", [](Request& r) { r.stop_signal = "SIGNOPE"; },
     "--stop-signal SIGNOPE: not a signal's name or number"},
    {"entrypoint_json", [](Request& r) { r.entrypoint = "[1]"; }, "--entrypoint [1]: not a list of strings"},
    {"no_command", [](Request& r) { r.entrypoint = ""; },
     "no command: --entrypoint drops the image's Cmd and none was given"},
    {"empty_command", [](Request& r) { r.command = {""}; }, "no command: the first word is empty"},
};

INSTANTIATE_TEST_SUITE_P(All, WrongFlag, testing::ValuesIn(cases),
                         [](const testing::TestParamInfo<Wrong>& each) { return std::string(each.param.name); });

TEST(Errors, AnImageWithoutCommandSaysSo) {
  spec::ImageConfig image = plain_image();
  image.config->cmd.clear();
  EXPECT_EQ(error_of([&] { generate_with({}, image); }),
            "no command: the image has neither Entrypoint nor Cmd, so name the program to run");
}

TEST(Errors, AnImageForAnotherSystemIsRefused) {
  spec::ImageConfig image = plain_image();
  image.os = "windows";
  EXPECT_EQ(error_of([&] { generate_with({}, image); }), "the image is for windows, not for linux");
}

TEST(Errors, AnUnknownEngineNamesThoseThereAre) {
  EXPECT_EQ(error_of([] { engine("dokcer"); }).substr(0, 34), "--engine dokcer: not one of docker");
}

TEST(Bytes, AreReadAsDockerReadsThem) {
  EXPECT_EQ(parse_bytes("--m", "0"), 0);
  EXPECT_EQ(parse_bytes("--m", "123"), 123);
  EXPECT_EQ(parse_bytes("--m", "123b"), 123);
  EXPECT_EQ(parse_bytes("--m", "2K"), 2048);
  EXPECT_EQ(parse_bytes("--m", "2kb"), 2048);
  EXPECT_EQ(parse_bytes("--m", "2KiB"), 2048);
  EXPECT_EQ(parse_bytes("--m", "1.5m"), 1572864);
  EXPECT_EQ(parse_bytes("--m", "0.25g"), 268435456);
  EXPECT_EQ(parse_bytes("--m", "1t"), std::int64_t{1} << 40);
  EXPECT_EQ(parse_bytes("--m", "9223372036854775807"), std::numeric_limits<std::int64_t>::max());
}

} // namespace
} // namespace oci::specgen::test
