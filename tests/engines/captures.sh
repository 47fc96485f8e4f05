#!/usr/bin/env bash
# What the real engines write into config.json, kept in tests/e2e/specgen/captures for the comparison with ours there. The
# engines of this machine are asked again: differences to what is kept fail; `captures.sh --write` keeps the new ones.
# timeout: 300
. "$(dirname "$0")/../e2e/specgen/_captured_image.bash"
need dockerd docker podman containerd ctr runc script
cases=$TESTS/e2e/specgen/captures.cases
tool=$TESTS/e2e/specgen/captures.py
mkdir captures

# A runtime that keeps config.json and starts nothing.
cat >keep <<END
#!/bin/sh
bundle=.
create=
for word; do
  if [ "\$last" = --bundle ] || [ "\$last" = -b ]; then bundle=\$word; fi
  if [ "\$word" = create ]; then create=1; fi
  last=\$word
done
if [ -z "\$create" ]; then exec runc "\$@"; fi
cp "\$bundle/config.json" "$SCRATCH/config.json"
echo kept >&2
exit 1
END
chmod +x keep

tar -C layout -cf oci.tar .
expect_ok oci copy oci:layout:latest docker-archive:docker.tar:sample:latest

take() { # take ENGINE: each of its rows in captures.cases
  local engine=$1 name words
  while IFS='|' read -r name words; do
    rm -f config.json
    words=${words//\$SCRATCH/$SCRATCH} words=${words//@IMAGE@/$IMAGE}
    script -qec "$(printf "%q " "${RUN[@]}") $words" /dev/null </dev/null >"$engine-$name.log" 2>&1 || true
    [ -s config.json ] || fail "no config.json of $engine $name: $(cat "$engine-$name.log")"
    python3 "$tool" normalise config.json "$SCRATCH" >"captures/$engine-$name.json"
  done < <(python3 "$tool" cases "$cases" "$engine")
}

# dockerd
export DOCKER_HOST=unix://$SCRATCH/docker.sock
docker=$(command -v /usr/bin/docker docker | head -n 1)
docker() { "$docker" "$@"; }
background dockerd_pid dockerd --data-root "$SCRATCH/data" --exec-root "$SCRATCH/exec" -H "$DOCKER_HOST" --pidfile "$SCRATCH/docker.pid" \
  --bridge=none --iptables=false --storage-driver vfs --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$OCI_TEST_ID" \
  --add-runtime "keep=$SCRATCH/keep" --default-runtime keep >dockerd.log 2>&1
stop_dockerd() {
  docker ps -aq | xargs -r docker rm -fv >/dev/null 2>&1 || true
  kill "$dockerd_pid" 2>/dev/null && wait "$dockerd_pid" || true
  umount "$SCRATCH/exec/netns/default" 2>/dev/null || true
  find /sys/fs/cgroup -depth -type d -path "*/$OCI_TEST_ID*" -exec rmdir {} + 2>/dev/null || true
}
at_exit stop_dockerd
wait_for 120 docker version
expect_ok docker load -i docker.tar
IMAGE=sample RUN=("$docker" run --rm --network none)
take docker
stop_dockerd

# podman
sed '/^\[engine\]$/a lock_type = "file"\nevents_logger = "file"' /usr/share/containers/containers.conf >containers.conf
export CONTAINERS_CONF=$SCRATCH/containers.conf
podman=(podman --root "$SCRATCH/storage" --runroot "$SCRATCH/runroot" --tmpdir "$SCRATCH/tmpdir" --storage-driver vfs
  --cgroup-manager cgroupfs --runtime "$SCRATCH/keep")
podman() { command "${podman[@]}" "$@"; }
at_exit podman rm --all --force --time 0
expect_ok podman load -i docker.tar
IMAGE=sample RUN=("${podman[@]}" run --rm --network none --cgroup-parent "/$OCI_TEST_ID")
take podman
podman rm --all --force --time 0 >/dev/null 2>&1

# containerd, by ctr
printf 'version = 2\nroot = "%s/cdata"\nstate = "%s/cstate"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "%s/csocket"\n' \
  "$SCRATCH" "$SCRATCH" "$SCRATCH" >config.toml
background containerd_pid containerd --config config.toml >containerd.log 2>&1
ctr=(ctr -a "$SCRATCH/csocket" -n "$OCI_TEST_ID")
ctr() { command "${ctr[@]}" "$@"; }
stop_containerd() {
  local id
  for id in $(ctr container ls -q); do ctr container rm "$id"; done
  kill "$containerd_pid" && wait "$containerd_pid" || true
  rm -rf "/run/containerd/runc/$OCI_TEST_ID"
}
at_exit stop_containerd
wait_for 60 ctr version
expect_ok ctr image import --snapshotter native --base-name sample oci.tar
IMAGE="sample:latest captured" RUN=("${ctr[@]}" run --snapshotter native --runc-binary "$SCRATCH/keep" --rm)
take containerd

# runc has no images: its template is all there is.
mkdir template && runc spec -b template
python3 "$tool" normalise template/config.json "$SCRATCH" >captures/runc-plain.json

kept=$TESTS/e2e/specgen/captures
if [ "${1:-}" = --write ]; then
  cp captures/*.json "$kept/"
else
  for file in captures/*.json; do diff -u "$kept/$(basename "$file")" "$file" || fail "$file is not what is kept; captures.sh --write keeps it"; done
fi
