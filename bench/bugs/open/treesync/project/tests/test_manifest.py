import pytest

from treesync import Entry, ManifestError, Snapshot, dumps, loads, verify

TREE = Snapshot({"docs/a b.txt": "hello", "run": Entry("file", b"x", 0o755, 7), "odd\nname\\": ""})


def test_text():
    lines = dumps(TREE).split("\n")
    assert lines[0] == "treesync-manifest 1"
    assert lines[1] == "d 755 docs"
    assert lines[2].startswith("f 644 0 5 2cf24dba") and lines[2].endswith(" docs/a b.txt")
    assert lines[-2] == "end 4"


def test_round_trip():
    records = loads(dumps(TREE))
    assert list(records) == list(TREE)
    assert records["run"].mode == 0o755 and records["run"].mtime == 7
    assert verify(TREE, records) == []


def test_broken():
    text = dumps(TREE)
    for broken in ("", "hello", text.replace("end 4\n", ""), text.replace("d 755", "x 755"), text.replace("755", "7z5")):
        with pytest.raises(ManifestError):
            loads(broken)


def test_verify():
    records = loads(dumps(TREE))
    other = Snapshot({"docs/a b.txt": "changed", "run": "x", "more": ""})
    assert verify(other, records) == [
        ("docs/a b.txt", "content"), ("more", "unexpected"), ("odd\nname\\", "missing"), ("run", "mode"),
    ]
