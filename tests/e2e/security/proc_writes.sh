#!/usr/bin/env bash
# CVE-2025-52881, CVE-2025-62596: what we write to /proc for a process (label, score, sysctls) goes to procfs, though the container it enters has
# put other files there.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of writes)
make_bundle b sh -c 'mkdir /fake && mount -t tmpfs fake /fake && for p in self thread-self 1 2 3; do mkdir -p /fake/$p/attr/apparmor
  for f in attr/exec attr/current attr/keycreate attr/apparmor/exec oom_score_adj setgroups uid_map timerslack_ns; do : >/fake/$p/$f; done; done
  mount --move /fake /proc && touch /ready; sleep 60'
edit_config b '.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])'
expect_ok runtime run -d -b b "$id" </dev/null
wait_for 20 test -e b/rootfs/ready
jq '.process | .args = ["sleep", "50"] | .oomScoreAdj = 500 | .terminal = false' b/config.json >process.json
expect_ok runtime exec -d --pid-file pid -p process.json "$id" </dev/null
expect_eq "$(cat "/proc/$(cat pid)/oom_score_adj")" 500
# Where there is no such module the label is refused; never is it "written".
for option in "--process-label system_u:system_r:x:s0" "--apparmor nosuch-profile"; do
  # shellcheck disable=SC2086
  expect_fail any -- runtime exec $option "$id" true </dev/null
done
expect_eq "$(runtime exec "$id" find /proc -type f -size +0 </dev/null)" "" "written to files of the container's"
expect_ok runtime delete --force "$id"

# A sysctl that is none of the container's namespaces, by any spelling.
make_bundle s true
cp s/config.json plain.json
for name in kernel.core_pattern kernel/core_pattern net./../kernel/core_pattern net/../kernel/core_pattern net.ipv4/../../kernel/core_pattern \
  kernel.msgmax/../core_pattern fs.mqueue./../../kernel/core_pattern ../kernel/core_pattern /proc/sys/kernel/core_pattern vm.overcommit_memory; do
  jq --arg n "$name" '.linux.sysctl = {($n): "|/bin/false"}' plain.json >s/config.json
  expect_fail any sysctl -- runtime run -b s "$id" </dev/null
done
# CVE-2022-0811: one value is one write.
pattern=$(cat /proc/sys/kernel/core_pattern)
for value in '1+kernel.core_pattern=|/bin/false' $'1\nkernel.core_pattern = |/bin/false'; do
  jq --arg v "$value" '.linux.sysctl = {"net.ipv4.ip_forward": $v}' plain.json >s/config.json
  runtime run -b s "$id" </dev/null >/dev/null 2>&1 || true
done
expect_eq "$(cat /proc/sys/kernel/core_pattern)" "$pattern" "the host's core_pattern"
