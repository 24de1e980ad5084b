"""The parts of a solve by themselves: the issue as tests, what a solve comes to, where its patch goes, its hard end."""

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fixbot_agent.cli.showing import show
from fixbot_agent.errors import AllModelsFailed, BudgetSpent
from fixbot_agent.runs import Redactor, Run, Trail
from fixbot_agent.solving.alarm import alarm
from fixbot_agent.solving.delivering.applying import Change
from fixbot_agent.solving.delivering.placing import Solved, Wish, place
from fixbot_agent.solving.evidence import hides, note
from fixbot_agent.solving.proving.case import Case
from fixbot_agent.solving.reporting.concluding import Tried, conclude
from fixbot_agent.solving.reporting.report import Report, Status
from fixbot_agent.solving.reporting.telling import in_words
from fixbot_agent.solving.reproducing.reproduction import oracle
from fixbot_agent.solving.reproducing.writing import written
from fixbot_analysis.errors import FixbotError
from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.candidates.diff import unified
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Expectation, Issue, Oracle, TraceFrame
from fixbot_repair.localisation import Localisation, Suspect
from fixbot_repair.verification import Trial, Verdict

CODE = """
def half(n): return n // 2
def shout(s): print(s.upper())
def check(n):
    if n < 0: raise ValueError("negative")
    return 0.1 + 0.2
class Box:
    def __repr__(self): return "<Box>"
"""


def run(tmp_path: Path, issue: Issue) -> dict[str, str]:
    """Outcome of each test that was made from `issue`: ok, FAIL or ERROR, by unittest's own words."""
    made = written(issue, [])
    assert made is not None
    (tmp_path / "code.py").write_text("")
    (tmp_path / "lib.py").write_text(CODE)
    (tmp_path / made.path).write_text(made.text)
    command = [sys.executable, "-m", "unittest", "-v", Path(made.path).stem]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stderr
    rows = [line for line in said.splitlines() if line.startswith("test_") and " ... " in line]
    return {row.split(" ")[0]: row.rsplit(" ", 1)[1] for row in rows}


def expects(expression: str, expected: str, *setup: str) -> Issue:
    return Issue("", expectations=(Expectation(expression, expected, setup=("from lib import *", *setup)),))


@pytest.mark.parametrize(
    ("expression", "expected", "outcome"),
    [
        ("half(4)", "2", "ok"),
        ("half(4)", "3", "FAIL"),
        ("half(4)", "half(5)", "ok"),
        ("check(1)", "0.3", "ok"),
        ("half(2)", "True", "FAIL"),
        ("shout('a')", "A", "ok"),
        ("print('a b')", "'a b'", "ok"),
        ("shout('a')", "B", "FAIL"),
        ("Box()", "<Box>", "ok"),
        ("check(-1)", "ValueError", "ok"),
        ("check(1)", "ValueError", "FAIL"),
        ("check(-1)", "KeyError", "ERROR"),
        ("check(-1)", "raises ValueError: negative", "ok"),
        ("nothing", "1", "ERROR"),
    ],
)
def test_an_expectation_as_a_test(tmp_path: Path, expression: str, expected: str, outcome: str) -> None:
    assert run(tmp_path, expects(expression, expected)) == {"test_expected_1": outcome}


def test_an_example_that_crashes_as_a_test(tmp_path: Path) -> None:
    blocks = (
        ">>> from lib import *\n>>> check(-1)\nTraceback: …",
        "from lib import check\ncheck(1); check(2)",
        "not python at all!",
    )
    outcomes = run(tmp_path, Issue("", error="ValueError: negative", code_blocks=blocks))
    assert outcomes == {"test_example_1": "ERROR", "test_example_2": "ok"}


def test_nothing_to_run_gives_no_test() -> None:
    assert written(Issue("it is broken", code_blocks=("x = 1",)), []) is None
    assert written(Issue("", expectations=(Expectation("not python!", "3"),)), []) is None


def test_the_test_lies_beside_the_projects_tests() -> None:
    made = written(expects("half(4)", "3"), ["a.py", "tests/unit/test_a.py", "tests/unit/test_b.py", "tests/test_c.py"])
    assert made is not None
    assert made.path.startswith("tests/unit/test_fixbot_issue_")
    assert made.label(f"{made.path}::TestIssue::test_expected_1") == "issue: half(4) gives 3"


@pytest.mark.parametrize(
    ("message", "frames", "error", "shows"),
    [
        ("AssertionError: got 2, expected 3", (), "", True),
        ("ValueError: x", (("lib.py", 3, "check"),), "", True),
        ("NameError: name 'cart' is not defined", (), "", False),
        ("ModuleNotFoundError: No module named 'numpy'", (), "", False),
        ("NameError: name 'x' is not defined", (("lib.py", 3, "check"),), "", True),
        ("NameError: name 'x' is not defined", (), "NameError: name 'x' is not defined", True),
    ],
)
def test_a_test_counts_only_when_it_fails_for_the_issues_reason(
    message: str, frames: tuple[tuple[str, int, str], ...], error: str, shows: bool
) -> None:
    issue = Issue("", error=error, expectations=(Expectation("half(4)", "3"),))
    made = written(issue, [])
    assert made is not None
    name = f"{made.path}::TestIssue::test_expected_1"
    outcome = TestOutcome(
        name, TestStatus.FAILED, message=message, frames=(*frames, (made.path, 9, "run"))[:1] if frames else ()
    )
    assert (made.proven(Feedback(outcomes=(outcome,)), issue) == (name,)) == shows


def test_a_crash_counts_only_when_it_is_the_one_reported() -> None:
    issue = Issue("", error="lib.ValueError: negative", code_blocks=("check(-1)",))
    made = written(issue, [])
    assert made is not None
    name = f"{made.path}::TestIssue::test_example_1"
    for message, shows in (("ValueError: negative", True), ("NameError: name 'check' is not defined", False)):
        feedback = Feedback(outcomes=(TestOutcome(name, TestStatus.FAILED, message=message),))
        assert bool(made.proven(feedback, issue)) == shows
    assert oracle([name]) is Oracle.REPRODUCTION
    assert oracle([name, "t::test_expected_1"]) is Oracle.EXPECTED_OUTPUT


CANDIDATE = Candidate(Patch(()), "model:m")
GOOD = Trial(CANDIDATE, Verdict.PLAUSIBLE, final=True)


@pytest.mark.parametrize(
    ("tried", "held", "status", "code"),
    [
        (Tried(Localisation(), best=GOOD), Oracle.FAILING_TESTS, Status.PLAUSIBLE, 0),
        (Tried(Localisation(), best=GOOD, stopped=BudgetSpent("x")), Oracle.REPRODUCTION, Status.PLAUSIBLE, 0),
        (Tried(Localisation(), best=GOOD), Oracle.NONE, Status.UNVERIFIED, 3),
        (Tried(Localisation(), unverified=CANDIDATE, stopped=BudgetSpent("x")), Oracle.FAILING_TESTS, Status.BUDGET, 4),
        (Tried(Localisation(), unverified=CANDIDATE), Oracle.NONE, Status.UNVERIFIED, 3),
        (Tried(Localisation(), stopped=AllModelsFailed("x")), Oracle.FAILING_TESTS, Status.ERROR, 5),
        (Tried(Localisation()), Oracle.FAILING_TESTS, Status.NONE, 1),
        (Tried(Localisation()), Oracle.NONE, Status.NEEDS_INFO, 1),
        (Tried(Localisation(), interrupted=True, unverified=CANDIDATE), Oracle.FAILING_TESTS, Status.ERROR, 130),
    ],
)
def test_what_a_solve_comes_to(tried: Tried, held: Oracle, status: Status, code: int) -> None:
    conclusion = conclude(tried, held)
    assert (conclusion.status, conclusion.exit_code) == (status, code)


def test_one_question_by_what_the_issue_lacks() -> None:
    traceback = Issue("", frames=(TraceFrame("a.py", 1),))
    assert Case(traceback, Feedback()).question != Case(Issue(""), Feedback()).question


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    (root / "a.py").write_text("a = 1\n")
    for args in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "s"],
    ):
        subprocess.run(["git", *args], cwd=root, check=True)
    return root.resolve()


CHANGES = (Change("a.py", b"a = 1\n", b"a = 2\n"),)


def placed(repo: Path, wish: Wish, status: Status = Status.PLAUSIBLE) -> Report:
    run = Run.start(repo.parent / "runs", Redactor(), pytest.fail)
    report = Report(status, 0 if status is Status.PLAUSIBLE else 3, patch="diff", files=("a.py",), run=run.id)
    made = place(Solved(report, CHANGES), wish, repo, repo.parent / "state", run)
    kept = Trail(repo.parent / "runs").find(run.id)
    assert kept.report is not None
    assert kept.report["exit_code"] == made.exit_code
    return made


def test_nothing_is_written_without_being_asked_for(repo: Path) -> None:
    placed(repo, Wish())
    assert (repo / "a.py").read_text() == "a = 1\n"


def test_only_a_verified_patch_is_written(repo: Path) -> None:
    placed(repo, Wish(apply=True), Status.UNVERIFIED)
    assert (repo / "a.py").read_text() == "a = 1\n"
    placed(repo, Wish(apply=True))
    assert (repo / "a.py").read_text() == "a = 2\n"


@pytest.mark.parametrize("wish", [Wish(apply=True), Wish(branch="fix")])
def test_uncommitted_work_is_an_error_and_the_patch_is_kept(repo: Path, wish: Wish) -> None:
    (repo / "a.py").write_text("a = 1\n# mine\n")
    report = placed(repo, wish)
    assert report.exit_code == 2
    assert report.error is not None
    assert report.error.kind == "dirty-tree"
    assert "fixbot runs apply" in report.error.hint
    assert report.patch == "diff"
    assert (repo / "a.py").read_text() == "a = 1\n# mine\n"


def test_a_patch_made_on_a_commit_goes_to_a_branch_from_there(repo: Path) -> None:
    (repo / "a.py").write_text("a = 1\n# mine\n")
    assert placed(repo, Wish(branch="fix", base="HEAD")).exit_code == 0
    shown = subprocess.run(["git", "show", "fix:a.py"], cwd=repo, check=True, capture_output=True, text=True).stdout
    assert shown == "a = 2\n"
    assert placed(repo, Wish(branch="fix", base="HEAD")).exit_code == 2, "there is such a branch already"


def test_report_is_json() -> None:
    document = Report(Status.NONE, 1).to_json()
    assert json.loads(json.dumps(document)) == document


def test_hidden_characters_in_a_patch_are_seen() -> None:
    assert hides("--- a\n+++ b\n+x = 1\u202e\n")
    assert not hides("--- a\n+++ b\n-x = 1\u202e\n+x = 'Zo\u00eb'\r\n+y = 'Zo\udceb'\n")


def _go_on_after_errors() -> None:
    """As one template after the other is tried."""
    while True:
        with contextlib.suppress(Exception):
            time.sleep(5)


def test_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fixbot_agent.solving.alarm._GRACE", (0.05, 0.0))
    with pytest.raises(BudgetSpent, match="seconds are over"), alarm(0.05):
        time.sleep(5)
    with alarm(0.05):
        pass
    time.sleep(0.2)  # nothing rings afterwards
    with alarm(float("inf")):
        pass
    with pytest.raises(BudgetSpent), alarm(0.05):
        _go_on_after_errors()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("a\n  b < 1\nc\n", "a\n  b <= 1\nc\n", "`b < 1` becomes `b <= 1`"),
        ("a\nc\n", "a\nb\nc\n", "`b` is added"),
        ("a\nb\nc\n", "a\nc\n", "`b` is removed"),
        ("a\nb\n", "c\nd\n", "`a` and 1 more line become `c` and 1 more line"),
        ("a\n", "a\nif b:\n\n    return c\n", "`if b:` and 1 more line are added"),
        ("a\nb\nc\nd\ne\n", "a\nB\nc\nD\ne\n", "`b` becomes `B`; `d` becomes `D`"),
        (
            "a\nb\nc\nd\ne\nf\ng\n",
            "A\nb\nC\nd\nE\nf\nG\n",
            "`a` becomes `A`; `c` becomes `C`; `e` becomes `E`; and 1 more place",
        ),
        ("a\n", "b" * 500 + "\n", "`a` becomes `" + "b" * 69 + "…`"),
        ("x" * 90 + " + 1\n", "x" * 90 + " - 1\n", f"`…{'x' * 19} + 1` becomes `…{'x' * 19} - 1`"),
        ("a\n    b\n", "a\nb\n", "`b` is indented otherwise"),
    ],
)
def test_a_small_change_is_told_in_words(old: str, new: str, said: str) -> None:
    assert in_words(unified({"x.py": old.encode()}, {"x.py": new.encode()})) == said


def test_a_change_of_several_files_names_them() -> None:
    before = {"a.py": b"x\n", "b.py": b"y\n"}
    patch = unified(before, {"a.py": b"z\n", "b.py": b"y\nw\n"})
    assert in_words(patch) == "a.py: `x` becomes `z`; b.py: `w` is added"


def test_a_template_is_never_named_where_the_patch_can_be_told() -> None:
    patch = unified({"x.py": b"a\nb\n"}, {"x.py": b"c\nd\ne\n"})
    found = note(Candidate(Patch(()), "template:guard", 1.0, "insert-guard"), patch)
    assert found == "`a` and 1 more line become `c` and 2 more lines"


def test_why_there_speaks_of_the_patched_place_or_not_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    patch = unified({"x.py": b"a\nb\nc\n"}, {"x.py": b"a\nB\nc\n"})
    for line, told in ((2, True), (1, False)):
        suspects = (Suspect("x.py", line, "f", 0.9, ("names",)),)
        show(Report(Status.UNVERIFIED, 3, patch=patch, files=("x.py",), source="model:m", localisation=suspects))
        assert (f"x.py:{line} in f" in capsys.readouterr().err) == told


@pytest.mark.parametrize(
    "stopped", [BudgetSpent("3 steps are used up", "give more"), AllModelsFailed("gone", "see 'fixbot models'")]
)
def test_what_was_cut_short_says_how_to_go_on(stopped: FixbotError) -> None:
    conclusion = conclude(
        Tried(Localisation(), stopped=stopped), Oracle.FAILING_TESTS, "go on with: fixbot solve --resume X"
    )
    assert conclusion.failure
    assert conclusion.failure.hint == f"{stopped.hint}; go on with: fixbot solve --resume X"
    assert conclusion.exit_code in (4, 5)
