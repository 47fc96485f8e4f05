#!/usr/bin/env bash
# CVE-2024-21626: no descriptor of ours or our caller's leads a working folder out of the container, nor is one there when the program begins.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of fds)
make_bundle b sh -c 'pwd; ls /.host-only 2>/dev/null; echo /proc/self/fd/*'
cp b/config.json plain.json
shown=$(jq '.process.args = ["sh", "-c", "pwd; echo /proc/self/fd/*"]' plain.json)
echo "$shown" >b/config.json
expect_ok runtime run -b b "$id" </dev/null 33</ 7</etc
expect_match "$(tail -1 <<<"$OUT")" '^/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2( /proc/self/fd/3)?$'
for fd in $(seq 3 63); do
  jq --arg d "/proc/self/fd/$fd" '.process.cwd = $d | .process.args = ["pwd"]' plain.json >b/config.json
  expect_fail any -- runtime run -b b "$id" </dev/null 33</
done
for fd in 3 5 7 8 9 33; do
  jq --arg d "/proc/self/fd/$fd/.." '.process.cwd = $d | .process.args = ["pwd"]' plain.json >b/config.json
  expect_fail any -- runtime run -b b "$id" </dev/null 33</etc
  # By a link of the image's, too.
  ln -sfn "/proc/self/fd/$fd" b/rootfs/w
  jq '.process.cwd = "/w" | .process.args = ["pwd"]' plain.json >b/config.json
  expect_fail any -- runtime run -b b "$id" </dev/null 33</
done

jq '.process.args = ["sleep", "60"]' plain.json >b/config.json
expect_ok runtime run -d -b b "$id" </dev/null
for fd in $(seq 3 40); do expect_fail any -- runtime exec --cwd "/proc/self/fd/$fd" "$id" pwd </dev/null 33</; done
expect_ok runtime delete --force "$id"

# The working folder becomes a link after create.
rm -f b/rootfs/w
mkdir b/rootfs/w
for fd in 3 4 5 6 7 8 9 10 33; do
  jq '.process.cwd = "/w" | .process.args = ["sh", "-c", "/bin/pwd -P >/at"]' plain.json >b/config.json
  expect_ok runtime create -b b "$id" </dev/null 33</
  rmdir b/rootfs/w
  ln -s "/proc/self/fd/$fd" b/rootfs/w
  runtime start "$id" 2>/dev/null || true
  wait_for 20 sh -c "'$RUNTIME' --root '$ROOT' state '$id' | grep -q stopped"
  if [ -e b/rootfs/at ]; then expect_not_contains "$(cat b/rootfs/at)" "$SCRATCH"; fi
  expect_ok runtime delete --force "$id"
  rm -f b/rootfs/w b/rootfs/at
  mkdir b/rootfs/w
done
