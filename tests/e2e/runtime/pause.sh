#!/usr/bin/env bash
# pause freezes what runs, resume lets it go on; exec waits for neither; each says when it is not the time for it.
# peers: runc
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/runtime/cgroups.bash"

id=$(id_of paused)
make_bundle b sh -c 'while :; do echo x >>/beat; sleep 0.01; done'
status() { runtime state "$id" | jq -r .status; }
beats() { wc -l <b/rootfs/beat; }
expect_ok runtime run -d -b b "$id" </dev/null
wait_for 10 test -s b/rootfs/beat
expect_fail 1 'not paused' -- runtime resume "$id"
expect_ok runtime pause "$id"
expect_eq "$(status)" paused
before=$(beats)
sleep 0.2
expect_eq "$(beats)" "$before" "the container's heart beats on"
expect_fail any -- runtime pause "$id"
expect_fail 255 'paused' -- runtime exec "$id" true
expect_ok runtime resume "$id"
expect_eq "$(status)" running
more_beats() { [ "$(beats)" -gt "$before" ]; }
wait_for 10 more_beats
expect_ok runtime exec "$id" true
expect_ok runtime pause "$id"
expect_ok runtime delete --force "$id"
for verb in pause resume; do expect_fail 1 'does not exist' -- runtime $verb "$id"; done

# A created container may be paused; a stopped one may not.
edit_config b '.process.args = ["true"]'
expect_ok runtime create -b b "$id" </dev/null
expect_ok runtime pause "$id"
expect_eq "$(status)" paused
expect_ok runtime resume "$id"
expect_eq "$(status)" created
expect_ok runtime start "$id"
stopped() { [ "$(status)" = stopped ]; }
wait_for 10 stopped
expect_fail 1 'not running' -- runtime pause "$id"
expect_ok runtime delete "$id"
expect_eq "$(folders_named "$id")" "" "cgroups left behind"
