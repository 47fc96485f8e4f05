#!/usr/bin/env bash
# Hard links across folders and layers stay one file.
. "$(dirname "$0")/../../tools/harness.sh"
. "$TESTS/e2e/story/_story.sh"

need skopeo umoci
make_rootfs first
mkdir -p first/a/b first/c
echo text >first/a/one
ln first/a/one first/a/b/two
ln first/a/one first/c/three
mkdir -p second/c
python3 - <<'END'
import tarfile
with tarfile.open("second.tar", "w") as tar:
    link = tarfile.TarInfo("c/four")
    link.type, link.linkname = tarfile.LNKTYPE, "a/b/two"
    tar.addfile(link)
END
make_image layout:links --layer first --layer second.tar --cmd stat --cmd=-c --cmd '%h %n' --cmd /a/one --cmd /c/four >/dev/null
start_registry
push layout:links links:1

pull_unpack_run "$REGISTRY/links:1"
expect_eq "$OUT" $'4 /a/one\n4 /c/four'
same_as_umoci layout:links
