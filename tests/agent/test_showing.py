"""A report as a person reads it: what came of it, what was checked, nothing twice, lines that fit the terminal."""

import pytest

from fixbot_agent.cli.headline import headline_of
from fixbot_agent.cli.showing import show
from fixbot_agent.cli.wrapping import wrapped
from fixbot_agent.models import built_in
from fixbot_agent.runs import words
from fixbot_agent.solving.conversing.attempt import one_line
from fixbot_agent.solving.reporting.report import Disputed, Refused, Report, Status, Verification
from fixbot_repair.issue import Oracle
from fixbot_repair.verification import Verdict

PATCH = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n"


def told(report: Report, capsys: pytest.CaptureFixture[str]) -> str:
    show(report)
    return capsys.readouterr().err


def test_what_a_model_assumed_is_told_and_what_was_checked(capsys: pytest.CaptureFixture[str]) -> None:
    made = Verification(Oracle.FAILING_TESTS, ("t::a",), ("t::a",), tests_run=9)
    said = told(
        Report(Status.PLAUSIBLE, 0, PATCH, ("a.py",), verification=made, assumptions=("x is two.", "Really.")), capsys
    )
    assert "  assumed   x is two.\n            Really.\n" in said
    assert "checked   the failing test passes now; 9 tests run, none that passed before fails; nothing else" in said
    assert "plausible" not in said


def test_acceptance_tests_of_another_model_that_pass_speak_for_a_patch_and_verify_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = Verification(Oracle.NONE, tests_run=9, tests_passed=9, acceptance=("test_a (by 'm')", "test_b (by 'm')"))
    said = " ".join(told(Report(Status.UNVERIFIED, 3, patch=PATCH, verification=made), capsys).split())
    assert "A patch that only tests of another model show to be right" in said
    assert (
        "only 2 acceptance tests that another model wrote from the issue (acceptance.py of the run), which failed before"
        in said
    )
    assert "pass now, show that the fault is gone: take it as a suggestion" in said


def test_a_patch_that_no_model_had_a_say_in_says_so_before_it_says_what_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    why = "no model answered, so a search for a repair is made: 'm' is gone"
    found = Report(Status.PLAUSIBLE, 0, PATCH, ("a.py",), source="template:operand", warnings=(built_in(why), "x"))
    said = told(found, capsys).splitlines()
    assert said[1:3] == [f"  asked     {why}", "  changes   a.py"]
    assert [line for line in said if "gone" in line or "warning" in line] == [said[1], "  warning   x"]


def test_nothing_is_said_twice(capsys: pytest.CaptureFixture[str]) -> None:
    why = "t::a: failed AssertionError:\n- 1\n+ 2"
    warnings = (
        f"the patch of model:m was refused: what failed before still fails: {why}",
        "the model gave up: no idea",
    )
    left = Refused(PATCH, "model:m", "unfixed", why)
    said = told(Report(Status.NONE, 1, refused=left, warnings=warnings, said="no idea\n\nat all"), capsys)
    assert said.startswith("● No patch: the model gave up, and says why\n")
    assert said.count("t::a: failed") == 1
    assert "(it is in --json): t::a: failed AssertionError: - 1 + 2\n" in said
    assert said.count("no idea") == 1
    unverified = told(Report(Status.UNVERIFIED, 3, PATCH, note="x is two now", said="x is two\nnow"), capsys)
    assert unverified.count("x is two") == 1


def test_a_goal_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    goal = "f()\ndemanded: f() gives 2\nnow: 3\na guess: odd\n\ng()\ndemanded: g() gives 2\nnow: 3\na guess: odd"
    before = ("issue: f() gives 2 (a guess: odd)", "issue: g() gives 2 (a guess: odd)")
    made = Verification(Oracle.EXPECTED_OUTPUT, before, before[:1], tests_run=2, goal=goal)
    said = told(Report(Status.PLAUSIBLE, 0, PATCH, verification=made), capsys)
    rows = [
        "fixed     issue: f() gives 2",
        "failing   issue: g() gives 2",
        "goal      before: 3",
        "          a guess: odd",
    ]
    assert "".join(f"  {row}\n" for row in rows) in said


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (Report(Status.UNVERIFIED, 3, PATCH, disputed=(Disputed("t::a", "old"),)), "that is for you to decide"),
        (Report(Status.UNVERIFIED, 3, PATCH, verification=Verification(regressions=("t::a",))), "fail with it"),
        (Report(Status.ERROR, 5), "No model answered"),
        (Report(Status.ERROR, 130), "Interrupted"),
        (Report(Status.NONE, 0), "Nothing to fix"),
        (Report(Status.NEEDS_INFO, 1), "The issue lacks something"),
    ],
)
def test_the_first_line_says_what_came_of_it(report: Report, words: str) -> None:
    assert words in headline_of(report)[1]


def test_lines_fit_a_terminal_and_go_on_below_their_text() -> None:
    line = "step 2 of 40: reads a.py, runs the tests to mend, says that it is done"
    assert wrapped(line, 40) == "step 2 of 40: reads a.py, runs the tests\n  to mend, says that it is done"
    assert wrapped("    “one two three four five six seven”", 24).splitlines()[1:] == [
        "      five six seven”",
    ]
    assert wrapped(line, 0) == line, "a pipe gets it in one piece"
    assert wrapped("x" * 90, 40) == "x" * 90, "a path can be copied"


def test_every_verdict_has_words_and_one_word_stands_for_one_thing() -> None:
    for verdict in Verdict:
        assert words.tried(verdict) not in ("plausible", "regressing", "unfixed")
        assert words.contract(words.status(verdict)) == verdict
    assert words.status("plausible") == words.tried("plausible") == "verified"
    assert words.status("interrupted") == "interrupted"


def test_what_is_too_long_for_a_line_ends_with_a_sentence_else_with_a_word() -> None:
    sentence = "The divisor, e.g. of os.path.join, is one too large for every list of numbers there is. "
    assert one_line(sentence * 9) == f"{sentence * 4}…"
    assert one_line("word " * 200).endswith("word…")
    assert one_line("short\nenough") == "short enough"
