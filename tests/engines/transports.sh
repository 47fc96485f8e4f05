#!/usr/bin/env bash
# Every transport to every other: skopeo writes the sources, oci copies each to each, skopeo (and umoci) read what came. The image
# is the same everywhere; where a manifest can stay as it is, it does.
# timeout: 400
. "$(dirname "$0")/../tools/harness.sh"
need dockerd docker docker-registry "$SKOPEO" umoci jq openssl
peer() { "$SKOPEO" --insecure-policy "$@"; }

mkdir -p one/etc two/bin
seq 1 20000 >one/etc/numbers
head -c 300000 /dev/urandom >two/bin/noise
make_image "$SCRATCH/made:a" --layer one --layer two --cmd sh >/dev/null
peer copy -q oci:made:a dir:original
manifest=sha256:$(sha256sum original/manifest.json | cut -d' ' -f1)
diff_ids=$(jq -c .rootfs.diff_ids "original/$(jq -r '.config.digest[7:]' original/manifest.json)")

export DOCKER_HOST=unix://$SCRATCH/docker.sock
background dockerd_pid dockerd --data-root "$SCRATCH/data" --exec-root "$SCRATCH/exec" -H "$DOCKER_HOST" --pidfile "$SCRATCH/docker.pid" \
  --bridge=none --iptables=false --storage-driver vfs >dockerd.log 2>&1
stop_dockerd() { kill "$dockerd_pid" && wait "$dockerd_pid" || true; }
at_exit stop_dockerd
start_registry && http=$REGISTRY
start_registry --tls && tls=$REGISTRY ca=$REGISTRY_CERTS
start_registry --login me:secret && login=$REGISTRY
start_registry --token me:secret && token=$REGISTRY
wait_for 60 docker version

places="http tls login token daemon archive docker-archive layout dir"
place() { # place KIND NAME: where an image of that name is there
  case $1 in
  http) echo "docker://$http/$2:1" ;;
  tls) echo "docker://$tls/$2:1" ;;
  login) echo "docker://$login/$2:1" ;;
  token) echo "docker://$token/$2:1" ;;
  daemon) echo "docker-daemon:$2:1" ;;
  archive) echo "oci-archive:$2.oci.tar:1" ;;
  docker-archive) echo "docker-archive:$2.docker.tar:$2:1" ;;
  layout) echo "oci:layouts:$2" ;;
  dir) echo "dir:$2.dir" ;;
  esac
}
flags() { # flags KIND SIDE: how it is reached, for skopeo and for us; SIDE is src-, dest- or nothing
  case $1 in
  http) echo "--$2tls-verify=false" ;;
  tls) echo "--$2cert-dir $ca" ;;
  login | token) echo "--$2tls-verify=false --$2creds me:secret" ;;
  daemon) echo "--$2daemon-host $DOCKER_HOST" ;;
  esac
}
keeps() { case $1 in daemon | docker-archive) false ;; *) true ;; esac; }
check() { # check KIND NAME FROM: skopeo finds the image there
  local got
  got=$(peer inspect --config --raw $(flags "$1" "") "$(place "$1" "$2")" | jq -c .rootfs.diff_ids) || fail "skopeo cannot read $3 to $1"
  expect_eq "$got" "$diff_ids" "the layers of $3 to $1"
  if ! keeps "$1" || ! keeps "$3"; then return 0; fi
  got=$(peer inspect --raw $(flags "$1" "") "$(place "$1" "$2")" | sha256sum | cut -d' ' -f1)
  expect_eq "sha256:$got" "$manifest" "the manifest of $3 to $1"
}

for from in $places; do
  peer copy -q $(flags "$from" dest-) dir:original "$(place "$from" given)" || fail "skopeo writes to $from"
  for to in $places; do
    name=from-$from
    if [ "$to" = docker-archive ] || [ "$to" = archive ]; then rm -f ./"$name".*.tar; fi
    expect_ok oci copy -q $(flags "$from" src-) $(flags "$to" dest-) "$(place "$from" given)" "$(place "$to" "$name")"
        check "$to" "$name" "$from"
  done
done

for from in http daemon docker-archive; do
  expect_ok umoci unpack --image "layouts:from-$from" "umoci-$from"
  expect_ok cmp two/bin/noise "umoci-$from/rootfs/bin/noise"
done
expect_eq "$(docker run --rm --network none from-http:1 true 2>&1 | grep -c 'no such image')" 0
config=$(docker image inspect -f '{{.Id}}' given:1)

# By the image's id; into the store; what is not there, and what cannot be.
expect_ok oci copy -q "docker-daemon:$config" dir:by-id
expect_eq "$(jq -r .config.digest by-id/manifest.json)" "$config"
expect_ok oci pull docker-daemon:given:1
expect_match "$(oci images)" given
expect_fail 2 'nosuch' 'docker daemon at' -- oci copy docker-daemon:nosuch:1 dir:nothing
expect_no_file nothing
expect_fail 1 'not by digest' -- oci copy dir:original "docker-daemon:given@$manifest"
expect_fail 1 'is dockerd running' -- oci copy --src-daemon-host "unix://$SCRATCH/none" docker-daemon:given:1 dir:nothing

# Through pipes: a docker archive from `docker save`, one to `docker load`, an OCI archive of several images.
docker save given:1 | oci copy -q docker-archive:- dir:piped || fail "docker save to us"
expect_eq "$(jq -r .config.digest piped/manifest.json)" "$config"
docker rmi given:1 >/dev/null
oci copy -q dir:original docker-archive:-:given:1 | docker load -q || fail "from us to docker load"
expect_eq "$(docker image inspect -f '{{.Id}}' given:1)" "$config"
oci copy -q oci:layouts:from-http oci:layouts:from-dir oci-archive:- | oci copy -q --all oci-archive:- oci:out || fail "an archive piped"
expect_eq "$(jq '.manifests | length' out/index.json)" 2
