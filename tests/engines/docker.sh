#!/usr/bin/env bash
# docker with oci as its runtime: all that people do with a container.
# timeout: 600
. "$(dirname "$0")/../tools/harness.sh"
. "$TESTS/engines/_docker.bash"
need dockerd docker jq script

make_rootfs rootfs
mkdir rootfs/home rootfs/home/user
start_dockerd plain
tar -C rootfs -c . | docker import -c 'CMD ["sh"]' - sample >/dev/null
run=(docker run --network none)

# run and its exit codes
expect_ok "${run[@]}" --rm sample echo from docker
expect_eq "$OUT" "from docker"
expect_fail 7 -- "${run[@]}" --rm sample sh -c 'exit 7'
expect_fail 127 'nosuchprogram' -- "${run[@]}" --rm sample nosuchprogram
expect_fail 126 'permission denied' -- "${run[@]}" --rm sample /etc/passwd
expect_fail 137 -- "${run[@]}" --rm sample sh -c 'kill -9 $$; kill -KILL -1; exit 137'
expect_eq "$(echo typed | "${run[@]}" --rm -i sample cat)" typed
expect_eq "$(script -qec "docker run --network none --rm -t sample sh -c 'tty; test -t 0 && test -t 1 && echo both'" /dev/null </dev/null |
  tr -d '\r' | paste -sd' ')" "/dev/pts/0 both"

# exec
expect_ok "${run[@]}" -d --name one --memory 64m --cpus 0.5 --cpu-shares 512 --pids-limit 77 sample sleep 1000
wait_for 20 docker exec one grep -q sleep /proc/1/cmdline # start returns before exec
expect_eq "$(docker exec one cat /proc/1/cmdline | tr '\0' ' ')" "sleep 1000 "
expect_fail 5 -- docker exec one sh -c 'exit 5'
expect_fail 126 -- docker exec one nosuchprogram # as with any runtime: this docker says 127 for run alone
expect_fail 126 -- docker exec one /etc/passwd
expect_eq "$(echo typed | docker exec -i one cat)" typed
expect_eq "$(docker exec -u user -w /tmp -e A=b one sh -c 'id -un; pwd; echo $A' | paste -sd' ')" "user /tmp b"
expect_eq "$(script -qec "docker exec -t one sh -c 'test -t 0 && test -t 1 && echo both'" /dev/null </dev/null | tr -d '\r')" both
expect_ok docker exec -d one sh -c 'echo was here >/tmp/mark'
wait_for 20 docker exec one grep -q here /tmp/mark

# limits, update, top, stats, pause
expect_eq "$(limit_of one memory memory.limit_in_bytes memory.max)" $((64 << 20))
expect_eq "$(limit_of one pids pids.max pids.max)" 77
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  expect_eq "$(limit_of one cpu - cpu.max)" "50000 100000"
else
  expect_eq "$(limit_of one cpu cpu.cfs_quota_us -)" 50000
  expect_eq "$(limit_of one cpu cpu.shares -)" 512
fi
expect_ok docker update --memory 96m --memory-swap 200m --pids-limit 55 one
expect_eq "$(limit_of one memory memory.limit_in_bytes memory.max)" $((96 << 20))
expect_eq "$(limit_of one pids pids.max pids.max)" 55
expect_match "$(docker top one)" 'sleep 1000'
stats=$(docker stats --no-stream --format '{{.Name}} {{.MemUsage}} {{.PIDs}}' one)
expect_match "$stats" '^one '
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then # in a hybrid tree docker reads nothing, under any runtime
  expect_match "$stats" '/ 96MiB [1-9]'
fi
expect_ok docker pause one
expect_eq "$(docker inspect -f '{{.State.Status}}' one)" paused
expect_fail any 'paused' -- docker exec one true
expect_ok docker unpause one
expect_ok docker exec one true

# kill, stop, start again, removal
cid=$(docker inspect -f '{{.Id}}' one)
expect_ok docker stop --time 1 one
expect_eq "$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' one)" "exited 137"
expect_ok docker start one
expect_ok docker exec one true
expect_ok docker kill one
wait_for 30 sh -c '[ "$(docker inspect -f "{{.State.Status}}" one)" = exited ]'
expect_ok docker rm one
expect_eq "$(find /sys/fs/cgroup -name "*$cid*")" ""
expect_ok "${run[@]}" -d --name two sample sh -c 'trap "exit 3" TERM; while :; do sleep 0.1; done'
expect_ok docker exec two true
expect_ok docker stop two
expect_eq "$(docker inspect -f '{{.State.ExitCode}}' two)" 3
expect_ok docker restart --time 1 two
expect_ok docker rm -f two
expect_eq "$(docker ps -aq)" ""

# file systems
mkdir volume && echo outside >volume/file
expect_fail any 'Read-only' -- "${run[@]}" --rm --read-only sample touch /file
expect_ok "${run[@]}" --rm --read-only --tmpfs /tmp:size=1m sample touch /tmp/file
expect_ok "${run[@]}" --rm -v "$SCRATCH/volume:/v" sample sh -c 'cat /v/file; echo inside >/v/new'
expect_eq "$OUT $(cat volume/new)" "outside inside"
expect_fail any 'Read-only' -- "${run[@]}" --rm -v "$SCRATCH/volume:/v:ro" sample touch /v/file
expect_ok "${run[@]}" --rm -v "$SCRATCH/volume/file:/etc/one-file:ro" sample cat /etc/one-file
expect_ok docker volume create named
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
expect_eq "$("${run[@]}" --rm --ulimit nofile=100:200 sample sh -c 'ulimit -Sn; ulimit -Hn' | paste -sd' ')" "100 200"
expect_eq "$("${run[@]}" --rm --sysctl net.ipv4.ip_forward=1 sample cat /proc/sys/net/ipv4/ip_forward)" 1
expect_eq "$("${run[@]}" --rm --init sample sh -c 'tr "\0" " " </proc/1/cmdline' | cut -d' ' -f1)" /sbin/docker-init

# seccomp: docker's own filter, one from a file, none
expect_eq "$("${run[@]}" --rm sample grep Seccomp: /proc/self/status | cut -f2)" 2
expect_fail any -- "${run[@]}" --rm sample unshare -U true
echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}' >filter.json
expect_fail 1 'not permitted' -- "${run[@]}" --rm --security-opt seccomp=filter.json sample mkdir /new
expect_eq "$("${run[@]}" --rm --security-opt seccomp=unconfined sample grep Seccomp: /proc/self/status | cut -f2)" 0

# namespaces of others
expect_ok "${run[@]}" -d --name first sample sleep 1000
expect_ok "${run[@]}" -d --name second --pid container:first --ipc host --uts host sample sleep 1001
expect_match "$(docker exec second ps)" 'sleep 1000'
expect_eq "$(docker exec second hostname)" "$(hostname)"
expect_ok docker run --rm --network container:first sample true
expect_eq "$(docker run --rm --network host sample readlink /proc/self/ns/net)" "$(readlink /proc/self/ns/net)"
expect_ok docker rm -f first second
stop_dockerd

# userns-remap: root inside is a subordinate id outside
if ! unshare -U true 2>/dev/null; then skip "needs user namespaces"; fi

chmod 755 .
start_remapped
tar -C rootfs -c . | docker import -c 'CMD ["sh"]' - sample >/dev/null
expect_ok docker run --network none -d --name shifted --memory 64m sample sleep 1000
pid=$(docker inspect -f '{{.State.Pid}}' shifted)
[ "$(awk '/^Uid:/ { print $2 }' "/proc/$pid/status")" -ge 100000 ] || fail "root inside is $(awk '/^Uid:/ { print $2 }' "/proc/$pid/status")"
expect_eq "$(docker exec shifted sh -c 'id -u; touch /file && stat -c %u /file' | paste -sd' ')" "0 0"
expect_eq "$(limit_of shifted memory memory.limit_in_bytes memory.max)" $((64 << 20))
expect_ok docker rm -f shifted
expect_ok docker run --rm --network none -t sample tty
expect_ok docker run --rm --network none -u user sample id -u
expect_eq "$OUT" 1000
