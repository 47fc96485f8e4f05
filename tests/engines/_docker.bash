# A dockerd of the test's own, with $RUNTIME as the runtime of its containers. Sourced after the harness.

WRAPPER=()
start_dockerd() { # start_dockerd NAME [OPTION…]: its socket in DOCKER_HOST, its log in NAME.log
  local name=$1
  shift
  export DOCKER_HOST=unix://$SCRATCH/$name.sock DOCKER_CONFIG=$SCRATCH/docker-config
  # Debian's client beside Debian's daemon, whatever else is installed.
  if [ -x /usr/bin/docker ]; then docker() { /usr/bin/docker "$@"; }; fi
  background DOCKERD_PID "${WRAPPER[@]}" dockerd --data-root "$SCRATCH/$name.data" --exec-root "$SCRATCH/$name.exec" -H "$DOCKER_HOST" \
    --pidfile "$SCRATCH/$name.pid" --bridge=none --iptables=false --storage-driver vfs --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$OCI_TEST_ID" \
    --add-runtime "tested=$RUNTIME_PATH" --default-runtime tested "$@" >"$name.log" 2>&1
  at_exit stop_dockerd
  wait_for 120 docker version
}

# With --userns-remap: the range is looked up in /etc/subuid by name, so it sees files of the test's own there.
start_remapped() {
  local file
  echo "nobody:100000:65536" >subids
  for file in /etc/subuid /etc/subgid; do
    [ -e "$file" ] || skip "needs $file"
  done
  WRAPPER=(unshare -m --propagation slave sh -c 'mount --bind "$0" /etc/subuid && mount --bind "$0" /etc/subgid && exec "$@"' "$SCRATCH/subids")
  start_dockerd remapped --userns-remap nobody:nogroup
}

stop_dockerd() { # it unmounts and removes what it made
  docker ps -aq | xargs -r docker rm -f >/dev/null 2>&1 || true
  kill "$DOCKERD_PID" 2>/dev/null && wait "$DOCKERD_PID" || true
  umount "$SCRATCH"/*.exec/netns/default 2>/dev/null || true
  find /sys/fs/cgroup -depth -type d -path "*/$OCI_TEST_ID*" -exec rmdir {} + 2>/dev/null || true
}

RUNTIME_PATH=$(command -v "$RUNTIME")

# What a container's cgroup has, on v1 or v2.
limit_of() { # limit_of CONTAINER V1-CONTROLLER V1-FILE V2-FILE
  local folder
  folder=$(docker inspect -f '{{.Id}}' "$1")
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    cat "$(find /sys/fs/cgroup -type d -name "*$folder*" | head -n 1)/$4"
  else
    cat "$(find "/sys/fs/cgroup/$2" -type d -name "*$folder*" | head -n 1)/$3"
  fi
}
