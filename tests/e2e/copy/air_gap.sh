#!/usr/bin/env bash
# Three images of two platforms that share layers go from a registry into one archive, and from it into another registry: the
# digests are the same, what they share is stored once, and nothing but the archive is needed on the far side.
. "$(dirname "$0")/../../tools/harness.sh"
need "$SKOPEO"

mkdir -p base/etc
head -c 400000 /dev/urandom >base/etc/shared
for image in web db cache; do
  mkdir -p "$image-amd64" "$image-arm64"
  for platform in amd64 arm64; do
    echo "$image for $platform" >"$image-$platform/what"
    make_image "$SCRATCH/made:$image" --layer base --layer "$image-$platform" --platform "linux/$platform" --index >/dev/null
  done
done
start_registry && connected=$REGISTRY
for image in web db cache; do
  expect_ok "$SKOPEO" --insecure-policy copy -q --all --dest-tls-verify=false "oci:made:$image" "docker://$connected/team/$image:1"
done

sources=(docker://"$connected/team/web:1" docker://"$connected/team/db:1" docker://"$connected/team/cache:1")
expect_ok oci copy -q --all "${sources[@]}" oci-archive:gap.tar
digests=$OUT
expect_eq "$digests" "$(jq -r '.manifests[].digest' made/index.json)" "the digests in the archive"
blobs=$(tar -tf gap.tar | grep -E 'blobs/sha256/.')
expect_eq "$(sort <<<"$blobs" | uniq -d)" "" "blobs that are stored twice"
expect_eq "$(wc -l <<<"$blobs")" 22 "3 indexes, 6 manifests, 6 configurations, 6 layers and the one they share"
expect_ok oci verify oci-archive:gap.tar

kill "$REGISTRY_PID"
wait "$REGISTRY_PID" || true
start_registry && isolated=$REGISTRY
expect_ok oci copy -q --all oci-archive:gap.tar "docker://$isolated"
expect_eq "$OUT" "$digests" "the digests beyond the gap"
expect_eq "$(grep -c 'PUT /v2/.*/blobs/uploads' "$REGISTRY_LOG")" "$(grep 'PUT /v2/.*/blobs/uploads' "$REGISTRY_LOG" | sort -u | wc -l)"
for image in web db cache; do
  wanted=$(sed -n "$(case $image in web) echo 1 ;; db) echo 2 ;; cache) echo 3 ;; esac)p" <<<"$digests")
  got=$("$SKOPEO" inspect --raw --tls-verify=false "docker://$isolated/team/$image:1" | sha256sum | cut -d' ' -f1)
  expect_eq "sha256:$got" "$wanted" "skopeo sees $image"
  expect_ok oci unpack --tls-verify=false --platform linux/arm64 --rootfs-only "$isolated/team/$image:1" "out-$image"
  expect_eq "$(cat "out-$image/rootfs/what")" "$image for arm64"
  expect_ok cmp base/etc/shared "out-$image/rootfs/etc/shared"
done

# The platforms of each, and what they weigh, without a layer being fetched.
before=$(wc -l <"$REGISTRY_LOG")
expect_ok oci inspect --all --no-tags "docker://$isolated/team/web:1"
expect_eq "$(jq -r '.[].Platform' <<<"$OUT")" $'linux/amd64\nlinux/arm64'
expect_eq "$(jq '[.[] | .Size > 400000 and .Layers == 2] | all' <<<"$OUT")" true
expect_eq "$(tail -n +"$((before + 1))" "$REGISTRY_LOG" | grep -c 'GET /v2/.*/blobs/')" 0

# From the store to a registry again.
expect_ok oci push -q --digestfile pushed "$isolated/team/web:1" "$isolated/again/web:2"
expect_eq "$(cat pushed)" "$OUT"
expect_ok "$SKOPEO" inspect --raw --tls-verify=false "docker://$isolated/again/web:2"
expect_eq "$(jq -r '.layers | length' <<<"$OUT")" 2
expect_fail 2 'the store has no such image' -- oci push nosuch
