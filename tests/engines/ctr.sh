#!/usr/bin/env bash
# containerd with oci in the place of runc, by ctr: run, exit codes, exec, kill, pause, limits, mounts, ids, removal.
# timeout: 300
. "$(dirname "$0")/../tools/harness.sh"
need containerd ctr script

make_rootfs rootfs
mkdir volume && echo outside >volume/file
make_image layout:latest --layer rootfs --cmd=sh >/dev/null
make_image layout:user --layer rootfs --cmd=sh --config '{"User": "1000:2000"}' >/dev/null
tar -C layout -cf sample.tar .
printf 'version = 2\nroot = "%s/data"\nstate = "%s/state"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "%s/socket"\n' \
  "$SCRATCH" "$SCRATCH" "$SCRATCH" >config.toml
background CONTAINERD containerd --config config.toml >containerd.log 2>&1
printf '#!/bin/sh\nexec ctr -a "%s/socket" -n "%s" "$@"\n' "$SCRATCH" "$OCI_TEST_ID" >c && chmod +x c
clean() {
  local id
  for id in $(./c task ls -q); do ./c task kill -s KILL "$id"; done
  for id in $(./c container ls -q); do ./c task delete -f "$id"; ./c container rm "$id"; done
  kill "$CONTAINERD" && wait "$CONTAINERD"
  rm -rf "/run/containerd/runc/$OCI_TEST_ID"
  find /sys/fs/cgroup -depth -type d -path "*/$OCI_TEST_ID*" -exec rmdir {} +
}
at_exit clean
wait_for 60 ./c version
expect_ok ./c image import --snapshotter native --base-name sample sample.tar
RUN=(./c run --snapshotter native --runc-binary "$(command -v "$RUNTIME")")
run() { "${RUN[@]}" "$@"; }

expect_ok run --rm sample:latest a echo from containerd
expect_eq "$OUT" "from containerd"
expect_fail 7 -- run --rm sample:latest a sh -c 'exit 7'
expect_fail any nosuchprogram -- run --rm sample:latest a nosuchprogram
expect_fail any 'permission denied' -- run --rm sample:latest a /etc/passwd
expect_match "$(script -qec "$(printf '%q ' "${RUN[@]}") --rm -t sample:latest a sh -c 'test -t 0 && test -t 1 && echo both'" /dev/null </dev/null)" both

expect_ok run -d --memory-limit $((64 << 20)) sample:latest one sleep 1000
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then limit=$(cat "/sys/fs/cgroup/$OCI_TEST_ID/one/memory.max"); else limit=$(cat "/sys/fs/cgroup/memory/$OCI_TEST_ID/one/memory.limit_in_bytes"); fi
expect_eq "$limit" $((64 << 20))
expect_eq "$(./c task exec --exec-id e1 one sh -c 'while ! grep -q sleep /proc/1/cmdline; do usleep 1000; done; tr "\0" " " </proc/1/cmdline')" "sleep 1000 "
expect_fail 5 -- ./c task exec --exec-id e3 one sh -c 'exit 5'
expect_fail any nosuchprogram -- ./c task exec --exec-id e4 one nosuchprogram
expect_match "$(script -qec "./c task exec -t --exec-id e5 one sh -c 'test -t 0 && test -t 1 && echo both'" /dev/null </dev/null)" both
expect_match "$(./c task ps one)" '[0-9]'
wait_for 20 sh -c './c task metrics one | grep -q memory'
expect_ok ./c task pause one
expect_match "$(./c task ls)" PAUSED
expect_ok ./c task resume one
expect_match "$(./c task ls)" RUNNING
expect_ok ./c task kill -s KILL one
wait_for 30 sh -c './c task ls | grep -q STOPPED'
expect_ok ./c task delete one
expect_match "$ERR" "exit code 137"
expect_ok ./c container rm one
expect_eq "$(find /sys/fs/cgroup -path "*/$OCI_TEST_ID/one*")" ""

expect_fail any 'Read-only' -- run --rm --read-only sample:latest a touch /file
expect_eq "$(run --rm --mount "type=bind,src=$SCRATCH/volume,dst=/v,options=rbind:ro" sample:latest a cat /v/file)" outside
expect_eq "$(run --rm sample:user a sh -c 'id -u; id -g' | paste -sd' ')" "1000 2000"
expect_eq "$(run --rm --cap-drop CAP_CHOWN sample:latest a sh -c 'chown 1 /tmp 2>/dev/null || echo refused')" refused
expect_eq "$(run --rm --seccomp sample:latest a grep Seccomp: /proc/self/status | cut -f2)" 2
expect_eq "$(run --rm --env A=b --cwd /tmp sample:latest a sh -c 'echo $A; pwd' | paste -sd' ')" "b /tmp"
expect_eq "$(run --rm --net-host sample:latest a readlink /proc/self/ns/net)" "$(readlink /proc/self/ns/net)"
chmod 755 . && chmod 711 data
expect_ok run --rm --uidmap 0:100000:65536 --gidmap 0:100000:65536 sample:latest a sh -c 'id -u; awk "{ print \$2 }" /proc/self/uid_map'
expect_eq "$(paste -sd' ' <<<"$OUT")" "0 100000"
expect_eq "$(./c container ls -q)" ""
