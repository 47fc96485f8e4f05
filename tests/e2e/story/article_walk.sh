#!/usr/bin/env bash
# The same sessions in oci's words: docker's options translated, shifted ids with a hook, a folder made by hand, and the walk to
# a writable root, the host's network, three capabilities and a resolver.
. "$(dirname "$0")/../../tools/harness.sh"
need script
make_rootfs folder
ln -s busybox folder/bin/nslookup
mkdir shared && echo outside >shared/file
# The end of script's own input reaches the terminal, which may echo it.
on_terminal() { script -qec "$(printf '%q ' "$OCI" --root "$ROOT" "$@")" /dev/null </dev/null | tr -d '\r' | sed 's/\^[@D]//g'; }

# docker run -it --read-only -v /host:/hostpath alpine sh
mkdir a && cd a
expect_ok oci spec --rootfs ../folder -it --read-only -v "$SCRATCH/shared:/hostpath" -- sh -c 'tty; cat /hostpath/file; touch /x'
expect_eq "$(jq -c '[.process.terminal, .root.readonly]' config.json)" '[true,true]'
expect_match "$(on_terminal run "$(id_of a)" | paste -sd' ')" '/dev/pts/0 outside .*Read-only file system'

# riddler -idroot 100000 -idlen 65535 -hook prestart:netns
mkdir ../b && cd ../b && cp -a ../folder rootfs
python3 -c 'import os
for top, folders, files in os.walk("rootfs"):
    for path in [top] + [os.path.join(top, f) for f in files]: os.lchown(path, 100000, 100000)'
chmod 755 .. . rootfs
printf '#!/bin/sh\ncat >"%s/b/told"\n' "$SCRATCH" >hook && chmod +x hook
expect_ok oci spec --rootfs rootfs --idroot 100000 --idlen 65535 --hook "prestart:$PWD/hook" -- sh -c 'id -u; stat -c %u /bin/busybox; cat /proc/self/uid_map'
expect_ok oci run "$(id_of b)"
expect_match "$(tr -s ' \n' ' ' <<<"$OUT")" '^0 0 0 100000 65535'
expect_eq "$(jq -r .id told)" "$(id_of b)"

# The walk: nothing, then writable, then the host's network, then three capabilities and a resolver.
mkdir ../c && cd ../c && cp -a ../folder rootfs
question=(sh -c 'touch /new && echo writable; readlink /proc/self/ns/net; grep CapEff /proc/self/status; grep -c . /etc/resolv.conf')
walk=(--rootfs rootfs --cap-drop ALL --cap-add AUDIT_WRITE --cap-add KILL --cap-add NET_BIND_SERVICE)
run_walk() { rm -f config.json && expect_ok oci spec "${walk[@]}" "$@" -- "${question[@]}" && run_captured oci run "$(id_of c)"; }
run_walk --read-only
expect_match "$ERR" 'Read-only file system'
run_walk
expect_match "$OUT" '^writable'
expect_not_contains "$OUT" "$(readlink /proc/self/ns/net)"
run_walk --net host --cap-add NET_RAW --cap-add SETUID --cap-add SETGID
expect_contains "$OUT" "$(readlink /proc/self/ns/net)"
expect_match "$OUT" 'CapEff:.*00000000200024e0' # AUDIT_WRITE, NET_RAW, NET_BIND_SERVICE, SETUID, SETGID, KILL
expect_match "$OUT" '^[1-9][0-9]*$'
background NAME_SERVER python3 "$TESTS/tools/name_server.py" 127.53.17.4 service.example 192.0.2.7 >named
wait_for 20 grep -q ready named
rm config.json
expect_ok oci spec "${walk[@]}" --net host --dns 127.53.17.4 -- nslookup service.example
expect_ok oci run "$(id_of c)"
expect_match "$OUT" 'Address: *192.0.2.7'
rm config.json
expect_ok oci spec "${walk[@]}" --net host --dns 127.53.17.4 --dns-search example --add-host other:192.0.2.8 -- \
  sh -c 'nslookup -type=a service; grep other /etc/hosts'
expect_ok oci run "$(id_of c)"
expect_match "$(paste -sd' ' <<<"$OUT")" 'Name:\s*service.example.*192.0.2.7.*192.0.2.8\s*other'
