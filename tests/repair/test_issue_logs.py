"""Logs of failing runs: what failed is the issue, what passed and what surrounds it is not."""

import pytest

from fixbot_repair.issue_logs import as_issue
from fixbot_repair.issue_reader import read

PYTEST = """\
platform linux -- Python 3.12.1, pytest-8.0
tests/test_calc.py::test_largest PASSED [ 50%]
tests/test_calc.py::test_mean FAILED [100%]
    def test_mean():
>       assert mean([2, 4]) == 3
E       AssertionError: assert 2.0 == 3
tests/test_calc.py:5: AssertionError
FAILED tests/test_calc.py::test_mean - AssertionError: assert 2.0 == 3
"""
UNITTEST = """\
test_a (pkg.test_m.T.test_a) ... ok
test_b (pkg.test_m.T.test_b) ... FAIL

FAIL: test_b (pkg.test_m.T.test_b)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/x/pkg/test_m.py", line 9, in test_b
    self.assertEqual(1, 2)
AssertionError: 1 != 2
"""


def stamped(line: str) -> str:
    return f"test\tRun tests\t2024-05-01T10:00:00.1234567Z \x1b[31m{line}\x1b[0m"


@pytest.mark.parametrize("surround", [str, stamped, "py311: {}".format, "##[error]{}".format, "nox > {}".format])
def test_the_failing_tests_of_pytest(surround: object) -> None:
    assert callable(surround)
    log = "\n".join(
        surround(line) if not str(surround(line)).startswith("py311: ") else line for line in PYTEST.splitlines()
    )
    issue = read(as_issue(log))

    assert issue.test_ids == ("tests/test_calc.py::test_mean",)
    assert issue.frames[-1].file == "tests/test_calc.py"
    assert issue.code_blocks == (), "what a runner quotes is no example"


def test_the_failing_tests_of_unittest_and_django() -> None:
    issue = read(as_issue(UNITTEST))

    assert issue.test_ids == ("pkg.test_m.T.test_b",)
    assert issue.error == "AssertionError: 1 != 2"


def test_what_unittest_says_of_any_test_is_read_whatever_it_is_called() -> None:
    head = (
        "FAIL: {} ({})\n"
        + "-" * 70
        + "\nTraceback (most recent call last):\n  File \"t.py\", line 3, in f\nKeyError: 'x'\n\n"
    )
    said = [
        ("testOne", "test_m.T.testOne"),
        ("testTwo", "test_m.T"),
        ("test_c", "__main__.T.test_c"),
        ("setUpClass", "test_m.U"),
    ]
    log = "".join(head.format(*one) for one in said) + "ERROR: test_m (unittest.loader._FailedTest.test_m)\n"
    assert read(as_issue(log)).test_ids == ("test_m.T.testOne", "test_m.T.testTwo", "T.test_c", "test_m.U")


def test_the_python_of_a_log_is_known_where_there_is_one() -> None:
    assert read(as_issue(PYTEST)).python == "3.12"
    assert read(as_issue(PYTEST + PYTEST.replace("3.12", "3.11"))).python == ""


def test_of_a_long_log_the_end_counts() -> None:
    assert read(as_issue("compiling something\n" * 60_000 + PYTEST)).test_ids == ("tests/test_calc.py::test_mean",)
