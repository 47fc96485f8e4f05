// config.json made of three things: what the image wants, what the engine gives every container, what the user said.
// generate() is pure: no file, no clock, no environment, no privilege; the same input gives the same output. What it
// needs to know of the machine and of files is handed in (HostFacts, Request::files, UserFiles). read_user_files is the
// only I/O here.
#pragma once

#include "spec/image.h"
#include "spec/runtime_config.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace oci::specgen {

// ---- what the user said: flags as typed, nothing parsed. Absent is nullopt, false or empty ----
struct Request {
  std::vector<std::string> command;      // the words after the image; replace the image's Cmd
  std::optional<std::string> entrypoint; // --entrypoint PROGRAM or ["JSON", "list"]; drops the image's Cmd; "" clears
  std::vector<std::string> env;          // -e NAME=VALUE, or NAME: the caller's value
  std::vector<std::string> env_file;     // --env-file PATH; the text comes in `files`
  std::optional<std::string> user;       // -u NAME|UID[:GROUP|GID]
  std::vector<std::string> group_add;    // --group-add NAME|GID
  std::optional<std::string> workdir;    // -w PATH
  std::optional<std::string> hostname;   // -h
  std::optional<std::string> domainname; // --domainname
  std::optional<std::string> umask;      // --umask 0022
  bool tty = false;                      // -t (-i is cli's alone: it leaves no trace in config.json)

  std::vector<std::string> volume;         // -v SOURCE:DESTINATION[:OPTIONS]
  std::vector<std::string> mount;          // --mount type=bind,source=…,target=…
  std::vector<std::string> tmpfs;          // --tmpfs DESTINATION[:OPTIONS]
  std::optional<std::string> shm_size;     // --shm-size 64m
  std::optional<std::string> image_volume; // --image-volume tmpfs (starting with the image's content) or ignore;
                                           // without it the image's volumes are what they are in its root file system
  bool read_only = false;                  // --read-only
  std::optional<std::string> rootfs_propagation;

  std::vector<std::string> cap_add, cap_drop; // NAME with or without CAP_, ALL
  bool privileged = false;
  std::vector<std::string>
      security_opt; // no-new-privileges, seccomp=FILE|unconfined, apparmor=…, label=…, mask=…, unmask=…
  std::vector<std::string> device; // --device HOST[:CONTAINER][:rwm]
  std::vector<std::string> device_cgroup_rule;
  std::vector<std::string> ulimit; // --ulimit nofile=SOFT[:HARD]
  std::vector<std::string> sysctl; // --sysctl NAME=VALUE

  std::optional<std::string> memory, memory_reservation, memory_swap, memory_swappiness;
  bool oom_kill_disable = false;
  std::optional<std::string> oom_score_adj;
  std::optional<std::string> cpus, cpu_shares, cpu_period, cpu_quota, cpuset_cpus, cpuset_mems;
  std::optional<std::string> pids_limit;
  std::optional<std::string> blkio_weight;
  std::vector<std::string> blkio_weight_device;                 // --blkio-weight-device DEVICE:WEIGHT
  std::vector<std::string> device_read_bps, device_write_bps;   // --device-read-bps DEVICE:BYTES
  std::vector<std::string> device_read_iops, device_write_iops; // --device-read-iops DEVICE:NUMBER
  std::vector<std::string> hugetlb_limit;                       // --hugetlb-limit PAGESIZE=BYTES
  std::optional<std::string> cgroup_parent;                     // --cgroup-parent PATH

  std::optional<std::string> net, pid, ipc, uts, cgroupns, userns; // none|private, host, ns:PATH
  std::vector<std::string> uidmap, gidmap;                         // --uidmap CONTAINER:HOST:SIZE
  std::optional<std::string> idroot, idlen;                        // --idroot N --idlen N: both maps, from 0

  std::vector<std::string> add_host;                    // --add-host NAME:ADDRESS
  std::vector<std::string> dns, dns_search, dns_option; // what /etc/resolv.conf says
  std::optional<std::string> tz;                        // --tz ZONE, or local
  bool init = false;                                    // --init
  std::vector<std::string> hook;                        // --hook NAME:PROGRAM [ARGUMENT...]

  std::vector<std::string> label;         // --label NAME=VALUE: an annotation, as --annotation
  std::vector<std::string> annotation;    // --annotation NAME=VALUE
  std::optional<std::string> stop_signal; // --stop-signal TERM

  // Not flags: whose the root file system's files are. Given, the container has a user namespace with these maps.
  std::vector<spec::IdMapping> uid_mappings, gid_mappings;

  // Not flags: where the request comes from.
  std::vector<std::string> environment;     // the caller's, "NAME=VALUE"; read for -e NAME only
  std::string folder = "/";                 // the caller's current folder, absolute: relative -v sources start here
  std::string container_id;                 // names the host as Docker does, when known
  std::string rootfs = "rootfs";            // root.path
  std::map<std::string, std::string> files; // path as in needs() -> its text
};

// ---- what the machine is: gathered by cli ----
struct DeviceNode {
  char type = 'c'; // 'c' or 'b'
  std::int64_t major = 0, minor = 0;
  std::uint32_t mode = 0; // permission bits
  std::uint32_t uid = 0, gid = 0;
};

struct HostFacts {
  std::string architecture;                         // GOARCH: "amd64"; "" is the one this program was built for
  std::string hostname;                             // for a container in the host's network
  std::string kernel_release;                       // uname -r; "" is newer than all that is asked about
  std::optional<std::uint64_t> capabilities;        // our bounding set as a mask; nullopt: every one there is
  std::map<std::string, std::uint64_t> hard_limits; // "RLIMIT_NOFILE" -> ours; only read without CAP_SYS_RESOURCE
  unsigned cpus = 0;                                // online; 0: unknown
  std::vector<unsigned> thermal_throttle_cpus;      // N of each /sys/devices/system/cpu/cpuN/thermal_throttle
  std::vector<std::string> apparmor_profiles;       // loaded
  bool cgroup2 = false;                             // unified alone; v1 and hybrid are false
  std::map<std::string, DeviceNode> devices;        // as in needs(); all of /dev for a privileged container
  std::map<std::string, std::string> programs;      // as in needs(): name -> absolute path, when there is one
  std::string resolv_conf;                          // the host's, as it stands
};

// What generate() will look up: cli reads these files into Request::files and stats these devices into
// HostFacts::devices (a folder stands for the devices beneath it). Throws on flags whose form is wrong.
struct Needs {
  struct File {
    std::string path, named_by; // named_by: the flag and its value, for errors
  };
  std::vector<File> files;
  std::vector<std::string> devices;
  std::vector<std::string> programs; // looked for in $PATH; HostFacts::programs
};
Needs needs(const Request& request);

// ---- the image's own users ----
struct UserFile {
  std::string text;
  std::string problem; // why it could not be read; matters only if a name must be found. "" also when there is none
};
struct UserFiles {
  UserFile passwd, group;
};
// /etc/passwd and /etc/group beneath the rootfs: links resolved inside it, regular files only (a FIFO is not waited
// on), at most 1 MiB each. Never throws for what the image holds.
UserFiles read_user_files(int rootfs);

// ---- where a value comes from ----
struct Origin {
  enum class Kind { engine, image, user, host, configuration };
  Kind kind = Kind::engine;
  std::string name; // "docker", "config.Env", "--memory", "/etc/passwd", "/etc/oci/oci.toml:3"
  // The values this one replaced, newest first, each with its origin: "image config.Env: /usr/bin".
  std::vector<std::string> overridden;
};

// Paths are those of the JSON document with list elements named by what identifies them: "process.args[0]",
// "process.env[PATH]", "mounts[/proc].options[0]", "linux.namespaces[pid].type".
// An origin set for a path holds for all beneath it that has none of its own.
using Provenance = std::map<std::string, Origin>;

// Every leaf of the document with its origin; nullptr where none is known (a fault of ours).
struct Leaf {
  std::string path;
  const Json* value;
  const Origin* origin;
};
std::vector<Leaf> explain(const Json& config, const Provenance& provenance);

// "image config.Env", "engine docker", "flag --memory"
std::string origin_text(const Origin& origin);

// ---- the engine's defaults, as data ----
struct Engine {
  std::string name;
  spec::RuntimeConfig base;               // all that does not depend on image, user or host
  bool default_seccomp = false;           // the default profile, resolved for the container
  bool hostname_from_id = false;          // the container id's first 12 characters instead of base.hostname
  bool hostname_in_env = false;           // HOSTNAME=…
  std::vector<std::string> terminal_env;  // added with a terminal
  bool capabilities_of_root_only = false; // another user than 0 gets the bounding set alone
  // In a network namespace of the container's own, where its kernel takes them.
  std::map<std::string, std::string> sysctl;
  std::vector<std::string> read_only_tmpfs; // folders that can be written beneath --read-only
  std::string apparmor_profile;             // used when it is loaded
  bool mask_thermal_throttle = false;       // of each processor that has it
  bool is_file = false;                     // no engine but a config.json to build on; what it says of the user stands
};
// "docker", "podman", "containerd", "runc". Throws Error that names those there are.
const Engine& engine(std::string_view name);
// A config.json as the base, in an engine's place. `name` says which: "template FILE".
Engine engine_of_file(spec::RuntimeConfig base, std::string name);
std::vector<std::string> engine_names();

// ---- what an engine knows of a container of its own ----
// `docker inspect` of a container (the object, or a list of one) as the image and the flags that would make it:
// what the user then says goes over it. Podman's is near enough to be read as well.
struct Inspected {
  std::string name;               // as its engine calls it
  spec::ImageConfig image;        // Config: image and user are merged there already
  Request request;                // HostConfig and Mounts, as flags
  std::vector<std::string> notes; // what has no place in config.json and is left out: whole sentences
  // Flag -> where its value stood: "--memory" -> "docker inspect HostConfig.Memory". Take out those the user gave.
  std::map<std::string, std::string> sources;
};
// Throws Error for what is no such document.
Inspected read_inspected(std::string_view text, std::string_view name);

// Flags that a configuration file gave, beneath what the user said.
struct FileDefaults {
  std::map<std::string, std::string> sources;  // flag -> "/etc/oci/oci.toml:3"
  std::map<std::string, std::string> replaced; // of these, what the user gave another value for -> the file's value
  std::set<std::string> extended;              // of these, the lists that the user added to
};

// A config.json taken from a running engine, made to run anywhere: what is that engine's own (its folders, hooks,
// cgroup, namespaces and labels) is taken out or replaced, each with a line in `changes`. It ends as an Engine to build
// on.
struct Adopted {
  Engine base;
  std::map<std::string, std::string> files; // to stand beside config.json: "hosts" -> text
  struct Change {
    std::string path; // as in Provenance
    std::string text; // "the engine's folder /var/…, now rootfs"
  };
  std::vector<Change> changes;
};
// The engine's files that its mounts bind and that can go along: cli reads those there are.
std::vector<std::string> files_to_adopt(const spec::RuntimeConfig& config);
Adopted adopt(spec::RuntimeConfig config, std::string name, const std::map<std::string, std::string>& files,
              const HostFacts& host);

// ---- the function ----
struct Generated {
  spec::RuntimeConfig config;
  std::vector<std::string> warnings; // whole sentences for the user, in order
  Provenance provenance;
  std::map<std::string, std::string> files; // to stand beside config.json, which binds them: "resolv.conf" -> text
};
// Without an image (a plain rootfs) the command comes from the request alone. Throws Error that names the flag or image
// field, the value, and what is accepted.
Generated generate(const std::optional<spec::ImageConfig>& image, const Engine& engine, const Request& request,
                   const UserFiles& users, const HostFacts& host);

// Origins and files of what generate() was given: flags that stood for fields of another document, changes while
// adopting.
void trace_to(Generated& generated, const Inspected& inspected);
void trace_to(Generated& generated, const Adopted& adopted);
// `alone` is what comes of the file's values without the user's.
void trace_to(Generated& generated, const FileDefaults& defaults, const Generated& alone);

// RFC 7386: `patch` over config.json. What it sets has the origin "flag --patch". Throws Error when the patch is no
// object, or the outcome no config.json.
void apply_patch(Generated& generated, std::string_view patch);

// A table of every leaf with its value, its source and what it overrode, then the warnings; the same as JSON.
std::string explanation_text(const Generated& generated);
Json explanation_json(const Generated& generated);

// What `runc spec` (1.3) writes, for `oci spec`; with cgroup v2 it has a cgroup namespace as well. Rootless: uid and
// gid are the caller's, mapped to 0.
spec::RuntimeConfig runc_template(bool cgroup2);
spec::RuntimeConfig runc_template_rootless(bool cgroup2, std::uint32_t uid, std::uint32_t gid);

// The text of config.json: indented by tabs as runc does, a newline at the end.
std::string config_text(const spec::RuntimeConfig& config);

// "512m" -> bytes; b, k, m, g, t with or without "b" or "ib" behind them, fractions as "1.5g". Throws Error
// "<flag> <text>: …" that says what is accepted.
std::int64_t parse_bytes(std::string_view flag, std::string_view text);

} // namespace oci::specgen
