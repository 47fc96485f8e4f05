"""tar_order.py [--folders-first] TAR: nothing comes twice, a link after what it links to, folders where they belong."""
import sys
import tarfile

folders_first = sys.argv[1] == "--folders-first"
seen, folders = set(), True
for member in tarfile.open(sys.argv[-1]):
    name = member.name.removeprefix("./")
    parent = name.rpartition("/")[0] or "."
    assert name not in seen, f"{name} comes twice"
    assert not member.islnk() or member.linkname in seen, f"{name} comes before what it links to"
    if folders_first:
        assert name == "." or parent in seen, f"{name} comes before its folder"
        assert folders or not member.isdir(), f"{name} comes after what is no folder"
        folders = folders and member.isdir()
    else:
        assert parent not in seen, f"{name} comes after its folder"
    seen.add(name)
