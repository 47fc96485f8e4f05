// Each flag and the exact change it makes to config.json: nothing else may differ, and what differs has the flag as its
// origin.
#include "helpers.h"

#include <functional>
#include <map>

namespace oci::specgen::test {
namespace {

std::map<std::string, std::string> leaves_of(const Generated& generated) {
  const Json json = json_of(generated);
  std::map<std::string, std::string> leaves;
  for (const Leaf& leaf : explain(json, generated.provenance)) leaves[leaf.path] = dump_json(*leaf.value);
  return leaves;
}

std::map<std::string, std::string> origins_of(const Generated& generated) {
  const Json json = json_of(generated);
  std::map<std::string, std::string> origins;
  for (const Leaf& leaf : explain(json, generated.provenance))
    origins[leaf.path] = leaf.origin == nullptr ? "NONE" : origin_text(*leaf.origin);
  return origins;
}

// "+path=value" for what is new or different, "-path" for what is gone; one line each, sorted by path.
std::string difference(const Generated& before, const Generated& after) {
  const auto old_leaves = leaves_of(before);
  const auto new_leaves = leaves_of(after);
  std::map<std::string, std::string> lines;
  for (const auto& [path, value] : old_leaves)
    if (new_leaves.count(path) == 0) lines[path] = "-" + path + "\n";
  for (const auto& [path, value] : new_leaves)
    if (const auto old = old_leaves.find(path); old == old_leaves.end() || old->second != value)
      lines[path] = "+" + path + "=" + value + "\n";
  std::string text;
  for (const auto& [path, line] : lines) text += line;
  return text;
}

struct Case {
  const char* name;
  std::function<void(Request&)> change;
  std::string difference;
  std::string origin; // of every line with "+"; "" where they are several
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Flag : public testing::TestWithParam<Case> {};

TEST_P(Flag, ChangesExactlyThis) {
  const Generated before = generate_with({});
  Request request;
  GetParam().change(request);
  const Generated after = generate_with(request);
  EXPECT_EQ(difference(before, after), GetParam().difference);
  if (GetParam().origin.empty()) return;
  const auto old_leaves = leaves_of(before);
  const auto origins = origins_of(after);
  for (const auto& [path, value] : leaves_of(after))
    if (const auto old = old_leaves.find(path); old == old_leaves.end() || old->second != value) {
      EXPECT_EQ(origins.at(path), GetParam().origin) << path;
    }
}

const std::vector<Case> cases = {
    {"command",
     [](Request& r) {
       r.command = {"echo", "hi"};
     },
     "+process.args[0]=\"echo\"\n+process.args[1]=\"hi\"\n", "flag command"},
    {"entrypoint", [](Request& r) { r.entrypoint = "/bin/ls"; }, "+process.args[0]=\"/bin/ls\"\n", "flag --entrypoint"},
    {"entrypoint_list", [](Request& r) { r.entrypoint = "[\"/bin/ls\", \"-l\"]"; },
     "+process.args[0]=\"/bin/ls\"\n+process.args[1]=\"-l\"\n", "flag --entrypoint"},
    {"entrypoint_named_bracket", [](Request& r) { r.entrypoint = "["; }, "+process.args[0]=\"[\"\n",
     "flag --entrypoint"},
    {"entrypoint_cleared",
     [](Request& r) {
       r.entrypoint = "";
       r.command = {"id"};
     },
     "+process.args[0]=\"id\"\n", "flag command"},
    {"env", [](Request& r) { r.env = {"A=1"}; }, "+process.env[A]=\"A=1\"\n", "flag --env"},
    {"env_of_caller",
     [](Request& r) {
       r.env = {"LANG"};
       r.environment = {"LANGUAGE=x", "LANG=de_DE"};
     },
     "+process.env[LANG]=\"LANG=de_DE\"\n", "flag --env"},
    {"env_unset_at_caller", [](Request& r) { r.env = {"NOPE"}; }, "", ""},
    {"env_unsets_default", [](Request& r) { r.env = {"PATH"}; }, "-process.env[PATH]\n", ""},
    {"env_file",
     [](Request& r) {
       r.env_file = {"vars"};
       r.files["vars"] = "# comment\n\nA=1\r\n  B=two words \nUNSET\n";
     },
     "+process.env[A]=\"A=1\"\n+process.env[B]=\"B=two words \"\n", ""},
    {"workdir", [](Request& r) { r.workdir = "/srv//x/../y/"; }, "+process.cwd=\"/srv/y\"\n", "flag --workdir"},
    {"hostname", [](Request& r) { r.hostname = "box"; }, "+hostname=\"box\"\n+process.env[HOSTNAME]=\"HOSTNAME=box\"\n",
     ""},
    {"domainname", [](Request& r) { r.domainname = "example.org"; }, "+domainname=\"example.org\"\n",
     "flag --domainname"},
    {"umask", [](Request& r) { r.umask = "027"; }, "+process.user.umask=23\n", "flag --umask"},
    {"tty", [](Request& r) { r.tty = true; }, "+process.env[TERM]=\"TERM=xterm\"\n+process.terminal=true\n", ""},
    {"group_add",
     [](Request& r) {
       r.group_add = {"logs", "7", "wheel"};
     },
     "+process.user.additionalGids[2]=33\n+process.user.additionalGids[3]=7\n", "flag --group-add"},
    {"volume", [](Request& r) { r.volume = {"/host:/in"}; },
     "+mounts[/in].destination=\"/in\"\n+mounts[/in].options[0]=\"rbind\"\n+mounts[/in].options[1]=\"rprivate\"\n"
     "+mounts[/in].source=\"/host\"\n+mounts[/in].type=\"bind\"\n",
     "flag --volume"},
    {"volume_read_only", [](Request& r) { r.volume = {"/host:/in:ro"}; },
     "+mounts[/in].destination=\"/in\"\n+mounts[/in].options[0]=\"rbind\"\n+mounts[/in].options[1]=\"ro\"\n"
     "+mounts[/in].options[2]=\"rro\"\n+mounts[/in].options[3]=\"rprivate\"\n"
     "+mounts[/in].source=\"/host\"\n+mounts[/in].type=\"bind\"\n",
     "flag --volume"},
    {"volume_relative_and_shared",
     [](Request& r) {
       r.folder = "/home/me";
       r.volume = {"../you:/in:rshared,noexec"};
     },
     "+linux.rootfsPropagation=\"shared\"\n"
     "+mounts[/in].destination=\"/in\"\n+mounts[/in].options[0]=\"rbind\"\n+mounts[/in].options[1]=\"rshared\"\n"
     "+mounts[/in].options[2]=\"noexec\"\n+mounts[/in].source=\"/home/you\"\n+mounts[/in].type=\"bind\"\n",
     "flag --volume"},
    {"mount_bind",
     [](Request& r) {
       r.mount = {"type=bind,src=/host,dst=/in,readonly,bind-recursive=writable,bind-propagation=rslave"};
     },
     "+linux.rootfsPropagation=\"rslave\"\n"
     "+mounts[/in].destination=\"/in\"\n+mounts[/in].options[0]=\"rbind\"\n+mounts[/in].options[1]=\"ro\"\n"
     "+mounts[/in].options[2]=\"rslave\"\n+mounts[/in].source=\"/host\"\n+mounts[/in].type=\"bind\"\n",
     "flag --mount"},
    {"mount_quoted", [](Request& r) { r.mount = {"type=bind,\"source=/a,b\",target=/in,bind-recursive=disabled"}; },
     "+mounts[/in].destination=\"/in\"\n+mounts[/in].options[0]=\"bind\"\n+mounts[/in].options[1]=\"rprivate\"\n"
     "+mounts[/in].source=\"/a,b\"\n+mounts[/in].type=\"bind\"\n",
     "flag --mount"},
    {"mount_tmpfs", [](Request& r) { r.mount = {"type=tmpfs,target=/run,tmpfs-size=1m,tmpfs-mode=1777"}; },
     "+mounts[/run].destination=\"/run\"\n+mounts[/run].options[0]=\"noexec\"\n+mounts[/run].options[1]=\"nosuid\"\n"
     "+mounts[/run].options[2]=\"nodev\"\n+mounts[/run].options[3]=\"rprivate\"\n"
     "+mounts[/run].options[4]=\"size=1048576\"\n+mounts[/run].options[5]=\"mode=1777\"\n"
     "+mounts[/run].source=\"tmpfs\"\n+mounts[/run].type=\"tmpfs\"\n",
     "flag --mount"},
    {"tmpfs", [](Request& r) { r.tmpfs = {"/run:exec,size=64k,size=128k"}; },
     "+mounts[/run].destination=\"/run\"\n+mounts[/run].options[0]=\"exec\"\n+mounts[/run].options[1]=\"nosuid\"\n"
     "+mounts[/run].options[2]=\"nodev\"\n+mounts[/run].options[3]=\"rprivate\"\n"
     "+mounts[/run].options[4]=\"size=131072\"\n+mounts[/run].source=\"tmpfs\"\n+mounts[/run].type=\"tmpfs\"\n",
     "flag --tmpfs"},
    {"shm_size", [](Request& r) { r.shm_size = "1g"; }, "+mounts[/dev/shm].options[4]=\"size=1073741824\"\n",
     "flag --shm-size"},
    {"read_only", [](Request& r) { r.read_only = true; }, "+root.readonly=true\n", "flag --read-only"},
    {"rootfs_propagation", [](Request& r) { r.rootfs_propagation = "slave"; }, "+linux.rootfsPropagation=\"slave\"\n",
     "flag --rootfs-propagation"},
    {"rootfs", [](Request& r) { r.rootfs = "/srv/debian"; }, "+root.path=\"/srv/debian\"\n", ""},
    {"cap_drop",
     [](Request& r) {
       r.cap_drop = {"mknod", "CAP_KILL"};
     },
     "-process.capabilities.bounding[CAP_KILL]\n-process.capabilities.bounding[CAP_MKNOD]\n"
     "-process.capabilities.effective[CAP_KILL]\n-process.capabilities.effective[CAP_MKNOD]\n"
     "-process.capabilities.permitted[CAP_KILL]\n-process.capabilities.permitted[CAP_MKNOD]\n",
     ""},
    {"no_new_privileges", [](Request& r) { r.security_opt = {"no-new-privileges"}; }, "+process.noNewPrivileges=true\n",
     "flag --security-opt no-new-privileges"},
    {"apparmor", [](Request& r) { r.security_opt = {"apparmor=mine"}; }, "+process.apparmorProfile=\"mine\"\n",
     "flag --security-opt apparmor"},
    {"mask", [](Request& r) { r.security_opt = {"mask=/a:/proc/kcore"}; }, "+linux.maskedPaths[/a]=\"/a\"\n",
     "flag --security-opt mask"},
    {"unmask", [](Request& r) { r.security_opt = {"unmask=/proc/kcore:/proc/sys"}; },
     "-linux.maskedPaths[/proc/kcore]\n-linux.readonlyPaths[/proc/sys]\n", ""},
    {"label_disable", [](Request& r) { r.security_opt = {"label=disable"}; }, "", ""},
    {"memory", [](Request& r) { r.memory = "64m"; },
     "+linux.resources.memory.limit=67108864\n+linux.resources.memory.swap=134217728\n", "flag --memory"},
    {"memory_none", [](Request& r) { r.memory = "0"; }, "", ""},
    {"memory_and_swap",
     [](Request& r) {
       r.memory = "1.5g";
       r.memory_swap = "-1";
     },
     "+linux.resources.memory.limit=1610612736\n+linux.resources.memory.swap=-1\n", ""},
    {"memory_reservation", [](Request& r) { r.memory_reservation = "10mb"; },
     "+linux.resources.memory.reservation=10485760\n", "flag --memory-reservation"},
    {"memory_swappiness", [](Request& r) { r.memory_swappiness = "0"; }, "+linux.resources.memory.swappiness=0\n",
     "flag --memory-swappiness"},
    {"oom_kill_disable", [](Request& r) { r.oom_kill_disable = true; },
     "+linux.resources.memory.disableOOMKiller=true\n", "flag --oom-kill-disable"},
    {"oom_score_adj", [](Request& r) { r.oom_score_adj = "-5"; }, "+process.oomScoreAdj=-5\n", "flag --oom-score-adj"},
    {"cpus", [](Request& r) { r.cpus = "1.25"; },
     "+linux.resources.cpu.period=100000\n+linux.resources.cpu.quota=125000\n", "flag --cpus"},
    {"cpus_fraction", [](Request& r) { r.cpus = ".5"; },
     "+linux.resources.cpu.period=100000\n+linux.resources.cpu.quota=50000\n", "flag --cpus"},
    {"cpus_none", [](Request& r) { r.cpus = "0.0"; }, "", ""},
    {"cpu_shares", [](Request& r) { r.cpu_shares = "512"; }, "+linux.resources.cpu.shares=512\n", "flag --cpu-shares"},
    {"cpu_period", [](Request& r) { r.cpu_period = "50000"; }, "+linux.resources.cpu.period=50000\n",
     "flag --cpu-period"},
    {"cpu_quota", [](Request& r) { r.cpu_quota = "-1"; }, "+linux.resources.cpu.quota=-1\n", "flag --cpu-quota"},
    {"cpuset", [](Request& r) { r.cpuset_cpus = "0-1,3"; }, "+linux.resources.cpu.cpus=\"0-1,3\"\n",
     "flag --cpuset-cpus"},
    {"cpuset_mems", [](Request& r) { r.cpuset_mems = "0"; }, "+linux.resources.cpu.mems=\"0\"\n", "flag --cpuset-mems"},
    {"pids_limit", [](Request& r) { r.pids_limit = "100"; }, "+linux.resources.pids.limit=100\n", "flag --pids-limit"},
    {"pids_unlimited", [](Request& r) { r.pids_limit = "0"; }, "+linux.resources.pids.limit=-1\n", "flag --pids-limit"},
    {"blkio_weight", [](Request& r) { r.blkio_weight = "500"; }, "+linux.resources.blockIO.weight=500\n",
     "flag --blkio-weight"},
    {"ulimit", [](Request& r) { r.ulimit = {"nofile=1024:2048"}; },
     "+process.rlimits[RLIMIT_NOFILE].hard=2048\n+process.rlimits[RLIMIT_NOFILE].soft=1024\n"
     "+process.rlimits[RLIMIT_NOFILE].type=\"RLIMIT_NOFILE\"\n",
     "flag --ulimit"},
    {"ulimit_unlimited", [](Request& r) { r.ulimit = {"core=0:-1"}; },
     "+process.rlimits[RLIMIT_CORE].hard=18446744073709551615\n+process.rlimits[RLIMIT_CORE].soft=0\n"
     "+process.rlimits[RLIMIT_CORE].type=\"RLIMIT_CORE\"\n",
     "flag --ulimit"},
    {"sysctl", [](Request& r) { r.sysctl = {"net/core/somaxconn=1024"}; },
     "+linux.sysctl[net.core.somaxconn]=\"1024\"\n", "flag --sysctl"},
    {"net_none", [](Request& r) { r.net = "none"; }, "", ""},
    {"net_path", [](Request& r) { r.net = "ns:/run/netns/a"; },
     "+linux.namespaces[network].path=\"/run/netns/a\"\n"
     "-linux.sysctl[net.ipv4.ip_unprivileged_port_start]\n-linux.sysctl[net.ipv4.ping_group_range]\n"
     "+mounts[/etc/hostname].destination=\"/etc/hostname\"\n"
     "+mounts[/etc/hostname].options[0]=\"bind\"\n"
     "+mounts[/etc/hostname].options[1]=\"rprivate\"\n"
     "+mounts[/etc/hostname].source=\"hostname\"\n"
     "+mounts[/etc/hostname].type=\"bind\"\n"
     "+mounts[/etc/hosts].destination=\"/etc/hosts\"\n"
     "+mounts[/etc/hosts].options[0]=\"bind\"\n"
     "+mounts[/etc/hosts].options[1]=\"rprivate\"\n"
     "+mounts[/etc/hosts].source=\"hosts\"\n"
     "+mounts[/etc/hosts].type=\"bind\"\n"
     "+mounts[/etc/resolv.conf].destination=\"/etc/resolv.conf\"\n"
     "+mounts[/etc/resolv.conf].options[0]=\"bind\"\n"
     "+mounts[/etc/resolv.conf].options[1]=\"rprivate\"\n"
     "+mounts[/etc/resolv.conf].source=\"resolv.conf\"\n"
     "+mounts[/etc/resolv.conf].type=\"bind\"\n",
     "flag --net"},
    {"net_host", [](Request& r) { r.net = "host"; },
     "+hostname=\"metal\"\n-linux.namespaces[network].type\n"
     "-linux.sysctl[net.ipv4.ip_unprivileged_port_start]\n-linux.sysctl[net.ipv4.ping_group_range]\n"
     "+mounts[/etc/hostname].destination=\"/etc/hostname\"\n"
     "+mounts[/etc/hostname].options[0]=\"bind\"\n"
     "+mounts[/etc/hostname].options[1]=\"rprivate\"\n"
     "+mounts[/etc/hostname].source=\"hostname\"\n"
     "+mounts[/etc/hostname].type=\"bind\"\n"
     "+mounts[/etc/hosts].destination=\"/etc/hosts\"\n"
     "+mounts[/etc/hosts].options[0]=\"bind\"\n"
     "+mounts[/etc/hosts].options[1]=\"rprivate\"\n"
     "+mounts[/etc/hosts].source=\"hosts\"\n"
     "+mounts[/etc/hosts].type=\"bind\"\n"
     "+mounts[/etc/resolv.conf].destination=\"/etc/resolv.conf\"\n"
     "+mounts[/etc/resolv.conf].options[0]=\"bind\"\n"
     "+mounts[/etc/resolv.conf].options[1]=\"rprivate\"\n"
     "+mounts[/etc/resolv.conf].source=\"resolv.conf\"\n"
     "+mounts[/etc/resolv.conf].type=\"bind\"\n"
     "+process.env[HOSTNAME]=\"HOSTNAME=metal\"\n",
     ""},
    {"pid_host", [](Request& r) { r.pid = "host"; }, "-linux.namespaces[pid].type\n", ""},
    {"cgroupns_host", [](Request& r) { r.cgroupns = "host"; }, "-linux.namespaces[cgroup].type\n", ""},
    {"uts_host", [](Request& r) { r.uts = "host"; }, "-hostname\n-linux.namespaces[uts].type\n-process.env[HOSTNAME]\n",
     ""},
    {"ipc_host", [](Request& r) { r.ipc = "host"; },
     "-linux.namespaces[ipc].type\n"
     "+mounts[/dev/shm].options[0]=\"rbind\"\n+mounts[/dev/shm].options[1]=\"nosuid\"\n"
     "+mounts[/dev/shm].options[2]=\"noexec\"\n+mounts[/dev/shm].options[3]=\"nodev\"\n"
     "+mounts[/dev/shm].options[4]=\"rprivate\"\n+mounts[/dev/shm].source=\"/dev/shm\"\n+mounts[/dev/"
     "shm].type=\"bind\"\n",
     "flag --ipc"},
    {"label", [](Request& r) { r.label = {"a=b=c"}; }, "+annotations[a]=\"b=c\"\n", "flag --label"},
    {"annotation", [](Request& r) { r.annotation = {"run.oci.x=1"}; }, "+annotations[run.oci.x]=\"1\"\n",
     "flag --annotation"},
    {"stop_signal", [](Request& r) { r.stop_signal = "SIGQUIT"; },
     "+annotations[org.opencontainers.image.stopSignal]=\"SIGQUIT\"\n", "flag --stop-signal"},
    {"cgroup_parent", [](Request& r) { r.cgroup_parent = "/jobs"; }, "+linux.cgroupsPath=\"/jobs/oci\"\n",
     "flag --cgroup-parent"},
    {"cgroup_parent_slice", [](Request& r) { r.cgroup_parent = "user.slice"; },
     "+linux.cgroupsPath=\"user.slice:oci:oci\"\n", "flag --cgroup-parent"},
    {"hugetlb_limit", [](Request& r) { r.hugetlb_limit = {"2MB=64m"}; },
     "+linux.resources.hugepageLimits[0].limit=67108864\n+linux.resources.hugepageLimits[0].pageSize=\"2MB\"\n",
     "flag --hugetlb-limit"},
    {"idroot",
     [](Request& r) {
       r.idroot = "100000";
       r.idlen = "10";
     },
     "+linux.gidMappings[0].containerID=0\n+linux.gidMappings[0].hostID=100000\n+linux.gidMappings[0].size=10\n"
     "+linux.namespaces[user].type=\"user\"\n-linux.sysctl[net.ipv4.ping_group_range]\n"
     "+linux.uidMappings[0].containerID=0\n+linux.uidMappings[0].hostID=100000\n+linux.uidMappings[0].size=10\n",
     "flag --idroot"},
    {"hook", [](Request& r) { r.hook = {"poststop:/bin/echo a b"}; },
     "+hooks.poststop[0].args[0]=\"/bin/echo\"\n+hooks.poststop[0].args[1]=\"a\"\n"
     "+hooks.poststop[0].args[2]=\"b\"\n+hooks.poststop[0].path=\"/bin/echo\"\n",
     "flag --hook"},
    {"label_type", [](Request& r) { r.security_opt = {"label=type:my_t"}; },
     "+process.selinuxLabel=\"system_u:system_r:my_t:s0\"\n", "flag --security-opt label"},
    {"container_id", [](Request& r) { r.container_id = "0123456789abcdef"; },
     "+hostname=\"0123456789ab\"\n+process.env[HOSTNAME]=\"HOSTNAME=0123456789ab\"\n", "engine docker"},
};

INSTANTIATE_TEST_SUITE_P(All, Flag, testing::ValuesIn(cases),
                         [](const testing::TestParamInfo<Case>& each) { return std::string(each.param.name); });

} // namespace
} // namespace oci::specgen::test
