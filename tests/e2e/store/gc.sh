#!/usr/bin/env bash
# gc removes what nothing leads to, what killed processes left, and nothing that is in use.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/store/_store.sh"

two_images
stray=$STORE/blobs/sha256/$(printf '%064d' 7)
old_part=$STORE/.oci/partial/sha256-$(printf '%064d' 8)
new_part=$STORE/.oci/partial/sha256-$(printf '%064d' 9)
whole_part=$STORE/.oci/partial/sha256-${SHARED#*:}
head -c 1000000 /dev/zero >"$stray"
for part in "$old_part" "$new_part" "$whole_part"; do echo part >"$part"; done
touch -d '2 days ago' "$old_part"
mkdir "$STORE/.oci/tmp/left"
echo x >"$STORE/.oci/tmp/left/file"
touch -d '2 days ago' "$STORE/blobs/sha256/.tmp-left" "$STORE/.tmp-left"
touch "$STORE/blobs/sha256/.tmp-new"
echo '{}' >"$STORE/.oci/images/sha256-$(printf '%064d' 7).json"
mkdir -p "$STORE/.oci/containers/killed/rootfs" "$STORE/.oci/containers/locked/rootfs" "$STORE/.oci/containers/root/rootfs"
echo x >"$STORE/.oci/containers/killed/rootfs/file"
background LOCK flock -F -s "$STORE/.oci/containers/locked" sleep 100
cp "$(command -v busybox)" "$STORE/.oci/containers/root/rootfs/busybox"
background ROOT_USER chroot "$STORE/.oci/containers/root/rootfs" /busybox sleep 100
wait_for 10 test "/proc/$ROOT_USER/root/" -ef "$STORE/.oci/containers/root/rootfs"

before=$(find "$STORE" | sort)
expect_ok oci gc --dry-run
expect_match "$OUT" '^would remove [0-9]+ things: 9[0-9.]+ KiB$'
expect_eq "$(find "$STORE" | sort)" "$before" "files after a dry run"
expect_ok oci --verbose gc
expect_match "$OUT" 'freed$'
expect_contains "$ERR" 'removed blob sha256:0'
for gone in "$stray" "$old_part" "$whole_part" "$STORE/.oci/tmp/left" "$STORE/blobs/sha256/.tmp-left" "$STORE/.tmp-left" \
  "$STORE/.oci/images/sha256-$(printf '%064d' 7).json" "$STORE/.oci/containers/killed"; do
  expect_no_file "$gone"
done
for kept in "$new_part" "$STORE/blobs/sha256/.tmp-new" "$STORE/.oci/containers/locked" "$STORE/.oci/containers/root/rootfs"; do
  expect_file "$kept"
done
expect_ok oci unpack --rootfs-only one bundle
expect_ok oci gc --all
expect_no_file "$new_part"
kill "$LOCK" "$ROOT_USER"
wait "$LOCK" "$ROOT_USER" || true
wait_for 10 sh -c "\"$OCI\" gc >&2; ! ls \"$STORE/.oci/containers\" | grep -q ."

# It waits for who uses the store, and begins nothing meanwhile.
background USER_OF_STORE flock -F -s "$STORE/.oci/locks/store" sleep 1
wait_for 10 sh -c "! flock -n \"$STORE/.oci/locks/store\" true"
expect_ok oci gc
expect_contains "$ERR" 'is in use; waiting'

# What cannot be read leads nobody knows where: all stays.
head -c 1000 /dev/zero >"$stray"
echo damaged | dd of="$STORE/blobs/${ONE/://}" conv=notrunc status=none
expect_fail 1 'wrong digest' -- oci gc
expect_file "$stray"
expect_ok oci images
expect_contains "$OUT" damaged

expect_ok "$OCI" --store "$SCRATCH/none" gc
expect_contains "$OUT" 'removed 0 things'
expect_no_file "$SCRATCH/none"
