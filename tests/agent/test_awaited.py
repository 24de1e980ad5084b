"""Expected failures of a project that speak of an issue are found by its number or its words, and demanded where they fail for its reason."""

from fixbot_agent.solving.proving.awaited import added, awaited
from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Issue, Oracle
from fixbot_repair.verification.oracle import Oracle as Judgement
from fixbot_repair.verification.verdict import Verdict

TESTS = b"""\
import pytest


@pytest.mark.xfail(reason="to be mended")
def test_totals_keep_cents():
    assert total_with_discount(prices=[0.1, 0.2], keep_cents=True) == 0.3


@pytest.mark.xfail(reason="see #77")
def test_names():
    assert label(3) == "three"


def test_sum():
    assert total_with_discount(prices=[1, 2]) == 3


def test_empty():
    assert basket() == []
"""
MARKED = (TestStatus.XFAILED, TestStatus.XFAILED, TestStatus.PASSED, TestStatus.PASSED)
NAMES = ("test_totals_keep_cents", "test_names", "test_sum", "test_empty")
WORDS = "# Cents are lost\n\n`total_with_discount(prices=[0.1, 0.2], keep_cents=True)` gives 0 where totals should keep cents."


def ran(*said: str) -> Feedback:
    messages = (*said, "", "", "", "")
    rows = zip(NAMES, MARKED, messages, strict=False)
    return Feedback(outcomes=tuple(TestOutcome(f"t.py::{name}", status, message=m) for name, status, m in rows))


def source(path: str) -> bytes | None:
    return TESTS if path == "t.py" else None


def test_the_likest_of_all_tests_is_demanded_where_it_fails_as_the_issue_tells() -> None:
    found = awaited(Issue(WORDS), ran("AssertionError: assert 0 == 0.3", "AssertionError"), source)
    assert [(a.test, a.is_demanded) for a in found] == [("t.py::test_totals_keep_cents", True)]
    assert added((), Oracle.NONE, found) == (("t.py::test_totals_keep_cents",), Oracle.FAILING_TESTS)
    assert "an expected failure of the project that speaks of this issue" in found[0].told()


def test_one_that_fails_for_another_reason_is_only_shown() -> None:
    found = awaited(Issue(WORDS), ran("NotImplementedError"), source)
    assert [a.is_demanded for a in found] == [False]
    other = awaited(Issue(WORDS, error="KeyError: 'cents'"), ran("AssertionError: assert 0 == 0.3"), source)
    assert [a.is_demanded for a in other] == [False]


def test_the_number_of_the_issue_says_it_too() -> None:
    found = awaited(Issue("Labels are wrong, see issue #77."), ran("AssertionError", "AssertionError: x"), source)
    assert [a.test for a in found] == ["t.py::test_names"]
    assert awaited(Issue("Labels are wrong, see issue #7."), ran("", "AssertionError"), source) == ()


def test_tests_that_were_made_from_the_issue_stand_for_nothing() -> None:
    feedback = ran("AssertionError: assert 0 == 0.3")
    assert awaited(Issue(WORDS), feedback, source, {"t.py::test_totals_keep_cents"}) == ()


def test_an_expected_failure_that_is_to_be_mended_must_pass() -> None:
    feedback, test = ran("AssertionError: assert 0 == 0.3"), "t.py::test_totals_keep_cents"
    judge = Judgement(feedback, (test,))
    candidate = Candidate(Patch(()), "x")
    assert judge.last_word(candidate, feedback).verdict is Verdict.UNFIXED
    for status in (TestStatus.XPASSED, TestStatus.PASSED):
        now = Feedback(outcomes=tuple(TestOutcome(o.test, status) if o.test == test else o for o in feedback.outcomes))
        trial = judge.last_word(candidate, now)
        assert trial.verdict is Verdict.PLAUSIBLE
        assert trial.notes == (f"{test} was expected to fail and passes now: its mark can go",)
