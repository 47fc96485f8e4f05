#!/usr/bin/env bash
# What pulling and unpacking can cost at least with common tools: pipeline.sh http://ADDRESS/v2/NAME TAG FOLDER
# curl, igzip and tar, with both hashes of each layer computed on the way. No whiteouts, no limits, nothing is kept.
set -euo pipefail
repository=$1 tag=$2 folder=$3
layers=$(curl -fs "$repository/manifests/$tag" | python3 -c 'import json, sys; print(*[l["digest"] for l in json.load(sys.stdin)["layers"]])')
mkdir -p "$folder"
mkfifo "$folder.packed" "$folder.plain"
for layer in $layers; do
  openssl dgst -sha256 <"$folder.packed" &
  packed=$!
  openssl dgst -sha256 <"$folder.plain" &
  plain=$!
  curl -fs "$repository/blobs/$layer" | tee "$folder.packed" | igzip -dc | tee "$folder.plain" | tar -x -C "$folder"
  wait "$packed" "$plain"
done
rm "$folder.packed" "$folder.plain"
