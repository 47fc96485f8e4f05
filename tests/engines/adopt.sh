#!/usr/bin/env bash
# A container of dockerd and one of podman, their configs adopted and from-docker'd: the bundles run under oci, runc and crun.
# timeout: 300
. "$(dirname "$0")/../tools/harness.sh"
need dockerd docker podman runc crun jq
prepare_crun

make_rootfs rootfs
mkdir outside && echo seen >outside/file
flags=(-d --name c1 --network none -v "$SCRATCH/outside:/outside:ro" --cap-drop ALL --hostname adopted -e A=1)

runs_everywhere() { # runs_everywhere BUNDLE EXPECTED
  local bundle=$1 expected=$2 one
  for one in "$OCI" runc crun; do
    expect_ok "$one" --root "$ROOT" run -b "$bundle" "$(id_of run)"
    expect_eq "$OUT" "$expected" "$bundle under $one"
  done
}
question=(sh -c 'hostname; cat /outside/file; echo $A; grep CapEff /proc/self/status')
answer=$'adopted\nseen\n1\nCapEff:\t0000000000000000'

# dockerd
export DOCKER_HOST=unix://$SCRATCH/docker.sock
background dockerd_pid dockerd --data-root "$SCRATCH/data" --exec-root "$SCRATCH/exec" -H "$DOCKER_HOST" --pidfile "$SCRATCH/docker.pid" \
  --bridge=none --iptables=false --storage-driver vfs --cgroup-parent "/$OCI_TEST_ID" >dockerd.log 2>&1
stop_dockerd() { # it unmounts and removes what it made
  docker rm -f c1 >/dev/null 2>&1 || true
  kill "$dockerd_pid" && wait "$dockerd_pid" || true
  find /sys/fs/cgroup -depth -type d -path "*/$OCI_TEST_ID*" -exec rmdir {} + || true
}
at_exit stop_dockerd
wait_for 60 docker version
tar -C rootfs -c . | docker import -c 'CMD ["sh"]' - sample >/dev/null
expect_ok docker run "${flags[@]}" sample sleep 1000
config=$(find exec -name config.json -path '*moby*' | head -n 1)
mkdir -p d/rootfs e/rootfs
docker export c1 | tee >(tar -C d/rootfs -x) | tar -C e/rootfs -x
expect_ok oci spec --adopt "$config" -b d -- "${question[@]}"
runs_everywhere d "$answer"
expect_ok oci spec --from-docker c1 -b e -- "${question[@]}"
runs_everywhere e "$answer"

# podman
cat >containers.conf <<'END'
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=20000:20000"]
[engine]
lock_type = "file"
events_logger = "file"
END
export CONTAINERS_CONF=$SCRATCH/containers.conf
podman() {
  command podman --root "$SCRATCH/storage" --runroot "$SCRATCH/runroot" --tmpdir "$SCRATCH/tmpdir" --storage-driver vfs \
    --cgroup-manager cgroupfs --runtime runc "$@"
}
at_exit podman rm --all --force --time 0
expect_ok podman run "${flags[@]}" --cgroup-parent "/$OCI_TEST_ID" --rootfs "$SCRATCH/rootfs" sleep 1000
config=$(podman inspect --format '{{.OCIConfigPath}}' c1)
podman inspect c1 >inspect.json
mkdir p q && cp -a rootfs p/ && cp -a rootfs q/
expect_ok oci spec --adopt "$config" -b p -- "${question[@]}"
runs_everywhere p "$answer"
expect_ok oci spec --from-docker inspect.json -b q -- "${question[@]}"
runs_everywhere q "$answer"
