#!/usr/bin/env bash
# oci.toml: defaults of the options that end in config.json. --explain names file and line; what is typed goes over it.
. "$(dirname "$0")/../../tools/harness.sh"
need jq

make_rootfs rootfs
make_image layout:latest --layer rootfs --config '{"Env": ["PATH=/bin"], "Cmd": ["sh", "-c", "echo $A $B; ulimit -Sn"]}' >/dev/null
expect_ok oci pull oci:layout:latest
explain() { # explain FLAG…
  expect_ok oci spec oci:layout:latest "$@" --explain --format json
  printf '%s\n' "$OUT" >explained.json
}
source_of() { jq -r --arg p "$1" '.values[] | select(.path == $p) | .source' explained.json; }
value_of() { jq -c --arg p "$1" '.values[] | select(.path == $p) | .value' explained.json; }
over_of() { jq -c --arg p "$1" '.values[] | select(.path == $p) | .overrode' explained.json; }

# The user's own file.
export XDG_CONFIG_HOME=$SCRATCH/config
own=$XDG_CONFIG_HOME/oci/oci.toml
mkdir -p "${own%/*}"
cat >"$own" <<'END'
# What every container of mine gets.
[container]
memory = "64m"
env = ["A=1", "B=1"]
read-only = true
ulimit = "nofile=500:600"
pids-limit = 77
END
explain
expect_eq "$(value_of linux.resources.memory.limit)" $((64 << 20))
expect_eq "$(source_of linux.resources.memory.limit)" "$own:3"
expect_eq "$(source_of 'process.env[A]')" "$own:4"
expect_eq "$(source_of root.readonly)" "$own:5"
expect_eq "$(source_of 'process.rlimits[RLIMIT_NOFILE].hard')" "$own:6"
expect_eq "$(source_of linux.resources.pids.limit)" "$own:7"
expect_eq "$(source_of 'process.env[PATH]')" "image config.Env"

# What is typed: in the place of one value, beside those of a list, over one of them.
explain --memory 32m -e B=2 -e C=3 --read-only=false
expect_eq "$(value_of linux.resources.memory.limit)" $((32 << 20))
expect_eq "$(source_of linux.resources.memory.limit)" "flag --memory"
expect_eq "$(over_of linux.resources.memory.limit)" "[\"$own:3: 64m\"]"
expect_eq "$(value_of 'process.env[A]') $(source_of 'process.env[A]')" "\"A=1\" $own:4"
expect_eq "$(value_of 'process.env[B]') $(source_of 'process.env[B]')" '"B=2" flag --env'
expect_eq "$(source_of 'process.env[C]')" "flag --env"
expect_eq "$(value_of root.readonly)" ""

# Every verb that makes a bundle; not one that gets a bundle.
expect_ok oci unpack oci:layout:latest unpacked
expect_eq "$(jq .linux.resources.pids.limit unpacked/config.json)" 77
expect_ok oci pull --unpack oci:layout:latest pulled
expect_eq "$(jq .linux.resources.pids.limit pulled/config.json)" 77
expect_ok oci spec --rootfs rootfs -o - -- sh
expect_eq "$(jq .linux.resources.pids.limit <<<"$OUT")" 77
expect_ok oci run oci:layout:latest
expect_eq "$(paste -sd' ' <<<"$OUT")" "1 1 500"
expect_ok oci spec unpacked -e D=4
expect_eq "$(jq -c '[.process.env[] | select(test("^[A-D]="))]' unpacked/config.json)" '["A=1","B=1","D=4"]'

# An engine; a template that is typed goes in its place.
printf '[container]\nengine = "podman"\n' >"$own"
explain
expect_eq "$(source_of process.user.umask)" "engine podman"
expect_ok oci spec oci:layout:latest --template unpacked/config.json -o -
explain --engine docker
expect_eq "$(source_of process.user.umask)" ""

# All verbs take an engine.
rm "$own"
expect_ok oci unpack --engine podman oci:layout:latest by_podman
expect_eq "$(jq .process.user.umask by_podman/config.json)" 18
expect_ok oci run --engine podman oci:layout:latest sh -c 'umask; echo $container'
expect_eq "$(paste -sd' ' <<<"$OUT")" "0022 podman"

# The user's values replace those of the machine, lists too; the machine's others stay.
mkdir -p etc/oci
printf '[container]\nmemory = "1g"\nenv = ["M=1"]\npids-limit = 9\n' >etc/oci/oci.toml
printf '[container]\nmemory = "64m"\nenv = ["U=1"]\n' >"$own"
expect_ok unshare -m sh -c 'mount --bind "$1" /etc && shift && exec "$@"' - "$SCRATCH/etc" \
  "$OCI" spec oci:layout:latest --explain --format json
printf '%s\n' "$OUT" >explained.json
expect_eq "$(source_of linux.resources.memory.limit)" "$own:2"
expect_eq "$(source_of 'process.env[U]') $(source_of 'process.env[M]')" "$own:3 "
expect_eq "$(value_of linux.resources.pids.limit) $(source_of linux.resources.pids.limit)" "9 /etc/oci/oci.toml:4"
rm "$own"

# One file in the place of all.
printf '[container]\nhostname = "only"\n' >only.toml
export OCI_CONFIG=$SCRATCH/only.toml
explain
expect_eq "$(value_of hostname) $(source_of hostname)" "\"only\" $OCI_CONFIG:2"

# What is wrong is named by file, line and key.
refused() { # refused PATTERN LINE…
  printf '[container]\n' >only.toml
  printf '%s\n' "${@:2}" >>only.toml
  expect_fail 1 "$OCI_CONFIG:2: $1" -- oci spec oci:layout:latest -o -
}
refused 'memroy: no such option' 'memroy = "1m"'
expect_contains "$ERR" "did you mean memory?"
refused '--memory 5x: not a size' 'memory = "5x"'
refused '--env .*' 'env = ["=1"]'
refused 'read-only: neither true nor false' 'read-only = "yes"'
refused 'env: neither a string nor' 'env = [1.5]'
refused 'memory: neither a string nor' 'memory = ["1m"]'
refused '--engine rkt: not one of docker' 'engine = "rkt"'
refused '.*' 'memory ='
printf 'memory = "1m"\n' >only.toml
expect_fail 1 "$OCI_CONFIG:1: memory: .*container" -- oci spec oci:layout:latest -o -
rm only.toml
expect_fail 1 "OCI_CONFIG: read $OCI_CONFIG: no such file" -- oci spec oci:layout:latest -o -
head -c 2000000 /dev/zero >only.toml
expect_fail 1 "$OCI_CONFIG" -- oci spec oci:layout:latest -o -
