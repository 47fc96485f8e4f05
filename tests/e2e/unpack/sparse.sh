#!/usr/bin/env bash
# Sparse files of every form (GNU's old one; PAX 0.0, 0.1, 1.0), as GNU tar writes them, are files with the same holes.
. "$(dirname "$0")/_unpack.sh"
need tar

python3 - <<'PYTHON'
import os
for name, size, parts in (("one", 10 << 20, [(5 << 20, b"x" * 5000)]), ("none", 1 << 20, []), ("end", 1 << 20, [((1 << 20) - 3, b"end")]),
                          ("start", 3 << 20, [(0, b"start" * 1000)]), ("many", 40 << 20, [(i << 20, b"%d" % i * 700) for i in range(40)]),
                          ("dense", 5000, [(0, b"d" * 5000)])):
    with open(name, "wb") as f:
        for at, data in parts:
            f.seek(at)
            f.write(data)
        f.truncate(size)
    os.utime(name, (1e9, 1e9))
PYTHON
files="one none end start many dense"
mkdir expected && cp --sparse=always -p $files expected/ && chmod 755 expected
tar --format=gnu -Scf gnu.tar $files
for form in 0.0 0.1 1.0; do tar --format=posix --sparse-version=$form -Scf "pax-$form.tar" $files; done
SCRATCH=$SCRATCH make_layout <<'PYTHON'
for name in ("gnu", "pax-0.0", "pax-0.1", "pax-1.0"):
    layout.image(name, [gzipped(open(f"{os.environ['SCRATCH']}/{name}.tar", "rb").read())])
PYTHON
start=$(date +%s)
touch expected
for tag in $(tags); do
  expect_ok unpack "$tag"
  touch b/rootfs
  expect_ok "$COMPARE" --since "$start" expected b/rootfs
  blocks=$(stat -c %b b/rootfs/many)
  [ "$blocks" -lt 1000 ] || fail "$tag: no holes: $blocks blocks"
done
