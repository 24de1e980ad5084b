import pytest

from treesync import Entry, Snapshot, SnapshotError, normalise


def test_normalise():
    assert normalise("./a//b/") == "a/b"
    assert normalise("cafe\u0301.txt") == "caf\u00e9.txt"
    for path in ("/etc", "../up", "", "."):
        with pytest.raises(SnapshotError):
            normalise(path)


def test_parents_are_made():
    tree = Snapshot({"a/b/c.txt": "x"})
    assert list(tree) == ["a", "a/b", "a/b/c.txt"]
    assert tree.children("a") == ["b"]
    assert tree.files() == ["a/b/c.txt"]


def test_kinds_do_not_mix():
    tree = Snapshot({"a": "x"})
    with pytest.raises(SnapshotError):
        tree.put("a/b", Entry("file"))
    with pytest.raises(SnapshotError):
        tree.put("a", Entry("dir"))


def test_remove():
    tree = Snapshot({"a/b": "x"})
    with pytest.raises(SnapshotError):
        tree.remove("a")
    tree.remove("a/b")
    tree.remove("a")
    assert len(tree) == 0


def test_move():
    tree = Snapshot({"a": "x", "b": "y"})
    tree.move("a", "d/a")
    assert tree["d/a"].content == b"x"
    with pytest.raises(SnapshotError):
        tree.move("b", "d/a")


def test_lookup_in_any_spelling():
    tree = Snapshot({"docs/cafe\u0301.txt": "x"})
    assert tree.get("docs/cafe\u0301.txt").content == b"x"
    assert tree["./docs//caf\u00e9.txt"].content == b"x"


def test_membership_in_any_spelling():
    tree = Snapshot({"docs/cafe\u0301.txt": "x"})
    assert "docs/cafe\u0301.txt" in tree
    assert "docs/" in tree
    assert "docs/other" not in tree


def test_times_do_not_count():
    assert Entry("file", b"x", mtime=1) == Entry("file", b"x", mtime=2)
    assert Entry("file", b"x", 0o755) != Entry("file", b"x")


def test_copy():
    tree = Snapshot({"a": "x"})
    other = tree.copy()
    other.remove("a")
    assert "a" in tree and tree != other
