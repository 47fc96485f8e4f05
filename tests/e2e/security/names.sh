#!/usr/bin/env bash
# Names that become paths: a container's id is one plain name, its state is no link to elsewhere, a cgroup stays beneath the
# container's; a capability is one that exists.
. "$(dirname "$0")/../../tools/harness.sh"

make_bundle b true
mkdir -p victim/state
echo '{"id": "evil"}' >victim/state.json
mkdir -p "$ROOT"
ln -s "$PWD/victim" "$ROOT/$(id_of link)"
for wrong in ../evil a/b . .. "" "a b" /abs ./x x/ $'a\nb' "a:b" $'\e[31m'; do
  for verb in "create -b b" "run -b b" start state kill "delete --force" pause resume ps; do
    # shellcheck disable=SC2086
    expect_fail any -- runtime $verb "$wrong" </dev/null
    expect_not_contains "$ERR" $'\e'
  done
  expect_fail any -- runtime exec "$wrong" true </dev/null
done
# A state folder that is a link to elsewhere is none, and nothing waits for it to become one.
expect_fail any 'does not exist' -- runtime state "$(id_of link)"
expect_ok runtime delete --force "$(id_of link)"
for verb in create run; do expect_fail any 'not a directory' -- timeout 60 "$RUNTIME" --root "$ROOT" $verb -b b "$(id_of link)" </dev/null; done
expect_eq "$(cat victim/state.json)" '{"id": "evil"}'
expect_file victim/state
rm -f "$ROOT/$(id_of link)"

id=$(id_of -x)
expect_ok runtime create -b b -- "$id" </dev/null
for name in CAP_NOSUCH KILL cap_kill "" CAP_KILL,CAP_CHOWN; do
  expect_fail any -- runtime exec --cap "$name" "$id" true </dev/null
done
for place in ../../.. ../x /../../x .. a/../../b; do
  expect_fail any -- runtime exec --cgroup "$place" "$id" true </dev/null
done
expect_ok runtime delete --force -- "$id"
