import pytest

from treesync import Entry, Snapshot, three_way

BASE = Snapshot({"a.txt": "one", "b.txt": "two"})


def test_one_side():
    left = Snapshot({"a.txt": "changed", "b.txt": "two"})
    right = Snapshot({"a.txt": "one", "c.txt": "new"})
    result = three_way(BASE, left, right)
    assert result.tree == Snapshot({"a.txt": "changed", "c.txt": "new"})
    assert result.conflicts == []


def test_same_change_is_no_conflict():
    both = Snapshot({"a.txt": "changed", "new": "x"})
    result = three_way(BASE, both, both.copy())
    assert (result.tree, result.conflicts) == (both, [])


def test_content_and_mode():
    left = Snapshot({"a.txt": "changed", "b.txt": "two"})
    right = Snapshot({"a.txt": Entry("file", b"one", 0o755), "b.txt": "two"})
    result = three_way(BASE, left, right)
    assert result.tree["a.txt"] == Entry("file", b"changed", 0o755)
    assert not result.conflicts


@pytest.mark.parametrize(
    "policy, expected",
    [("report", b"left"), ("left", b"left"), ("right", b"right"), ("newer", b"right"), ("both", b"left")],
)
def test_policies(policy, expected):
    left = Snapshot({"a.txt": Entry("file", b"left", mtime=1)})
    right = Snapshot({"a.txt": Entry("file", b"right", mtime=2)})
    result = three_way(Snapshot(), left, right, policy)
    assert result.tree["a.txt"].content == expected
    assert [conflict.path for conflict in result.conflicts] == ["a.txt"]


def test_both_are_kept():
    result = three_way(BASE, Snapshot({"a.txt": "left"}), Snapshot({"a.txt": "right"}), "both")
    assert {path: entry.content for path, entry in result.tree.items()} == {
        "a.txt": b"left", "a (conflict).txt": b"right",
    }


def test_removed_and_changed():
    left, right = Snapshot({"b.txt": "two"}), Snapshot({"a.txt": "right", "b.txt": "two"})
    assert "a.txt" not in three_way(BASE, left, right).tree
    assert three_way(BASE, left, right, "both").tree["a.txt"].content == b"right"


def test_file_in_the_way_of_a_folder():
    result = three_way(Snapshot(), Snapshot({"x": "file"}), Snapshot({"x/in": "text"}))
    assert result.tree == Snapshot({"x (conflict)": "file", "x/in": "text"})
    assert len(result.conflicts) == 1


def test_unknown_policy():
    with pytest.raises(ValueError):
        three_way(BASE, BASE, BASE, "best")
