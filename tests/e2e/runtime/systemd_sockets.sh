#!/usr/bin/env bash
# sd_notify passes through, and sockets that systemd opened for us are the program's.
. "$(dirname "$0")/../../tools/harness.sh"
need python3 jq

cat >listen.py <<'END'
"""listen.py SOCKET LOG: what comes on a datagram socket, a line each."""
import socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
with open(sys.argv[2], "w") as log:
    while True:
        print(server.recv(4096).decode().replace("\n", " "), file=log, flush=True)
END
background listener python3 listen.py "$SCRATCH/notify" "$SCRATCH/log"
wait_for 10 test -S notify

# The host's python, to speak to a socket.
tell() { printf 'import os,socket,time\n%s\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\ns.connect(os.environ["NOTIFY_SOCKET"])\ns.send(b"STATUS=up\\nREADY=1\\n")\ntime.sleep(%s)' "$1" "$2"; }
make_bundle b /usr/bin/python3 -c "$(tell 'while not os.path.exists("/tmp/go"): time.sleep(0.05)' 1000)"
mkdir -p b/rootfs/tmp && ln -s usr/lib b/rootfs/lib && ln -s usr/lib64 b/rootfs/lib64
edit_config b '.mounts += [{"destination": "/usr", "type": "bind", "source": "/usr", "options": ["rbind", "ro"]}]'
export NOTIFY_SOCKET=$SCRATCH/notify

# create and start: start returns when the program is ready, not before.
id=$(id_of created)
at_exit runtime delete -f "$id"
expect_ok runtime create -b b "$id" </dev/null >/dev/null 2>&1
background starting runtime start "$id"
sleep 0.3
kill -0 "$starting" || fail "start did not wait"
expect_eq "$(cat log)" ""
touch b/rootfs/tmp/go
wait "$starting"
pid=$(runtime state "$id" | jq .pid)
wait_for 10 grep -q READY=1 log
expect_match "$(tr '\n' ' ' <log)" "MAINPID=$pid.*READY=1"
expect_ok runtime delete -f "$id"

# run: detached it waits, in the foreground it passes on.
expect_ok runtime run -d -b b "$id" </dev/null >/dev/null 2>&1
wait_for 10 sh -c 'test "$(grep -c READY=1 log)" = 2'
expect_ok runtime delete -f "$id"
edit_config b --arg text "$(tell '' 0)" '.process.args[2] = $text'
expect_ok runtime run -b b "$id"
wait_for 10 sh -c 'test "$(grep -c READY=1 log)" = 3'
unset NOTIFY_SOCKET

id=$(id_of fds)
make_bundle fds sh -c 'echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES; cat <&3; if [ -e /proc/self/fd/4 ]; then cat <&4; fi'
echo three >3.txt && echo four >4.txt
expect_ok sh -c 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@" 3<3.txt' sh "$RUNTIME" --root "$ROOT" run -b fds "$id"
expect_match "$OUT" '^1 1'
expect_match "$OUT" '^three$'
expect_ok sh -c 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@" 3<3.txt 4<4.txt' sh "$RUNTIME" --root "$ROOT" run --preserve-fds 1 -b fds "$id"
expect_match "$OUT" '^four$'
# Meant for another process: not ours.
expect_ok sh -c 'LISTEN_FDS=1 LISTEN_PID=1 exec "$@" 3<3.txt' sh "$RUNTIME" --root "$ROOT" run -b fds "$id"
expect_not_contains "$OUT" three
