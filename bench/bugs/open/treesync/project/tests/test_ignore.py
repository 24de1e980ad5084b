import pytest

from treesync import IgnoreRules


@pytest.mark.parametrize(
    "lines, path, is_dir, expected",
    [
        (["*.pyc"], "a/b.pyc", False, True),
        (["*.pyc"], "a/b.pyc.txt", False, False),
        (["build/"], "x/build", True, True),
        (["build/"], "x/build", False, False),
        (["build/"], "x/build/deep/file", False, True),
        (["/top"], "top", False, True),
        (["/top"], "a/top", False, False),
        (["a/**/z"], "a/z", False, True),
        (["a/**/z"], "a/b/c/z", False, True),
        (["**/cache"], "x/y/cache", True, True),
        (["logs/**"], "logs/a/b", False, True),
        (["f?o"], "f/o", False, False),
        (["[a-c].txt"], "b.txt", False, True),
        (["[!a-c].txt"], "b.txt", False, False),
        (["# note"], "# note", False, False),
        (["\\#note"], "#note", False, True),
    ],
)
def test_patterns(lines, path, is_dir, expected):
    assert IgnoreRules(lines).ignored(path, is_dir) is expected


def test_slash_in_the_middle_anchors():
    rules = IgnoreRules(["docs/*.txt"])
    assert rules.ignored("docs/a.txt")
    assert not rules.ignored("docs/sub/a.txt")
    assert not rules.ignored("old/docs/a.txt")


def test_last_rule_wins():
    rules = IgnoreRules("*.log\n!keep.log\n")
    assert rules.ignored("a.log")
    assert not rules.ignored("keep.log")


def test_nothing_comes_back_below_an_ignored_folder():
    assert IgnoreRules(["tmp/", "!tmp/keep"]).ignored("tmp/keep")
