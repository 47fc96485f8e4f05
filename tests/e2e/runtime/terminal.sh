#!/usr/bin/env bash
# process.terminal: a terminal of the container's own devpts, in the foreground and by --console-socket, for exec too.
. "$(dirname "$0")/../../tools/harness.sh"

id=$(id_of tty)
make_bundle b sh -c 'tty; stty size; test -c /dev/console && echo console; test -t 0 && test -t 1 && test -t 2 && echo all; sleep 60'
edit_config b '.process.terminal = true | .process.consoleSize = {height: 33, width: 99}'
expect_fail 1 'console socket' -- runtime create -b b "$id" </dev/null
cat >receive.py <<'END'
import array, os, select, socket, sys, time
server = socket.socket(socket.AF_UNIX)
server.bind("console")
server.listen(4)
for want in sys.argv[1:]:
    connection, _ = server.accept()
    message, control, _, _ = connection.recvmsg(100, 100)
    master = array.array("i", control[0][2])[0]
    text, end = b"", time.time() + 20
    while want.encode() not in text and time.time() < end:
        if select.select([master], [], [], 1)[0]:
            text += os.read(master, 4096)
    print(text.decode().replace("\r", ""), flush=True)
END
background receiver python3 receive.py all second
wait_for 10 test -S console
expect_ok runtime create -b b --console-socket console "$id" </dev/null
expect_ok runtime start "$id"
expect_ok runtime exec -t --console-socket console "$id" sh -c 'tty; echo second' </dev/null
wait "$receiver"
expect_ok runtime delete --force "$id"

edit_config b '.process.args = ["sh", "-c", "tty; stty size; ls -l /proc/self/fd/2"]'
expect_ok runtime run -b b "$id" </dev/null
expect_contains "$OUT" /dev/pts/0
expect_contains "$OUT" "33 99"
