# Where a process's cgroup is, on v1, hybrid and v2. Sourced after the harness.

is_v2() { [ -e /sys/fs/cgroup/cgroup.controllers ]; }

# cgroup_of PID CONTROLLER: the folder; "unified" for the v2 side.
cgroup_of() {
  local line path=
  while IFS= read -r line; do
    case $line in
    0::*) if is_v2; then path=/sys/fs/cgroup${line#0::}; elif [ "$2" = unified ]; then path=/sys/fs/cgroup/unified${line#0::}; fi ;;
    *:"$2":*) path=/sys/fs/cgroup/$2${line#*:*:} ;;
    *:name="$2":*) path=/sys/fs/cgroup/$2${line#*:*:} ;;
    *:*,"$2":* | *:"$2",*:*) path=/sys/fs/cgroup/$2${line#*:*:} ;;
    esac
  done <"/proc/$1/cgroup"
  [ -n "$path" ] || fail "no cgroup of $2 for $1"
  printf '%s\n' "$path"
}

# setting PID CONTROLLER V1-FILE V2-FILE: its value
setting() {
  local file=$3
  if is_v2; then file=$4; fi
  cat "$(cgroup_of "$1" "$2")/$file"
}

pid_of() { runtime state "$1" | jq .pid; }

# every folder of cgroups that bears the name
folders_named() { find /sys/fs/cgroup -type d -name "*$1*" 2>/dev/null; }
