from treesync import Entry, Snapshot, compare


def kinds(changes):
    return [(change.kind, change.path, change.source) for change in changes]


def test_nothing():
    tree = Snapshot({"a": "x", "d/b": "y"})
    assert compare(tree, tree.copy()) == []


def test_plain_changes():
    old = Snapshot({"a": "1", "b": "2", "c": "3"})
    new = Snapshot({"a": "1", "b": "two", "d": "4"})
    assert kinds(compare(old, new)) == [("modified", "b", None), ("removed", "c", None), ("added", "d", None)]


def test_mode():
    new = Snapshot({"a": Entry("file", b"x", 0o755)})
    assert kinds(compare(Snapshot({"a": "x"}), new)) == [("mode", "a", None)]


def test_rename():
    changes = compare(Snapshot({"a": "text"}), Snapshot({"d/b": "text"}))
    assert kinds(changes) == [("added", "d", None), ("renamed", "d/b", "a")]
    assert len(compare(Snapshot({"a": "text"}), Snapshot({"b": "text"}), renames=False)) == 2


def test_each_file_is_renamed_once():
    changes = compare(Snapshot({"a": "text"}), Snapshot({"b": "text", "c": "text"}))
    assert kinds(changes) == [("renamed", "b", "a"), ("added", "c", None)]


def test_two_files_of_the_same_content():
    changes = compare(Snapshot({"a": "text", "b": "text"}), Snapshot({"c": "text", "e": "text"}))
    assert kinds(changes) == [("renamed", "c", "a"), ("renamed", "e", "b")]


def test_empty_files_are_not_renamed():
    assert kinds(compare(Snapshot({"a": ""}), Snapshot({"b": ""}))) == [("removed", "a", None), ("added", "b", None)]


def test_ignored():
    old, new = Snapshot({"a": "1"}), Snapshot({"a": "1", "b.tmp": "2", "out/x": "3"})
    assert compare(old, new, ["*.tmp", "out/"]) == []
