#!/usr/bin/env bash
# CVE-2020-15257: nothing of ours listens on an abstract socket, which a container with the host's network could reach.
. "$(dirname "$0")/../../tools/harness.sh"
need strace

id=$(id_of sockets)
make_bundle b sleep 60
edit_config b '.linux.namespaces |= map(select(.type != "network"))'
traced() { strace -f -qq -o "trace.$1" -e trace=bind,connect,listen "$RUNTIME" --root "$ROOT" "$@" </dev/null >/dev/null 2>&1; }
is() { runtime state "$id" | grep -q "\"$1\""; }
background tracer traced create -b b "$id" # strace stays with what stays
wait_for 20 is created
expect_ok traced start "$id"
for verb in pause resume; do expect_ok traced $verb "$id"; done
expect_ok traced exec "$id" true
expect_ok traced delete --force "$id"
wait "$tracer" || true
grep -q 'bind(.*sun_path' trace.create || fail "the trace shows no socket at all"
if grep 'sun_path=@' trace.*; then fail "an abstract socket"; fi
