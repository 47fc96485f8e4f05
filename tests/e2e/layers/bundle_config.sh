#!/usr/bin/env bash
# The config.json of a bundle that umoci's line makes: volumes are tmpfs, the user's own group is not named twice.
. "$(dirname "$0")/_layers.sh"

mkdir -p "$SCRATCH/src/etc"
printf 'user:x:1000:1000::/:/bin/sh\n' > "$SCRATCH/src/etc/passwd"
printf 'user:x:1000:\nextra:x:2000:user\n' > "$SCRATCH/src/etc/group"
expect_ok umoci init --layout "$L"
expect_ok umoci new --image "$L:a"
expect_ok umoci insert --image "$L:a" "$SCRATCH/src" /
expect_ok umoci config --image "$L:a" --config.user user --config.volume /v/one --config.volume /v/two

expect_ok umoci raw config --image "$L:a" --rootfs "$SCRATCH/src" "$SCRATCH/config.json"
expect_eq "$(jq -c '.process.user | [.uid, .gid, .additionalGids]' "$SCRATCH/config.json")" '[1000,1000,[2000]]'
expect_eq "$(jq -c '[.mounts[] | select(.source == "none") | [.type, .destination]]' "$SCRATCH/config.json")" \
  '[["tmpfs","/v/one"],["tmpfs","/v/two"]]'

expect_ok umoci unpack --rootless --image "$L:a" "$SCRATCH/b"
expect_eq "$(jq -c '.process.user | [.uid, .gid, .additionalGids]' "$SCRATCH/b/config.json")" '[1000,1000,null]'
expect_eq "$(jq -c '[.mounts[] | select(.source == "none") | .destination]' "$SCRATCH/b/config.json")" \
  '["/v/one","/v/two"]'
