#!/usr/bin/env bash
# A folder removed and made again by a later layer holds what that layer says, nothing older.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

need skopeo umoci
make_rootfs first
mkdir -p first/data/sub first/other
echo old | tee first/data/old first/data/sub/old first/other/kept >/dev/null
mkdir -p second/data/sub
touch second/data/.wh..wh..opq
echo new | tee second/data/new second/data/sub/new >/dev/null
mkdir -p third/data third/other
touch third/data/.wh.sub
echo third >third/other/third
make_image layout:opaque --layer first --layer second --cmd find --cmd /data --cmd /other --cmd=-type --cmd f >/dev/null
make_image layout:removed --layer first --layer second --layer third --cmd find --cmd /data --cmd /other --cmd=-type --cmd f >/dev/null
start_registry
push layout:opaque opaque:1
push layout:removed opaque:2

pull_unpack_run "$REGISTRY/opaque:1"
expect_eq "$(sort <<<"$OUT")" $'/data/new\n/data/sub/new\n/other/kept'
same_as_umoci layout:opaque
rm -rf bundle umoci
pull_unpack_run "$REGISTRY/opaque:2"
expect_eq "$(sort <<<"$OUT")" $'/data/new\n/other/kept\n/other/third'
same_as_umoci layout:removed
