#!/usr/bin/env bash
# What a whole test run may not leave on the machine: host.sh before|after FILE
# Mounts, scratch files, container state, processes of ours, and cgroups without a process (those with one are somebody's).
set -euo pipefail
file=$2

empty_cgroups() {
  local folder pid
  while IFS= read -r folder; do
    pid=
    { read -r pid <"$folder/cgroup.procs"; } 2>/dev/null || true
    if [ -z "$pid" ]; then printf 'cgroup %s\n' "$folder"; fi
  done < <(find /sys/fs/cgroup -mindepth 2 -type d 2>/dev/null)
}

snapshot() {
  awk '{ print "mount " $5 }' /proc/self/mountinfo
  empty_cgroups
  find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'oci-*' -printf 'file %p\n'
  find /run/oci /run/runc /run/crun /var/lib/oci -mindepth 1 -maxdepth 1 -printf 'file %p\n' 2>/dev/null || true
  local exe
  for exe in /proc/[0-9]*/exe; do
    case $(readlink "$exe" 2>/dev/null) in
    */build/*/oci | */build/*/oci-image | */oci-test.*) printf 'process %s %s\n' "$(basename "$(dirname "$exe")")" "$(readlink "$exe")" ;;
    esac
  done
}

case $1 in
before) snapshot | sort -u >"$file" ;;
after)
  left=$(comm -13 "$file" <(snapshot | sort -u))
  rm "$file"
  if [ -n "$left" ]; then
    printf 'left on this machine:\n%s\n' "$left"
    exit 1
  fi
  ;;
esac
