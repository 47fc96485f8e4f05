#!/usr/bin/env bash
# Completion knows every verb and flag, containers and images, and stands behind bash, zsh and fish.
. "$(dirname "$0")/../../tools/harness.sh"
need zsh fish

verbs=$("$OCI" --help | sed -nE 's/^  ([a-z][a-z-]*) {2,}[a-z].*/\1/p')
expect_contains "$verbs" run
expect_contains "$("$OCI" __complete '')" "$(head -n 1 <<<"$verbs")"
for verb in $verbs; do
  expect_eq "$("$OCI" __complete "$verb" | grep -cx -- "$verb")" 1 "$verb"
  flags=$("$OCI" "$verb" --help | grep -E '^  +-' | grep -oE '^[^A-Z]*' | grep -oE -- '--[a-z][a-z0-9.-]*' | sort -u || true)
  known=$("$OCI" __complete "$verb" --)
  for flag in $flags; do grep -qx -- "$flag" <<<"$known" || fail "$verb $flag is not completed"; done
done

# The words: containers by their root, images of the store; nothing where a flag's value or a file is wanted.
id=$(id_of words)
make_bundle b sleep 60
expect_ok oci run -d -b b "$id" </dev/null
expect_eq "$("$OCI" --root "$ROOT" __complete state '')" "$id"
expect_eq "$("$OCI" --root "$ROOT" __complete kill "$id" '')" ""
expect_eq "$("$OCI" --root "$ROOT" __complete state --root '')" ""
expect_ok oci delete --force "$id"
make_image layout:v1 --layer b/rootfs
expect_ok oci pull oci:layout:v1
expect_eq "$("$OCI" __complete unpack local)" "$(oci images | awk 'NR > 1 { print $1 }')"
expect_eq "$("$OCI" __complete nosuchverb '')" ""

# In the shells.
expect_fail 1 'not bash, zsh or fish' -- oci completion ksh
mkdir bin
ln -s "$OCI" bin/oci
export PATH=$PWD/bin:$PATH
in_bash() { # LINE: what is offered
  bash -c 'source <(oci completion bash); COMP_LINE=$1 COMP_POINT=${#1}; _oci; printf "%s\n" "${COMPREPLY[@]}"' - "$1"
}
expect_eq "$(in_bash 'oci pul')" pull
expect_contains "$(in_bash 'oci run --ent')" --entrypoint
expect_eq "$(in_bash 'oci unpack localhost/layout:')" v1
expect_eq "$(in_bash 'oci exec -p ')" ""
expect_ok zsh -fc 'source <(oci completion zsh) 2>/dev/null; whence -f _oci >/dev/null'
oci completion zsh | zsh -n
expect_eq "$(HOME=$PWD fish -c 'oci completion fish | source; complete -C "oci pul"' | cut -f1)" pull
