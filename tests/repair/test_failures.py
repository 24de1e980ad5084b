"""Failing tests as findings, and what is read of a test command that prints unittest's or Django's results."""

from pathlib import Path

from fixbot_analysis.source import SourceTree
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.checks.command import outcomes, told_more
from fixbot_repair.checks.failures import findings
from fixbot_repair.checks.tests import runner
from fixbot_repair.workspace import Workspace

CODE = "def half(n):\n    return n / missing\n"
TEST = "class HalfTest:\n    def test_half(self):\n        half(2)\n"


def found(root, *told):
    return list(findings(Feedback(outcomes=told), SourceTree(root), "tests"))


def project(root):
    (root / "app").mkdir()
    (root / "app" / "code.py").write_text(CODE)
    (root / "app" / "tests.py").write_text(TEST)
    return root


def test_a_failure_stands_at_the_innermost_line_of_the_project(tmp_path):
    frames = (("app/tests.py", 3, "test_half"), ("app/code.py", 2, "half"), ("venv/lib/x.so", 9, "inner"))
    told = TestOutcome(
        "app/tests.py::test_half", TestStatus.FAILED, message="NameError: missing\n\tis not", frames=frames
    )
    (finding,) = found(project(tmp_path), told)
    assert (finding.path, finding.line, finding.column, finding.end_column) == ("app/code.py", 2, 5, 23)
    assert (finding.tool, finding.rule) == ("tests", "NameError")
    assert finding.message == "app/tests.py::test_half: NameError: missing is not"
    assert len(finding.fingerprint) == 16


def test_one_without_frames_stands_at_its_test(tmp_path):
    project(tmp_path)
    by_path = TestOutcome("app/tests.py::HalfTest::test_half[1]", TestStatus.TIMEOUT, message="the test did not end")
    by_name = TestOutcome("test_half (app.tests.HalfTest)", TestStatus.ERROR)
    newer = TestOutcome("test_half (app.tests.HalfTest.test_half)", TestStatus.ERROR)
    places = [(f.path, f.line, f.rule) for f in found(tmp_path, by_path, by_name, newer)]
    assert places == [("app/tests.py", 2, "timeout"), ("app/tests.py", 2, "error"), ("app/tests.py", 2, "error")]


def test_what_passed_and_what_is_nowhere_are_no_findings(tmp_path):
    passed = TestOutcome("app/tests.py::test_x", TestStatus.PASSED)
    nowhere = TestOutcome("gone/tests.py::test_x", TestStatus.FAILED)
    assert found(project(tmp_path), passed, nowhere) == []


PRINTED = """test_half (app.tests.HalfTest) ... ERROR
test_good (app.tests.HalfTest) ... ok

======================================================================
ERROR: test_half (app.tests.HalfTest)
A half is a half.
----------------------------------------------------------------------
Traceback (most recent call last):
  File "{root}/app/tests.py", line 3, in test_half
    half(2)
  File "{root}/app/code.py", line 2, in half
    return n / missing
  File "/usr/lib/python3/other.py", line 7, in elsewhere
    raise
NameError: name 'missing' is not defined

----------------------------------------------------------------------
Ran 2 tests in 0.001s
"""


def test_tracebacks_that_unittest_prints_are_read(tmp_path):
    printed = PRINTED.format(root=tmp_path)
    plain = {o.test: o for o in outcomes(printed)}
    told = told_more(plain, printed, Path("/elsewhere"), tmp_path)
    (outcome,) = told.values()
    assert outcome.message == "NameError: name 'missing' is not defined"
    assert outcome.frames == (("app/tests.py", 3, "test_half"), ("app/code.py", 2, "half"))
    (finding,) = found(project(tmp_path), outcome)
    assert (finding.path, finding.line, finding.rule) == ("app/code.py", 2, "NameError")


MANAGE = """import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")
print("ran", *sys.argv[1:], file=sys.stderr)
print("test_half (app.tests.HalfTest) ... FAIL")
"""


def test_django_projects_run_with_djangos_runner(make_repository, own_environment, plain):
    top = make_repository({"manage.py": MANAGE, "app/tests.py": TEST})
    with Workspace.create(top, own_environment, plain) as workspace:
        assert runner(workspace).collect() == ("test_half (app.tests.HalfTest)",)
    (top / "pytest.ini").write_text("[pytest]\nDJANGO_SETTINGS_MODULE = site.settings\n")
    (top / "app" / "test_it.py").write_text("def test_by_pytest():\n    pass\n")
    with Workspace.create(top, own_environment, plain) as workspace:
        assert runner(workspace).collect() == ("app/test_it.py::test_by_pytest",)


def test_a_test_that_must_fail_and_passes_is_told_apart_from_one_that_fails():
    said = "FAILED t.py::test_a - [XPASS(strict)] must\nFAILED t.py::test_b - assert 1 == 2\n"
    assert {o.test[-1]: str(o.status) for o in outcomes(said)} == {"a": "xpassed", "b": "failed"}
