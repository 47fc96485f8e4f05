#!/usr/bin/env bash
# podman with oci as its runtime: all that people do with a container.
# timeout: 600
. "$(dirname "$0")/../tools/harness.sh"
need podman conmon script

make_rootfs rootfs
mkdir rootfs/home rootfs/home/user
cat >containers.conf <<'END'
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=20000:20000"]
[engine]
lock_type = "file"
events_logger = "file"
END
export CONTAINERS_CONF=$SCRATCH/containers.conf
# As a script, for what runs it below `script` too.
printf '#!/bin/sh\nexec podman --root "%s/storage" --runroot "%s/runroot" --tmpdir "%s/tmpdir" --storage-driver vfs --cgroup-manager cgroupfs --runtime "%s" "$@"\n' \
  "$SCRATCH" "$SCRATCH" "$SCRATCH" "$(command -v "$RUNTIME")" >p
chmod +x p
clean() {
  ./p rm --all --force --time 0 >/dev/null
  find /sys/fs/cgroup -depth -type d -path "*/$OCI_TEST_ID*" -exec rmdir {} +
}
at_exit clean
tar -C rootfs -c . | ./p import -q -c 'CMD ["sh"]' - sample >/dev/null
run=(./p run --network none --cgroup-parent "/$OCI_TEST_ID")
limit_of() { # limit_of CONTAINER V1-CONTROLLER V1-FILE V2-FILE: what its cgroup has
  local id controller=$2 file=$3
  id=$(./p inspect -f '{{.Id}}' "$1")
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then controller='' file=$4; fi
  cat "$(find "/sys/fs/cgroup/$controller" -type d -name "libpod-$id" | head -n 1)/$file"
}

# run and its exit codes
expect_ok "${run[@]}" --rm sample echo from podman
expect_eq "$OUT" "from podman"
expect_ok "${run[@]}" --rm --rootfs "$SCRATCH/rootfs" echo from a folder
expect_eq "$OUT" "from a folder"
expect_fail 7 -- "${run[@]}" --rm sample sh -c 'exit 7'
expect_fail 127 nosuchprogram -- "${run[@]}" --rm sample nosuchprogram
expect_fail 126 'ermission denied' -- "${run[@]}" --rm sample /etc/passwd
expect_fail 137 -- "${run[@]}" --rm sample sh -c 'kill -KILL -1; exit 137'
expect_eq "$(echo typed | "${run[@]}" --rm -i sample cat)" typed
expect_eq "$(script -qec "$(printf '%q ' "${run[@]}") --rm -t sample sh -c 'tty; test -t 0 && test -t 1 && echo both'" /dev/null </dev/null |
  tr -d '\r' | paste -sd' ')" "/dev/pts/0 both"

# exec
expect_ok "${run[@]}" -d --name one --memory 64m --cpus 0.5 --pids-limit 77 sample sleep 1000
wait_for 20 ./p exec one grep -q sleep /proc/1/cmdline # start returns before exec
expect_eq "$(./p exec one cat /proc/1/cmdline | tr '\0' ' ')" "sleep 1000 "
expect_fail 5 -- ./p exec one sh -c 'exit 5'
expect_fail 127 nosuchprogram -- ./p exec one nosuchprogram
expect_fail 126 'ermission denied' -- ./p exec one /etc/passwd
expect_eq "$(echo typed | ./p exec -i one cat)" typed
expect_eq "$(./p exec -u user -w /tmp -e A=b one sh -c 'id -un; pwd; echo $A' | paste -sd' ')" "user /tmp b"
expect_match "$(script -qec "./p exec -t one sh -c 'test -t 0 && test -t 1 && echo both'" /dev/null </dev/null)" both
expect_ok ./p exec -d one sh -c 'echo was here >/tmp/mark'
wait_for 20 ./p exec one grep -q here /tmp/mark

# limits, update, top, stats, pause
expect_eq "$(limit_of one memory memory.limit_in_bytes memory.max)" $((64 << 20))
expect_eq "$(limit_of one pids pids.max pids.max)" 77
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  expect_eq "$(limit_of one - - cpu.max)" "50000 100000"
else
  expect_eq "$(limit_of one cpu cpu.cfs_quota_us -)" 50000
fi
expect_ok ./p update --memory 96m --memory-swap 200m one
expect_eq "$(limit_of one memory memory.limit_in_bytes memory.max)" $((96 << 20))
expect_match "$(./p top one)" 'sleep 1000'
expect_match "$(./p stats --no-stream --format '{{.Name}} {{.MemUsage}}' one)" '^one .* / '
expect_ok ./p pause one
expect_eq "$(./p inspect -f '{{.State.Status}}' one)" paused
expect_fail any 'running' -- ./p exec one true
expect_ok ./p unpause one
expect_ok ./p exec one true

# kill, stop, start again, removal
cid=$(./p inspect -f '{{.Id}}' one)
expect_ok ./p stop --time 1 one
expect_eq "$(./p inspect -f '{{.State.Status}} {{.State.ExitCode}}' one)" "exited 137"
expect_ok ./p start one
expect_ok ./p exec one true
expect_ok ./p kill one
expect_eq "$(./p wait one)" 137
expect_ok ./p rm one
expect_eq "$(find /sys/fs/cgroup -name "*$cid*")" ""
expect_ok "${run[@]}" -d --name two sample sh -c 'trap "exit 3" TERM; while :; do sleep 0.1; done'
wait_for 20 ./p exec two grep -q trap /proc/1/cmdline
wait_for 20 ./p exec two sh -c 'grep -q "SigCgt:.*4...$" /proc/1/status'
expect_ok ./p stop two
expect_eq "$(./p inspect -f '{{.State.ExitCode}}' two)" 3
expect_ok ./p restart --time 1 two
expect_ok ./p rm -f --time 0 two
expect_eq "$(./p ps --all --quiet)" ""

# file systems
mkdir volume && echo outside >volume/file
expect_fail any 'Read-only' -- "${run[@]}" --rm --read-only sample touch /file
expect_ok "${run[@]}" --rm --read-only --tmpfs /tmp:size=1m sample touch /tmp/file
expect_ok "${run[@]}" --rm -v "$SCRATCH/volume:/v" sample sh -c 'cat /v/file; echo inside >/v/new'
expect_eq "$OUT $(cat volume/new)" "outside inside"
expect_fail any 'Read-only' -- "${run[@]}" --rm -v "$SCRATCH/volume:/v:ro" sample touch /v/file
expect_ok "${run[@]}" --rm -v "$SCRATCH/volume/file:/etc/one-file:ro" sample cat /etc/one-file
expect_ok ./p volume create named
expect_ok "${run[@]}" --rm -v named:/v sample sh -c 'echo kept >/v/kept'
expect_eq "$("${run[@]}" --rm -v named:/v sample cat /v/kept)" kept
expect_ok "${run[@]}" --rm --shm-size 3m sample sh -c 'df -k /dev/shm | tail -n 1'
expect_match "$OUT" ' 3072 '
expect_eq "$("${run[@]}" --rm --device /dev/null:/dev/other sample sh -c 'test -c /dev/other && echo yes')" yes

# who and what
expect_eq "$("${run[@]}" --rm -u 1000:2000 --group-add 3000 sample sh -c 'id -u; id -G' | paste -sd' ')" "1000 2000 3000"
expect_eq "$("${run[@]}" --rm -u user sample id -un)" user
expect_eq "$("${run[@]}" --rm -h named -e A=b -w /tmp sample sh -c 'hostname; echo $A; pwd' | paste -sd' ')" "named b /tmp"
expect_eq "$("${run[@]}" --rm --cap-drop ALL sample grep CapEff /proc/self/status | cut -f2)" 0000000000000000
expect_eq "$("${run[@]}" --rm --cap-drop ALL --cap-add NET_RAW --cap-add CHOWN sample grep CapEff /proc/self/status | cut -f2)" 0000000000002001
expect_eq "$("${run[@]}" --rm --security-opt no-new-privileges sample grep NoNewPrivs /proc/self/status | cut -f2)" 1
expect_eq "$("${run[@]}" --rm --ulimit nofile=100:200 --ulimit nproc=20000:20000 sample sh -c 'ulimit -Sn; ulimit -Hn' | paste -sd' ')" "100 200"
expect_eq "$("${run[@]}" --rm --sysctl net.ipv4.ip_forward=1 sample cat /proc/sys/net/ipv4/ip_forward)" 1
expect_eq "$("${run[@]}" --rm --umask 0027 sample sh -c umask)" 0027

# seccomp: podman's own filter, one from a file, none
expect_eq "$("${run[@]}" --rm sample grep Seccomp: /proc/self/status | cut -f2)" 2
echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}' >filter.json
expect_fail 1 'not permitted' -- "${run[@]}" --rm --security-opt seccomp=filter.json sample mkdir /new
expect_eq "$("${run[@]}" --rm --security-opt seccomp=unconfined sample grep Seccomp: /proc/self/status | cut -f2)" 0

# namespaces of others
expect_ok "${run[@]}" -d --name first sample sleep 1000
expect_ok "${run[@]}" -d --name second --pid container:first --ipc host --uts host sample sleep 1001
expect_match "$(./p exec second ps)" 'sleep 1000'
expect_eq "$(./p exec second hostname)" "$(hostname)"
expect_ok ./p run --rm --network container:first --cgroup-parent "/$OCI_TEST_ID" sample true
expect_eq "$(./p run --rm --network host --cgroup-parent "/$OCI_TEST_ID" sample readlink /proc/self/ns/net)" "$(readlink /proc/self/ns/net)"
expect_ok ./p rm -f --time 0 second # first is what it depends on
expect_ok ./p rm -f --time 0 first

# root inside is another user outside
if ! unshare -U true 2>/dev/null; then skip "needs user namespaces"; fi
expect_ok "${run[@]}" --rm --uidmap 0:100000:65536 --gidmap 0:100000:65536 sample sh -c 'id -u; awk "{ print \$2 }" /proc/self/uid_map'
expect_eq "$(paste -sd' ' <<<"$OUT")" "0 100000"
expect_ok "${run[@]}" -d --name shifted --uidmap 0:100000:65536 --gidmap 0:100000:65536 sample sleep 1000
[ "$(awk '/^Uid:/ { print $2 }' "/proc/$(./p inspect -f '{{.State.Pid}}' shifted)/status")" = 100000 ] || fail "root inside is root outside"
expect_eq "$(./p exec shifted sh -c 'id -u; touch /file && stat -c %u /file' | paste -sd' ')" "0 0"
expect_ok ./p rm -f --time 0 shifted
