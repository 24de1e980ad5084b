import pytest

from treesync import Entry, Run, Snapshot, SnapshotError, Step, apply_plan, compare, plan_changes, sync


def actions(old, new):
    return [(step.action, step.path) for step in plan_changes(compare(old, new))]


def test_order():
    old = Snapshot({"gone/deep/x": "1", "m": "2"})
    new = Snapshot({"new/y": "3", "m": "changed"})
    assert actions(old, new)[-1] == ("write", "new/y")
    assert apply_plan(old, plan_changes(compare(old, new))) == new


def test_folders_go_from_below():
    old = Snapshot({"a/b/c": None})
    assert actions(old, Snapshot()) == [("rmdir", "a/b/c"), ("rmdir", "a/b"), ("rmdir", "a")]


def test_file_becomes_folder():
    old, new = Snapshot({"a": "file"}), Snapshot({"a/inside": "text"})
    assert sync(new, old) == new


def test_folder_becomes_file():
    old, new = Snapshot({"a/inside": "text"}), Snapshot({"a": "file"})
    assert sync(new, old) == new


def test_rename_with_mode():
    old, new = Snapshot({"a": "text"}), Snapshot({"b": Entry("file", b"text", 0o755)})
    assert actions(old, new) == [("move", "b"), ("chmod", "b")]
    assert sync(new, old) == new


def test_given_tree_is_not_changed():
    old = Snapshot({"a": "1"})
    assert sync(Snapshot({"b": "2"}), old) == Snapshot({"b": "2"})
    assert list(old) == ["a"]


def test_step_by_step():
    run = Run(Snapshot({"a": "1"}), [Step("delete", "a", None), Step("write", "b", Entry("file", b"2"))])
    assert run.step().action == "delete"
    assert not run.done
    run.step()
    assert run.done
    with pytest.raises(IndexError):
        run.step()


def test_failed_step_can_be_repeated():
    run = Run(Snapshot({"a": "1"}), [Step("move", "c", "b")])
    with pytest.raises(SnapshotError):
        run.step()
    run.tree.put("b", Entry("file", b"2"))
    run.step()
    assert run.done and "c" in run.tree


def test_rollback():
    old = Snapshot({"a/x": "1", "b": "2"})
    run = Run(old, plan_changes(compare(old, Snapshot({"c/x": "1", "b": "3"}))))
    run.finish()
    assert run.rollback() == old
    assert run.position == 0


def test_ignored_stays():
    assert sync(Snapshot({"a": "1"}), Snapshot({"b": "2", "k.tmp": "3"}), ["*.tmp"]) == Snapshot({"a": "1", "k.tmp": "3"})
