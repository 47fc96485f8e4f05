# What every end-to-end test sources first. A test is one bash file, one behaviour, tests/e2e/AREA/NAME.sh:
#
#     #!/usr/bin/env bash
#     # A container's exit status is ours.
#     # peers: runc crun                      (the same file is true of these: ./dev test peers)
#     . "$(dirname "$0")/../../tools/harness.sh"
#     make_bundle "$SCRATCH/b" sh -c 'exit 7'
#     expect_fail 7 -- runtime run -b "$SCRATCH/b" "$(id_of c1)"
#
# Run it by itself with `OCI=build/release/oci bash tests/e2e/AREA/NAME.sh`, a peer with RUNTIME=runc before it, or through
# ctest (`ctest --test-dir build/dev -R e2e.AREA`). Comments at its top that ctest reads: `# serial`, `# timeout: SECONDS`,
# `# peers: runc crun`, `# labels: WORD` (tests/CMakeLists.txt). Exit status 77 is a skip: call `skip WHY` or `need PROGRAM…`.
#
# Variables
#   OCI       the program under test (default build/release/oci)
#   RUNTIME   what `runtime` calls: $OCI, or runc, crun where the behaviour is theirs too
#   SKOPEO, UMOCI   the peers' programs
#   SCRATCH   a folder of this test alone, on a real file system; removed at the end
#   ROOT, STORE     --root and the store of this test ($SCRATCH/run, $SCRATCH/store)
#   TESTS, SOURCE   this tests/ folder and the top of the tree
#
# Commands
#   oci ARG…                     $OCI with the test's own --root and store
#   runtime ARG…                 $RUNTIME --root $ROOT ARG…
#   id_of NAME                   a container id of this test: use no other, the leak check knows them by it
#   make_bundle DIR [CMD ARG…]   busybox root file system and config.json, no terminal, process.args = CMD ARG…
#   make_rootfs DIR              the root file system alone
#   edit_config DIR [JQ-OPTION…] FILTER     config.json through jq, in place
#   json_array ARG…              the arguments as a JSON array (for --argjson)
#   start_registry [--tls] [--login USER:PASSWORD] [--token USER:PASSWORD] [--layout DIR]
#                                sets REGISTRY (127.0.0.1:PORT), REGISTRY_DATA (docker-registry's folder), REGISTRY_LOG, and with
#                                --token TOKEN_LOG (a line for each token: tests/tools/token_server.py; "refresh-secret" is a
#                                refresh token), with --tls REGISTRY_CERTS (a folder with ca.crt, for --cert-dir). --layout serves that OCI layout
#                                read-only by tests/tools/registry.py (every repository name is that layout), else it is
#                                docker-registry, empty. Several may run.
#   make_image LAYOUT:TAG ARG…   tests/tools/make_image.py: an OCI layout from folders or tar files, no other tool needed
#   push LAYOUT:TAG NAME:TAG     by skopeo into $REGISTRY
#   expect_ok [--] CMD…          runs CMD: status 0 or the test fails, showing what it printed
#   expect_fail CODE [PATTERN…] -- CMD…   status CODE (or `any`: not 0, and no signal), and stderr matches each regex
#                                after both: OUT and ERR hold what CMD printed
#   expect_eq A B [WHAT], expect_contains TEXT PART, expect_not_contains TEXT PART, expect_match TEXT REGEX
#   expect_file PATH, expect_no_file PATH
#   wait_for SECONDS CMD…        polls until CMD succeeds; fails the test when it does not
#   background VARIABLE CMD…     starts CMD, its pid in VARIABLE; killed at the end
#   prepare_crun                 before crun is called (done already where it is $RUNTIME)
#   at_exit CMD ARG…             run at the end, last first
#   skip WHY, need PROGRAM…, fail TEXT
#
# At the end (supervise.py) processes, mounts under SCRATCH, cgroups named by id_of and container state in ROOT that are still
# there fail the test: delete your containers, unmount what you mount.
set -euo pipefail

TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SOURCE=$(dirname "$TESTS")
if [ -z "${OCI_TEST_SCRATCH:-}" ]; then
  exec python3 "$TESTS/tools/supervise.py" "$(realpath "$0")" "$@"
fi

OCI=$(realpath -- "${OCI:-$SOURCE/build/release/oci}")
RUNTIME=${RUNTIME:-$OCI}
SKOPEO=${SKOPEO:-skopeo}
UMOCI=${UMOCI:-umoci}
SCRATCH=$OCI_TEST_SCRATCH
ROOT=$SCRATCH/run
STORE=$SCRATCH/store
export OCI_STORE=$STORE
OUT= ERR=
umask 022
cd "$SCRATCH"

# --- verdicts --------------------------------------------------------------------------------------------------------

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  local i
  for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
    printf '  at %s:%s\n' "${BASH_SOURCE[i]}" "${BASH_LINENO[i - 1]}" >&2
  done
  exit 1
}

skip() {
  printf 'skipped: %s\n' "$*"
  if [ -n "${OCI_SKIP_LOG:-}" ]; then printf '%s: %s\n' "${OCI_TEST_NAME:-$(basename "$0" .sh)}" "$*" >>"$OCI_SKIP_LOG"; fi
  exit 77
}

need() {
  local program
  for program; do
    command -v "$program" >/dev/null || skip "needs $program"
  done
}

trap 'status=$?; printf "FAILED: %s:%s: %s: status %s\n" "${BASH_SOURCE[0]}" "$LINENO" "$BASH_COMMAND" "$status" >&2' ERR

# --- the end ---------------------------------------------------------------------------------------------------------

AT_EXIT=()
at_exit() { AT_EXIT+=("$(printf '%q ' "$@")"); }

run_at_exit() {
  local status=$? i
  set +e
  trap - ERR
  for ((i = ${#AT_EXIT[@]} - 1; i >= 0; i--)); do eval "${AT_EXIT[i]}" >/dev/null 2>&1; done
  exit "$status"
}
trap run_at_exit EXIT

stop_process() {
  kill "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

background() {
  local -n pid_variable=$1
  shift
  case $1 in # not through a function: the pid is to be the program's
  oci) set -- "$OCI" --root "$ROOT" "${@:2}" ;;
  runtime) set -- "$RUNTIME" --root "$ROOT" "${@:2}" ;;
  esac
  "$@" &
  pid_variable=$!
  at_exit stop_process "$pid_variable"
}

# --- programs --------------------------------------------------------------------------------------------------------

oci() { "$OCI" --root "$ROOT" "$@"; }
runtime() { "$RUNTIME" --root "$ROOT" "$@"; }
id_of() { printf '%s-%s' "$OCI_TEST_ID" "$1"; }

# crun wants every controller on v1 or every one on v2. For this test alone, hugetlb is moved to v1 where it stands apart.
prepare_crun() {
  local folder=/sys/fs/cgroup/hugetlb
  need crun
  if [ -e /sys/fs/cgroup/cgroup.controllers ] || mountpoint -q "$folder"; then return; fi
  mkdir -p "$folder"
  at_exit rmdir "$folder"
  mount -t cgroup -o hugetlb none "$folder" || skip "crun needs hugetlb on cgroup v1"
  at_exit umount "$folder"
}

if [ "$(basename "$RUNTIME")" = crun ]; then prepare_crun; fi

# --- expectations ----------------------------------------------------------------------------------------------------

run_captured() {
  STATUS=0
  "$@" >"$SCRATCH/.out" 2>"$SCRATCH/.err" || STATUS=$?
  OUT=$(tr -d '\0' <"$SCRATCH/.out") ERR=$(tr -d '\0' <"$SCRATCH/.err")
}

show_captured() { printf -- '--- stdout\n%s\n--- stderr\n%s\n---\n' "$OUT" "$ERR" >&2; }

expect_ok() {
  if [ "$1" = -- ]; then shift; fi
  run_captured "$@"
  if [ "$STATUS" -ne 0 ]; then
    show_captured
    fail "status $STATUS, expected 0: $*"
  fi
}

expect_fail() {
  local code=$1 patterns=() pattern
  shift
  while [ "$1" != -- ]; do
    patterns+=("$1")
    shift
  done
  shift
  run_captured "$@"
  if [ "$code" = any ]; then
    if [ "$STATUS" -eq 0 ] || [ "$STATUS" -ge 128 ] && [ "$STATUS" -ne 255 ]; then
      show_captured
      fail "status $STATUS, expected an error: $*"
    fi
  elif [ "$STATUS" -ne "$code" ]; then
    show_captured
    fail "status $STATUS, expected $code: $*"
  fi
  for pattern in "${patterns[@]}"; do
    if ! grep -Eq -- "$pattern" <<<"$ERR"; then
      show_captured
      fail "stderr has nothing like '$pattern': $*"
    fi
  done
}

expect_eq() { [ "$1" = "$2" ] || fail "${3:+$3: }'$1', expected '$2'"; }
expect_contains() { [[ "$1" == *"$2"* ]] || fail "'$2' is not in: $1"; }
expect_not_contains() { [[ "$1" != *"$2"* ]] || fail "'$2' is in: $1"; }
expect_match() { grep -Eq -- "$2" <<<"$1" || fail "nothing like '$2' in: $1"; }
expect_file() { [ -e "$1" ] || [ -L "$1" ] || fail "$1 is not there"; }
expect_no_file() { if [ -e "$1" ] || [ -L "$1" ]; then fail "$1 is there"; fi; }

wait_for() {
  local deadline=$(($(date +%s%N) / 1000000 + $1 * 1000))
  shift
  until "$@" >/dev/null 2>&1; do
    if [ $(($(date +%s%N) / 1000000)) -gt "$deadline" ]; then fail "still not so: $*"; fi
    sleep 0.05
  done
}

# --- bundles ---------------------------------------------------------------------------------------------------------

APPLETS="[ awk basename cat chmod chown chgrp cp cut date dd df dirname echo env expr false find free grep groups head hostname id
ifconfig ip kill killall ln logname ls mkdir mkfifo mknod mktemp mount mountpoint mv nc nproc od pidof ping printf ps pwd readlink
realpath rm rmdir route sed seq sh sleep sort stat stty sync tail tar tee test timeout top touch tr true truncate tty ulimit umount
uname uniq unlink unshare usleep wc wget which whoami xargs yes"

make_rootfs() {
  local dir=$1 applet busybox
  busybox=$(command -v busybox) || skip "needs busybox"
  mkdir -p "$dir"/{bin,dev,etc,proc,root,sys,tmp,var}
  chmod 1777 "$dir/tmp"
  cp "$busybox" "$dir/bin/busybox"
  for applet in $APPLETS; do ln -s busybox "$dir/bin/$applet"; done
  printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n' >"$dir/etc/passwd"
  printf 'root:x:0:\nuser:x:1000:\nextra:x:2000:user\n' >"$dir/etc/group"
}

edit_config() {
  local dir=$1
  shift
  jq "$@" <"$dir/config.json" >"$dir/.config.json"
  mv "$dir/.config.json" "$dir/config.json"
}

json_array() { python3 -c 'import json, sys; print(json.dumps(sys.argv[1:]))' "$@"; }

make_bundle() {
  local dir=$1
  shift
  make_rootfs "$dir/rootfs"
  (cd "$dir" && "$RUNTIME" spec)
  edit_config "$dir" '.process.terminal = false | .root.readonly = false'
  if [ $# -gt 0 ]; then edit_config "$dir" --argjson args "$(json_array "$@")" '.process.args = $args'; fi
}

# --- images and registries -------------------------------------------------------------------------------------------

make_image() { python3 "$TESTS/tools/make_image.py" "$@"; }

REGISTRIES=0
start_registry() {
  local tls= login= layout= token= dir scheme=http
  while [ $# -gt 0 ]; do
    case $1 in
    --tls) tls=yes scheme=https ;;
    --login) login=$2 && shift ;;
    --layout) layout=$2 && shift ;;
    --token) token=$2 && shift ;;
    *) fail "start_registry: $1" ;;
    esac
    shift
  done
  REGISTRIES=$((REGISTRIES + 1))
  dir=$SCRATCH/registry$REGISTRIES
  mkdir "$dir"
  REGISTRY_LOG=$dir/log
  if [ -n "$tls" ]; then make_certificates "$dir"; fi
  if [ -n "$layout" ]; then
    background REGISTRY_PID python3 "$TESTS/tools/registry.py" --layout "$layout" ${login:+--login "$login"} \
      ${tls:+--tls "$dir/server.crt" "$dir/server.key"} 2>"$REGISTRY_LOG" >/dev/null
  else
    need docker-registry
    REGISTRY_DATA=$dir/data
    if [ -n "$token" ]; then start_token_server "$dir" "$token"; fi
    write_registry_config "$dir" "$tls" "$login" "$token"
    background REGISTRY_PID docker-registry serve "$dir/config.yml" >"$REGISTRY_LOG" 2>&1
  fi
  wait_for 30 grep -q 'listening on' "$REGISTRY_LOG"
  REGISTRY=127.0.0.1:$(sed -nE 's/.*listening on [^ ]*:([0-9]+).*/\1/p' "$REGISTRY_LOG" | head -n 1)
  wait_for 30 curl -sk -o /dev/null "$scheme://$REGISTRY/v2/"
}

start_token_server() { # start_token_server FOLDER USER:PASSWORD
  local dir=$1
  openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=tests -days 2 -keyout "$dir/token.key" -out "$dir/token.crt" 2>/dev/null
  TOKEN_LOG=$dir/token.log
  background TOKEN_PID python3 "$TESTS/tools/token_server.py" --cert "$dir/token.crt" --key "$dir/token.key" --user "$2" \
    --refresh refresh-secret --log "$TOKEN_LOG" 2>"$dir/token.err" >/dev/null
  wait_for 30 grep -q 'listening on' "$dir/token.err"
  TOKEN_SERVER=127.0.0.1:$(sed -nE 's/.*:([0-9]+)$/\1/p' "$dir/token.err")
}

write_registry_config() {
  local dir=$1 tls=$2 login=$3 token=$4
  {
    printf 'version: 0.1\nlog: {level: info, accesslog: {disabled: false}}\n'
    printf 'storage: {filesystem: {rootdirectory: %s/data}, delete: {enabled: true}}\n' "$dir"
    printf 'http:\n  addr: 127.0.0.1:0\n  secret: test\n'
    if [ -n "$tls" ]; then printf '  tls: {certificate: %s/server.crt, key: %s/server.key}\n' "$dir" "$dir"; fi
    if [ -n "$token" ]; then
      printf 'auth: {token: {realm: "http://%s/token", service: registry, issuer: tests, rootcertbundle: %s/token.crt}}\n' "$TOKEN_SERVER" "$dir"
    fi
    if [ -n "$login" ]; then
      need htpasswd
      htpasswd -Bbn "${login%%:*}" "${login#*:}" >"$dir/htpasswd"
      printf 'auth: {htpasswd: {realm: test, path: %s/htpasswd}}\n' "$dir"
    fi
  } >"$dir/config.yml"
}

make_certificates() {
  need openssl
  local dir=$1
  REGISTRY_CERTS=$dir/certs
  mkdir "$REGISTRY_CERTS"
  {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=test authority' -keyout "$dir/ca.key" -out "$REGISTRY_CERTS/ca.crt"
    openssl req -newkey rsa:2048 -nodes -subj '/CN=127.0.0.1' -keyout "$dir/server.key" -out "$dir/server.csr"
    openssl x509 -req -in "$dir/server.csr" -CA "$REGISTRY_CERTS/ca.crt" -CAkey "$dir/ca.key" -CAcreateserial -days 2 \
      -extfile <(printf 'subjectAltName=IP:127.0.0.1,DNS:localhost') -out "$dir/server.crt"
  } 2>"$dir/openssl.log" || fail "openssl: $(cat "$dir/openssl.log")"
}

push() {
  need "$SKOPEO"
  "$SKOPEO" copy --quiet --insecure-policy --dest-tls-verify=false "oci:$1" "docker://$REGISTRY/$2"
}
