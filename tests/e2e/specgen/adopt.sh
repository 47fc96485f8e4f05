#!/usr/bin/env bash
# `oci spec --adopt` makes an engine's config.json run anywhere, each change said; `--from-docker` reads docker inspect.
. "$(dirname "$0")/../../tools/harness.sh"
need jq
captures=$TESTS/e2e/specgen/captures

# The engine's folders, files, hook and cgroup are gone; what the user asked for stays.
make_rootfs rootfs
mkdir a && cp -a rootfs a/
expect_ok oci spec --adopt "$captures/docker-config.json" -b a
for said in 'root.path: now "rootfs", was' 'mounts\[/vol\]: kept, but /var/lib/docker/volumes/vol1/_data is' \
  'mounts\[/etc/hosts\]: left out: the engine' 'hooks.prestart: left out: it calls the engine' 'linux.cgroupsPath: left out: /docker/'; do
  expect_match "$ERR" "^$said"
done
expect_eq "$(jq -c '[.root.path, .root.readonly, .hooks, .linux.cgroupsPath, .linux.resources.memory.limit, .hostname]' a/config.json)" \
  '["rootfs",true,null,null,67108864,"hh"]'
expect_eq "$(jq -c '[.mounts[].source | select(startswith("/var/lib/docker/containers"))]' a/config.json)" '[]'
expect_ok oci validate --strict a
edit_config a '.mounts |= map(select(.type != "bind")) | .process.args = ["id", "-u"]'
expect_ok runtime run -b a "$(id_of adopted)"
expect_eq "$OUT" 1000

# The engine's files come along where they are there.
folder=$SCRATCH/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
mkdir "$folder" && echo '10.0.0.1 friend' >"$folder/hosts"
jq --arg hosts "$folder/hosts" '.mounts |= map(if .destination == "/etc/hosts" then .source = $hosts
  elif .destination == "/dev/shm" then {destination, type: "bind", source: "\($hosts)/../shm", options: ["rbind"]} else . end)
  | .linux.namespaces |= map(if .type == "network" then .path = "/proc/1/ns/net" else . end)
  | .annotations = {"run.oci.handler": "krun", "mine": "1"} | .process.selinuxLabel = "x:y:z" | .process.apparmorProfile = "not-here"
  | .hooks.poststop = [{"path": "/bin/true"}]' "$captures/docker-config.json" >config.json
mkdir f && cp -a rootfs f/
expect_ok oci spec --adopt . -b f -- cat /etc/hosts
for said in 'mounts\[/etc/hosts\]: now a copy beside config.json' 'mounts\[/dev/shm\]: now a tmpfs' \
  'linux.namespaces\[network\]: now a new one' 'annotations\[run.oci.handler\]: left out' 'process.selinuxLabel: left out' \
  'process.apparmorProfile: left out: not-here, not loaded here'; do
  expect_match "$ERR" "^$said"
done
expect_eq "$(jq -c '[.annotations, .hooks, (.linux.namespaces[] | select(.type == "network"))]' f/config.json)" \
  '[{"mine":"1"},{"poststop":[{"path":"/bin/true"}]},{"type":"network"}]'
edit_config f '.mounts |= map(select(.source | startswith("/srv") or startswith("/var") | not))'
expect_ok runtime run -b f "$(id_of files)"
expect_eq "$OUT" "10.0.0.1 friend"
expect_ok oci spec --adopt . -b f --explain
expect_match "$OUT" '^mounts\[/dev/shm\].source +"shm" +adopted ./config.json, over adopted: now a tmpfs'

# docker inspect: image and flags as docker knew them, each value traced to its field; the line goes over it.
mkdir i && cp -a rootfs i/
expect_ok oci spec --from-docker "$captures/docker-inspect.json" -b i --memory 32m -e B=2
expect_match "$ERR" 'the volume at /vol stays in the engine'
expect_ok oci validate --strict i
expect_eq "$(jq -c '[.process.args, .process.user.uid, .process.capabilities, .root.readonly, .hostname]' i/config.json)" \
  '[["sleep","1000"],1000,{"bounding":["CAP_NET_BIND_SERVICE"]},true,"hh"]'
expect_eq "$(jq -c '[.linux.resources.memory.limit, .linux.resources.cpu.quota, .linux.resources.pids.limit]' i/config.json)" '[33554432,50000,50]'
expect_eq "$(jq -c '[.process.env[] | select(test("^(A|B|FOO)="))] | sort' i/config.json)" '["A=1","B=2","FOO=bar"]'
expect_eq "$(jq -r '.mounts[] | select(.destination == "/x") | .source + " " + .options[1]' i/config.json)" "/srv/data ro"
expect_ok oci spec --from-docker "$captures/docker-inspect.json" --explain --memory 32m -- id -u
expect_match "$OUT" '^linux.resources.memory.limit +33554432 +flag --memory$'
expect_match "$OUT" '^linux.resources.pids.limit +50 +docker inspect HostConfig.PidsLimit$'
expect_match "$OUT" '^process.args\[1\] +"-u" +flag command$'
expect_match "$OUT" '^process.env\[FOO\] +"FOO=bar" +docker inspect Config.Env$'
expect_fail 1 'not what docker inspect prints of a container' -- oci spec --from-docker "$captures/docker-config.json"
expect_fail 1 'docker daemon at unix:///nowhere: .*' 'no container c1' -- env DOCKER_HOST=unix:///nowhere "$OCI" spec --from-docker c1
expect_fail 1 'go without an image' -- oci spec --adopt config.json alpine
