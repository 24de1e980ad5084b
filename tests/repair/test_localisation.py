"""Suspects: the line at fault is near the top, for every kind of evidence there may be."""

from math import sqrt

import pytest

from fixbot_analysis.symbols import extract
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Issue, TraceFrame
from fixbot_repair.localisation import localise
from fixbot_repair.localisation.frames import match_path
from fixbot_repair.localisation.spectrum import ochiai

SOURCE = (
    b"def f(x):\n    if x > 3:\n        y = x - 1\n    else:\n        y = x\n    return y\n\n\ndef g():\n    return 1\n"
)


def facts(path):
    return extract(SOURCE) if path == "m.py" else None


def outcome(name, ok, lines, frames=()):
    status = TestStatus.PASSED if ok else TestStatus.FAILED
    return TestOutcome(f"test_m.py::{name}", status, frames=frames, lines=(("m.py", lines), ("test_m.py", (1, 2))))


@pytest.mark.parametrize(
    ("failed", "passed", "all_failed", "score"),
    [(2, 0, 2, 1.0), (1, 1, 1, 1 / sqrt(2)), (1, 0, 4, 0.5), (0, 3, 2, 0.0), (0, 0, 0, 0.0)],
)
def test_ochiai(failed, passed, all_failed, score):
    assert ochiai(failed, passed, all_failed) == pytest.approx(score)


def test_the_line_that_only_failing_tests_run_comes_first():
    feedback = Feedback(
        outcomes=(outcome("a", False, (2, 3, 6)), outcome("b", True, (2, 5, 6)), outcome("c", True, (10,)))
    )

    found = localise(feedback, feedback.failing, facts)

    first = found.suspects[0]
    assert (first.path, first.line, first.symbol) == ("m.py", 3, "f")
    assert "spectrum" in first.why
    assert all(s.path == "m.py" for s in found.suspects)
    assert not [s for s in found.suspects if s.line == 10]


def test_without_a_passing_test_the_traceback_decides():
    frames = (("test_m.py", 2, "test"), ("m.py", 6, "f"), ("m.py", 3, "f"))
    feedback = Feedback(outcomes=(outcome("a", False, (2, 3, 6), frames),))

    found = localise(feedback, feedback.failing, facts)

    assert [s.line for s in found.suspects[:2]] == [3, 6]
    assert "traceback" in found.suspects[0].why


def test_lines_that_never_ran_are_suspects_of_the_last_rank():
    feedback = Feedback(outcomes=(outcome("a", False, (2, 3, 6)),))

    found = localise(feedback, feedback.failing, facts)

    by_line = {s.line: s.score for s in found.suspects}
    assert by_line[5] < by_line[3]
    assert by_line[5] > 0


def test_failing_tests_that_nobody_asked_about_do_not_count():
    feedback = Feedback(outcomes=(outcome("a", False, (3,)), outcome("other", False, (10,))))

    found = localise(feedback, ("test_m.py::a",), facts)

    assert not [s for s in found.suspects if s.line == 10]


def test_an_issue_with_a_traceback_needs_no_test_at_all():
    issue = Issue("…", frames=(TraceFrame("/home/me/src/app.py", 1), TraceFrame("C:\\work\\proj\\m.py", 3, "f")))

    found = localise(Feedback(), (), facts, issue=issue, paths=["pkg/m2.py", "m.py", "tests/test_m.py"])

    assert (found.suspects[0].path, found.suspects[0].line) == ("m.py", 3)
    assert found.files == ("m.py",)


def test_nothing_is_known_of_nothing():
    assert localise(Feedback(), (), facts).suspects == ()


@pytest.mark.parametrize(
    ("written", "known", "match"),
    [
        ("/usr/lib/python3/site-packages/app/core.py", ["app/core.py", "other/core.py"], "app/core.py"),
        ("core.py", ["app/core.py", "other/core.py"], ""),
        ("lib\\x.py", ["lib/x.py"], "lib/x.py"),
        ("nothing.py", ["a.py"], ""),
    ],
)
def test_paths_are_matched_by_their_ends(written, known, match):
    assert match_path(written, known) == match
