"""Grading: logs, the rule, specifications, the report."""

import pytest

from fixbot_bench.errors import BenchEnvironmentError
from fixbot_bench.grading import logs
from fixbot_bench.grading.grade import touched
from fixbot_bench.grading.patching import refuse_unsafe
from fixbot_bench.grading.report import report
from fixbot_bench.grading.specification import known, specification
from fixbot_bench.instance import Outcome, Resolution
from fixbot_repair.errors import PatchError

PYTEST_LOG = """\
=================================== short test summary info ====================================
PASSED testing/test_a.py::test_one
PASSED testing/test_a.py::test_many[a - b]
SKIPPED [1] testing/test_a.py:12: no network
XFAIL testing/test_a.py::test_known
FAILED testing/test_a.py::test_two - AssertionError: 1 - 2
ERROR testing/test_b.py::test_set_up - ValueError
"""

SYMPY_LOG = """\
sympy/core/tests/test_a.py[4]
test_one ok
test_two F
test_three E
test_four f
________________________________ sympy/core/tests/test_a.py:test_two ________________________________
"""


def test_pytest_summary() -> None:
    statuses = logs.parse("pytest", PYTEST_LOG)
    assert statuses["testing/test_a.py::test_one"] == "PASSED"
    assert statuses["testing/test_a.py::test_many[a - b]"] == "PASSED"
    assert statuses["testing/test_a.py::test_many[a"] == "PASSED"  # as published ids are cut
    assert statuses["testing/test_a.py::test_two"] == "FAILED"
    assert statuses["testing/test_b.py::test_set_up"] == "ERROR"


def test_sympy_verbose_lines() -> None:
    statuses = logs.parse("sympy", SYMPY_LOG)
    assert [statuses[f"test_{n}"] for n in ("one", "two", "three", "four")] == ["PASSED", "FAILED", "ERROR", "XFAIL"]


@pytest.mark.parametrize(
    ("status", "counts"), [("PASSED", True), ("XFAIL", True), ("SKIPPED", False), ("FAILED", False)]
)
def test_what_counts_as_passed(status: str, counts: bool) -> None:
    assert logs.passed({"t": status}, "t") is counts


def test_a_missing_test_failed() -> None:
    assert not logs.passed({}, "t")


def test_colours_do_not_hide_statuses() -> None:
    assert logs.parse("pytest", "\x1b[32mPASSED\x1b[0m a.py::\x1b[1mtest_x\x1b[0m\n") == {"a.py::test_x": "PASSED"}


@pytest.mark.parametrize("repo", known())
def test_every_specification_can_be_read(repo: str) -> None:
    with pytest.raises(BenchEnvironmentError) as caught:
        specification(repo, "0.0.none")
    for version in caught.value.hint.removeprefix("known are ").split(", "):
        assert specification(repo, version).python.startswith("3.")


def test_an_unknown_repository_says_what_is_known() -> None:
    with pytest.raises(BenchEnvironmentError) as caught:
        specification("nobody/nothing", "1")
    assert "sympy/sympy" in caught.value.hint


@pytest.mark.parametrize(
    "patch",
    [
        "--- a/x\n+++ b/../../etc/passwd\n@@ -1 +1 @@\n-a\n+b\n",
        "--- a/x\n+++ b/.git/hooks/post-commit\n@@ -0,0 +1 @@\n+b\n",
        "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n",
    ],
)
def test_patches_that_leave_the_tree_are_refused(patch: str) -> None:
    with pytest.raises(PatchError):
        refuse_unsafe(patch)


def test_files_that_a_patch_touches() -> None:
    patch = (
        "--- a/old.py\n+++ b/old.py\n@@ -1 +1 @@\n-a\n+b\n--- a/gone.py\n+++ /dev/null\n--- /dev/null\n+++ b/new.py\n"
    )
    assert touched(patch) == ("old.py", "new.py")


def test_the_report_has_the_official_names() -> None:
    graded = [
        Resolution("a", Outcome.RESOLVED),
        Resolution("b", Outcome.UNRESOLVED, missing=("t",)),
        Resolution("c", Outcome.EMPTY),
        Resolution("d", Outcome.ERROR, why="the patch does not apply"),
    ]
    document = report(graded, total=5)
    assert document["resolved_ids"] == ["a"]
    assert document["unresolved_ids"] == ["b"]
    assert document["empty_patch_ids"] == ["c"]
    assert document["error_ids"] == ["d"]
    assert document["completed_instances"] == 2
    assert document["submitted_instances"] == 4
    assert document["total_instances"] == 5
