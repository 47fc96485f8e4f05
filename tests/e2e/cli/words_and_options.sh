#!/usr/bin/env bash
# Where options may stand: global ones before and after the verb, a command's own words are its own, `kill ID -9` works.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of words)
make_bundle b sleep 60
expect_ok "$OCI" run -d "$id" --root="$ROOT" -b b </dev/null
for where in "--root $ROOT state $id" "state --root $ROOT $id" "state $id --root $ROOT" "--root=$ROOT --debug state $id --log-format text"; do
  # shellcheck disable=SC2086
  expect_ok "$OCI" $where
  expect_eq "$(jq -r .status <<<"$OUT")" running "$where"
done
expect_fail 1 'option --root needs a value' -- "$OCI" state "$id" --root
expect_fail 1 'unknown option --rooot' 'did you mean --root' -- "$OCI" --rooot "$ROOT" state "$id"

# After the command nothing is an option of ours, and -- says so for more.
expect_ok oci exec "$id" echo --root -e -t -- --help -9
expect_eq "$OUT" "--root -e -t -- --help -9"
expect_ok oci exec -e A=B "$id" -- echo --help
expect_eq "$OUT" --help
expect_ok oci exec "$id" -e A=B sh -c 'echo $A' # before the command they are
expect_eq "$OUT" B
expect_ok oci exec "$id" sh -c 'echo "$0" "$@"' -b -d -- x
expect_eq "$OUT" "-b -d -- x"
expect_match "$(oci ps "$id" -o pid,args)" 'sleep 60'

expect_ok oci kill "$id" -0
expect_fail 1 'is no signal' -- oci kill "$id" -999
expect_ok oci kill "$id" -9
wait_for 10 sh -c "'$OCI' --root '$ROOT' state '$id' | grep -q stopped"
expect_ok oci delete "$id"
expect_no_file "$ROOT/$id"

for name in SIGTERM TERM term 15; do # every spelling
  expect_ok oci create -b b "$id" </dev/null
  expect_ok oci kill "$id" "$name"
  expect_ok oci delete -f "$id"
done

# An image's command is verbatim as well.
make_image layout:latest --layer b/rootfs >/dev/null
expect_ok oci pull oci:layout:latest
image=$(jq -r '.manifests[0].annotations["org.opencontainers.image.ref.name"]' "$STORE/index.json")
expect_ok oci run "$image" echo --root -e A -b -- --help
expect_eq "$OUT" "--root -e A -b -- --help"

# Flags take true and false, the last counts.
expect_ok oci run --read-only --read-only=false "$image" touch /new
expect_fail 1 'Read-only' -- oci run --read-only=false --read-only=true "$image" touch /new
expect_fail 1 '^error: run: --read-only: maybe is not true or false' -- oci run --read-only=maybe "$image" true
