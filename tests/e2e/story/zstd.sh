#!/usr/bin/env bash
# zstd layers: the tree is the one umoci makes of the same layers in gzip.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

need zstd skopeo umoci
make_rootfs first
mkdir -p second/etc
echo zstd >second/etc/how
head -c 3000000 /dev/urandom >second/etc/random
image=(--layer first --layer second --cmd cat --cmd /etc/how)
make_image layout:zstd --compress zstd "${image[@]}" >/dev/null
make_image layout:gzip --compress gzip "${image[@]}" >/dev/null
start_registry
push layout:zstd zstd:1
expect_ok skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/zstd:1"
expect_contains "$OUT" tar+zstd

pull_unpack_run "$REGISTRY/zstd:1"
expect_eq "$OUT" zstd
same_as_umoci layout:gzip
