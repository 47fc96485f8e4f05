#!/usr/bin/env bash
# Every command line the README shows runs as it stands there, block by block. Registries beyond this machine are a registry
# on loopback, by registries.conf; what stands for a name of the reader's (CONTAINER, BUNDLE, /media/usb) is one.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"
need jq

# A program that lives long enough to be looked at, and ends when it is asked to.
busybox_image layout:latest --cmd sh --cmd=-c --cmd 'trap "exit 0" TERM; echo hello; sleep 4 & wait'
start_registry
for name in library/alpine:latest library/busybox:latest team/app:1 team/app:2; do
  expect_ok oci copy -q oci:layout:latest "docker://$REGISTRY/$name"
done
cat >registries.conf <<END
[[registry]]
prefix = "docker.io"
location = "$REGISTRY"
insecure = true
END
export CONTAINERS_REGISTRIES_CONF=$SCRATCH/registries.conf
jq '.[0]' "$TESTS/e2e/specgen/captures/docker-inspect.json" >container.json
mkdir usb

as_told() { sed -e 's/ *#.*//' -e 's/^ *//' -e "s,registry\.example,$REGISTRY,g; s,/media/usb,$SCRATCH/usb,; s/CONTAINER/container.json/; s/BUNDLE/bundle/" <<<"$1"; }

ran=0
run_block() { # in a folder of its own, as a reader would
  local line
  mkdir "block$ran" && cd "block$ran"
  cp ../container.json .
  case $1 in *'create -b bundle'*) expect_ok oci unpack alpine bundle ;; esac
  while IFS= read -r line; do
    expect_ok bash -c "set -o pipefail; oci() { '$OCI' --root '$ROOT' --store '$STORE' \"\$@\"; }; $(as_told "$line")" </dev/null
    ran=$((ran + 1))
  done <<<"$1"
  cd "$SCRATCH"
}

block=
while IFS= read -r line; do
  case $line in
  '    oci '*) block+=${block:+$'\n'}$line ;;
  '    '*) ;;
  *)
    if [ -n "$block" ]; then run_block "$block"; fi
    block=
    ;;
  esac
done < <(cat "$SOURCE/README.md" && echo)
[ "$ran" -eq "$(grep -c '^    oci ' "$SOURCE/README.md")" ] && [ "$ran" -ge 15 ] || fail "$ran lines ran"
