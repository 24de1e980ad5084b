"""What a reproduction demands: run as the issue's reader would run it, shown at base as the issue tells it, and no more than it says."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fixbot_agent.cli.showing import show
from fixbot_agent.solving.reporting.report import Report, Status, Verification
from fixbot_agent.solving.reproducing.reproduction import Reproduction
from fixbot_agent.solving.reproducing.unchecked import unchecked
from fixbot_agent.solving.reproducing.writing import written
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Expectation, Issue, Oracle
from fixbot_repair.issue_reader import read

LOOP = """\
import json, sys, unittest
class R(unittest.TestResult):
    def addFailure(s, t, e): print(json.dumps([t.id().rsplit('.', 1)[1], 'failed', f'{e[0].__name__}: {e[1]}']))
    addError = addFailure
    def addSuccess(s, t): print(json.dumps([t.id().rsplit('.', 1)[1], 'passed', '']))
unittest.defaultTestLoader.discover('.', sys.argv[1]).run(R())
"""


def made_of(issue: Issue) -> Reproduction:
    made = written(
        issue, ["shop.py", "test_shop.py"], lambda path: b"def tell(*names):\n    pass\n" if path == "shop.py" else b""
    )
    assert made is not None
    return made


def ran(folder: Path, made: Reproduction, shop: str) -> Feedback:
    """What the tests of `made` say of a module with this text."""
    (folder / "shop.py").write_text(shop)
    (folder / made.path).write_text(made.text)
    command = [sys.executable, "-B", "-c", LOOP, made.path]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, env={"PYTHONPATH": "."})
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    named = [(f"{made.path}::TestIssue::{name}", TestStatus(status), said) for name, status, said in rows]
    return Feedback(outcomes=tuple(TestOutcome(test, status, message=said) for test, status, said in named))


def goals(folder: Path, issue: Issue, shop: str) -> list[str]:
    """What is said of how sure each goal is that `shop` shows: "" where it is firm."""
    made = made_of(issue)
    feedback = ran(folder, made, shop)
    held = made.proven(feedback, issue)
    return [made.guess(o, issue) for o in feedback.outcomes if o.test in held]


def holds(folder: Path, issue: Issue, shop: str) -> bool:
    return all(o.ok for o in ran(folder, made_of(issue), shop).outcomes)


def expects(code: str, expected: str, actual: str = "", *blocks: str) -> Issue:
    return Issue("", code_blocks=(code, *blocks), expectations=(Expectation("", expected, actual, (code,)),))


PROGRAM = """\
import sys
from shop import tell


def main():
    print(tell(*sys.argv[1:]) + sys.stdin.read())
    sys.exit({code})


if __name__ == "__main__":
    main()
"""
TELL = "def tell(*names):\n    return {}\n"


def test_a_program_is_run_as_the_main_one_without_arguments_and_input(tmp_path: Path) -> None:
    issue = expects(PROGRAM.format(code="0"), "'blue'", "'red'")
    assert goals(tmp_path, issue, TELL.format("repr('red') + 'x' * len(names)")) == [""]
    assert holds(tmp_path, issue, TELL.format("repr('blue')"))


def test_a_program_that_ends_with_a_code_is_no_reproduction_of_what_it_prints(tmp_path: Path) -> None:
    assert goals(tmp_path, expects(PROGRAM.format(code="2"), "'blue'", "'red'"), TELL.format("repr('red')")) == []


def test_classes_of_a_program_are_found_as_those_of_the_main_module(tmp_path: Path) -> None:
    code = "import pickle\nfrom shop import tell\n\nclass Box:\n    pass\n\npickle.loads(pickle.dumps(Box()))\nprint(tell())"
    assert goals(tmp_path, expects(code, "blue", "red"), TELL.format("'red'")) == [""]


@pytest.mark.parametrize("actual", ["", "None", "red"])
def test_a_program_that_shows_nothing_is_no_reproduction(tmp_path: Path, actual: str) -> None:
    code = "from shop import tell\n\ndef main():\n    print(tell())\n"
    assert goals(tmp_path, expects(code, "blue", actual), TELL.format("'red'")) == []
    assert not holds(tmp_path, expects(code, "None"), TELL.format("'red'")), "exec's None is no result"


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("red  at /home/a/b/shop.py, 0x7f01", [""]),
        ("red at shop.py (1), 0x7f01 ", ["what it gives here is about what the issue reports, not the very same"]),
        ("ValueErrors are raised elsewhere", []),
    ],
)
def test_what_comes_at_base_must_be_what_the_issue_reports(tmp_path: Path, now: str, said: list[str]) -> None:
    issue = expects("from shop import tell\nprint(tell())", "blue", "red at /tmp/x/shop.py, 0xffaa")
    assert goals(tmp_path, issue, TELL.format(repr(now))) == said
    (why,) = made_of(issue).unconfirmed(ran(tmp_path, made_of(issue), TELL.format("'elsewhere'")))
    assert why.endswith("got 'elsewhere\\n', expected blue (the issue reports something else)")


@pytest.mark.parametrize(
    ("told", "said"),
    [("236.3", [""]), ("236.297", [""]), ("236.297...", [""]), ("236.4", []), ("-236.3", []), ("6.29...", [])],
)
def test_numbers_may_be_rounded_or_cut_where_they_are_told(tmp_path: Path, told: str, said: list[str]) -> None:
    wrong = Issue("", expectations=(Expectation("tell()", "32", told, ("from shop import tell",)),))
    assert goals(tmp_path, wrong, TELL.format("236.29777777777775")) == said


def test_what_comes_today_is_taken_for_unknown_where_it_is_what_should_come(tmp_path: Path) -> None:
    issue = expects("from shop import tell\nprint(tell())", "blue", "blue")
    assert goals(tmp_path, issue, TELL.format("'red'")) == ["nothing was found in the issue on what comes today"]


LINES = "from shop import tell\nfor name in ('a', '.', 'b'):\n    print(f'{name:8} {tell(name)!r}')\n"
OUTPUT = "a        '$.a'\n.        '$..'\nb        '$.b'\n"


def test_of_several_lines_the_one_that_is_wrong_must_change(tmp_path: Path) -> None:
    issue = expects(LINES, "$['.']", "$..", OUTPUT)
    assert goals(tmp_path, issue, TELL.format("'$.' + names[0]")) == [""]
    assert "in the place of $.. in the line . '$..'" in next(iter(made_of(issue).labels.values()))
    assert holds(tmp_path, issue, TELL.format("'$[%r]' % names[0]")), "other lines are free"
    assert not holds(tmp_path, issue, TELL.format("'$' + names[0]"))
    assert not holds(tmp_path, issue, TELL.format("'$[\\'.\\']' if names[0] == 'a' else '$.' + names[0]"))


@pytest.mark.parametrize(("block", "now"), [("", "'$.' + names[0]"), ("a '$..'\nb '$..'\n", "'$..'")])
def test_lines_that_cannot_be_paired_make_a_weak_goal(tmp_path: Path, block: str, now: str) -> None:
    issue = expects(LINES, "$['.']", "$..", *([block] if block else []))
    (why,) = goals(tmp_path, issue, TELL.format(now))
    assert why.startswith("the expected value has to come up somewhere")
    assert holds(tmp_path, issue, TELL.format("'$[%r]' % names[0]"))


def test_of_several_values_the_one_that_is_wrong_must_change(tmp_path: Path) -> None:
    setup = ("from shop import tell",)
    one = Issue("", expectations=(Expectation("[tell(n) for n in 'ab']", "'B'", "'b'", setup),))
    assert goals(tmp_path, one, "def tell(n):\n    return n\n")
    assert holds(tmp_path, one, "def tell(n):\n    return n.upper()\n")
    whole = Issue("", expectations=(Expectation("[tell(n) for n in 'ab']", "['B']", "['a', 'b']", setup),))
    assert not holds(tmp_path, whole, "def tell(n):\n    return ['B']\n"), "a list is meant as a whole"


def test_the_example_and_what_is_demanded_stand_at_the_top_and_little_below() -> None:
    made = made_of(read("Odd\n\n```\n>>> from shop import tell\n>>> tell('a')\n12\n```\n\nExpected `13`.\n"))
    lines = made.text.splitlines()
    assert lines.index("    # issue: tell('a') gives 13") < 30, "the example comes before what runs it"
    assert len(lines) < 170
    assert "def refused" not in made.text, "helpers that no test uses are left out"
    assert "import warnings" not in made.text


def test_lines_of_an_output_that_nothing_is_said_of_are_told_to_be_unchecked(tmp_path: Path) -> None:
    issue = expects(LINES, "$['.']", "$..", OUTPUT)
    made = made_of(issue)
    feedback = ran(tmp_path, made, TELL.format("'$.' + names[0]"))
    told = unchecked(made, feedback, made.proven(feedback, issue))
    assert told == (
        "not checked: line 1 `a '$.a'`; line 3 `b '$.b'`, because the issue does not say what should come there",
    )
    assert unchecked(made, feedback, ()) == (), "where nothing is demanded all of it is told"


def test_blanks_that_differ_are_seen(tmp_path: Path) -> None:
    issue = expects("from shop import tell\nprint(tell())", "a\n  b", "a b")
    made = made_of(issue)
    feedback = ran(tmp_path, made, TELL.format("'a b'"))
    told = made.shown(feedback, issue, [o.test for o in feedback.outcomes])
    assert "demanded: the example gives 'a\\n  b'" in told
    assert "got 'a b\\n', expected 'a\\n  b'" in told


def test_what_came_and_stands_in_the_issue_is_no_guess(tmp_path: Path) -> None:
    told = replace(expects("from shop import tell\nprint(tell())", "blue"), text="Today it prints `red`.")
    assert goals(tmp_path, told, TELL.format("'red'")) == [""]


def test_what_comes_as_it_should_is_not_what_comes_today() -> None:
    text = (
        "# Wrong colour\n\n```python\nfrom shop import tell\nprint(tell())\n```\n\n"
        "Run with 8.2 this prints `'blue'`, as it should. With 8.3 it prints `None`. "
        "I think it should print `'blue'`.\n"
    )
    assert [(e.expected, e.actual) for e in read(text).expectations] == [("'blue'", "None")]


def test_a_goal_is_told_in_short(tmp_path: Path) -> None:
    issue = expects("from shop import tell\nprint(tell())", "blue")
    made = made_of(issue)
    feedback = ran(tmp_path, made, TELL.format("'red'"))
    told = made.shown(feedback, issue, made.proven(feedback, issue))
    assert told.splitlines()[:4] == ["```python", "from shop import tell", "print(tell())", "```"]
    assert "demanded: the example gives blue" in told
    assert "now: AssertionError: got 'red\\n', expected blue" in told
    assert told.endswith("a guess: nothing was found in the issue on what comes today")


def test_an_example_that_does_not_end_shows_nothing_where_the_issue_tells_what_comes() -> None:
    for actual, shows in (("red", False), ("", True)):
        issue = expects("from shop import tell\nprint(tell())", "blue", actual)
        made = made_of(issue)
        test = f"{made.path}::TestIssue::test_expected_1"
        assert bool(made.proven(Feedback(outcomes=(TestOutcome(test, TestStatus.TIMEOUT),)), issue)) is shows


@pytest.mark.parametrize(("actual", "sure"), [("red", True), ("", False)])
def test_a_report_names_its_goal_and_does_not_sound_sure_of_a_guess(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], actual: str, sure: bool
) -> None:
    issue = expects("from shop import tell\nprint(tell())", "blue", actual)
    made = made_of(issue)
    feedback = ran(tmp_path, made, TELL.format("'red'"))
    held = made.proven(feedback, issue)
    show(
        Report(
            Status.PLAUSIBLE,
            0,
            patch="--- a/x\n+++ b/x\n",
            verification=Verification(Oracle.EXPECTED_OUTPUT, goal=made.shown(feedback, issue, held)),
        )
    )
    said = " ".join(capsys.readouterr().err.split())
    assert "goal demanded: the example gives blue" in said
    assert ("the issue's example gives what it should, and did not before" in said) is sure
    assert ("which is a guess" in said) is not sure


PRINTING = """\
def tell(n):
    print("count", n + {more})
    print("end")
    return n
"""


@pytest.mark.parametrize(
    "said",
    [
        "Expected behavior: it prints `count 3`.",
        "This prints `count 4` instead of `count 3`.",
        "Output:\n\n```\ncount 4\nend\n```\n\nExpected: `count 3`",
        "Output:\n\n```\ncount 4\nend\n```\n\nExpected output:\n\n```\ncount 3\nend\n```",
    ],
)
def test_what_a_call_prints_is_held_against_what_is_wanted_also_where_it_gives_a_value(
    tmp_path: Path, said: str
) -> None:
    issue = read(f"It counts wrong.\n\n```python\nfrom shop import tell\n\ntell(3)\n```\n\n{said}\n")
    made = made_of(issue)
    (before,) = ran(tmp_path, made, PRINTING.format(more=1)).outcomes
    assert before.message.startswith("AssertionError: got 'count 4\\nend\\n', expected ")
    assert made.proven(Feedback(outcomes=(before,)), issue) == (before.test,)
    (after,) = ran(tmp_path, made, PRINTING.format(more=0)).outcomes
    assert after.ok


@pytest.mark.parametrize(
    ("printed", "runs"),
    [
        ("Start\n\n\nEnd", False),  # words
        ("{'a': 1}\n[1, 2]", False),  # values
        ("name: John\nstate: open", False),
        ("tell(0)", True),
        ("things", True),  # what a notebook shows of a name that is bound above
    ],
)
def test_a_block_of_output_is_no_program(printed: str, runs: bool) -> None:
    text = (
        "It breaks.\n\n```python\nfrom shop import tell\n\nthings = [1]\ntell(1)\n```\n\nIn 2.11\n\n```\n{}\n```\n\n{}"
    )
    trace = 'Traceback (most recent call last):\n  File "shop.py", line 1, in tell\n    x\nValueError: bad'
    made = made_of(read(text.format(printed, f"Now\n\n```\n{trace}\n```\n")))
    assert [made.examples[name].expression for name in made.labels] == ["tell(1)", *([printed] if runs else [])]


def test_what_is_printed_before_the_reported_error_is_not_called_unchecked(tmp_path: Path) -> None:
    trace = 'Traceback (most recent call last):\n  File "shop.py", line 3, in tell\n    raise KeyError(n)\nKeyError: 3'
    text = f"It breaks\n\n```python\nfrom shop import tell\n\nprint(0)\nfor n in (3, 4):\n    tell(n)\n```\n\nIt prints `0` and then ends with\n\n```\n{trace}\n```\n"
    issue = read(text)
    made = made_of(issue)
    feedback = ran(tmp_path, made, "def tell(n):\n    raise KeyError(n)\n")
    assert any("test_reported_" in o.test and not o.ok for o in feedback.outcomes)
    proven = made.proven(feedback, issue)
    assert proven
    assert unchecked(made, feedback, proven) == ()


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ("ValueError", "gives ValueError"),
        ('ValueError("no names")', "gives ValueError, whatever its message"),
        ("raises ValueError: no names", "gives ValueError, whatever its message"),
    ],
)
def test_of_an_error_only_what_is_demanded_is_said_to_come(tmp_path: Path, expected: str, told: str) -> None:
    made = made_of(expects("from shop import tell\ntell()", expected))
    (name,) = (o.test for o in ran(tmp_path, made, "def tell():\n    raise ValueError('other')\n").outcomes if o.ok)
    assert made.label(name).endswith(told)
