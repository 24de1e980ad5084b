"""An issue that is only a traceback is shown by a test of the project, changed in one place, that ends the same way."""

import subprocess
import sys
from pathlib import Path

import pytest

from fixbot_agent.solving.reproducing.reproduction import Reproduction
from fixbot_agent.solving.reproducing.writing import written
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Issue
from fixbot_repair.issue_reader import read

STATS = "def mean(values):\n    total = sum(values)\n    return total / len(values)\n\n\ndef main(argv):\n    return mean([int(word) for word in argv if not word.startswith('-')])\n"
TESTS = (
    "import pytest\nfrom stats import main, mean\n\ndef test_mean():\n    '''It is.'''\n    assert mean([1, 2, 3]) == 2\n\n"
    "def test_main():\n    numbers = ['1', '2']\n    assert main([*numbers, '--quiet']) == 1.5\n    with pytest.raises(ValueError):\n        main(['x'])\n"
)
MAIN = "\n\ndef main(argv):\n    return mean([int(word) for word in argv if not word.startswith('-')])\n"
ISSUE = (
    '# `stats --skip=9` ends with an error\n\n```\nTraceback (most recent call last):\n  File "/home/u/venv/site-packages/stats.py", line {}, in mean\n'
    "    return total / len(values)\nZeroDivisionError: division by zero\n```\n"
)


def made_of(issue: str) -> tuple[Issue, Reproduction | None]:
    files = {"stats.py": STATS, "tests/test_stats.py": TESTS}
    said = read(issue)
    return said, written(said, list(files), lambda path: files[path].encode())


def ended(made: Reproduction, name: str, message: str, line: int) -> TestOutcome:
    frames = ((made.path, 20, "run"), ("stats.py", line, "mean"))
    return TestOutcome(f"{made.path}::TestIssue::{name}", TestStatus.ERROR, message=message, frames=frames)


def variant(made: Reproduction, change: str) -> str:
    return next(name for name, label in made.labels.items() if change in label)


def test_less_is_put_in_the_place_of_each_value_and_what_should_come_is_not_asked_for() -> None:
    _, made = made_of(ISSUE.format(3))
    assert made

    emptied = variant(made, "tests/test_stats.py::test_mean with [] for [1, 2, 3]")
    assert made.examples[emptied].statements.splitlines()[-1] == "mean([])"
    assert not any("for 2 ends" in label and "test_mean" in label for label in made.labels.values() if "== 2" in label)


def test_options_that_the_issue_quotes_are_tried() -> None:
    _, made = made_of(ISSUE.format(3))
    assert made

    added = variant(made, "--skip=9 added to [*numbers, '--quiet']")
    assert "main([*numbers, '--quiet', '--skip=9'])" in made.examples[added].statements


def test_only_the_reported_error_at_the_reported_line_proves_anything() -> None:
    issue, made = made_of(ISSUE.format(97))  # the line has moved since: its code tells where it is
    assert made
    name = variant(made, "with [] for [1, 2, 3]")

    def proven(message: str, line: int) -> bool:
        return bool(made.proven(Feedback(outcomes=(ended(made, name, message, line),)), issue))

    assert proven("ZeroDivisionError: division by zero", 3)
    assert not proven("ZeroDivisionError: division by zero", 2)
    assert not proven("TypeError: 'NoneType' object is not iterable", 3)


@pytest.mark.parametrize(
    ("mended", "holds"),
    [
        ("def mean(values):\n    return sum(values) / len(values) if values else 0\n", True),
        (
            "def mean(values):\n    return checked(values) and 1\n\ndef checked(values):\n    raise ValueError('no values')\n",
            True,
        ),
        ("def mean(values):\n    raise ValueError('no values')\n", False),
        ("def mean(values):\n    return values[0] / len(values)\n", False),
        (STATS, False),
    ],
    ids=["a value", "refused by another function", "refused where it crashed", "another crash", "as it was"],
)
def test_what_ends_or_is_refused_in_so_many_words_holds(tmp_path: Path, mended: str, holds: bool) -> None:
    _, made = made_of(ISSUE.format(3))
    assert made
    name = variant(made, "with [] for [1, 2, 3]")
    for path, text in (("stats.py", mended + MAIN), (made.path, made.text)):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    command = [sys.executable, "-m", "unittest", f"{Path(made.path).stem}.TestIssue.{name}"]
    done = subprocess.run(command, cwd=tmp_path / "tests", capture_output=True, check=False)
    assert (done.returncode == 0) is holds, done.stderr.decode()


def test_few_of_many_ways_to_the_error_are_kept() -> None:
    issue, made = made_of(ISSUE.format(3))
    assert made
    names = [n for n in made.labels if n.startswith("test_crash_")]
    outcomes = [ended(made, n, "ZeroDivisionError: division by zero", 3) for n in names]

    assert len(names) > 5
    assert len(made.proven(Feedback(outcomes=tuple(outcomes)), issue)) == 2


def test_an_issue_that_shows_more_than_a_traceback_needs_no_variants() -> None:
    _, made = made_of(ISSUE.format(3) + "\nmean([]) should return 0.\n")
    assert made
    assert not any(name.startswith("test_crash_") for name in made.labels)


def test_a_traceback_from_elsewhere_has_none_either() -> None:
    _, made = made_of(ISSUE.format(3).replace("stats.py", "other.py"))
    assert made is None


def test_a_call_in_the_prose_that_lacks_its_names_leaves_the_changed_tests_their_turn() -> None:
    files = {
        "shop.py": "def first(x):\n    return x[0]\n",
        "test_shop.py": "from shop import first\n\ndef test_first():\n    assert first([1]) == 1\n",
    }
    trace = 'Traceback (most recent call last):\n  File "shop.py", line 2, in first\n    return x[0]\nIndexError: list index out of range'
    issue = read(f"first fails\n\n`first(rows)` ends with\n\n```\n{trace}\n```\n")
    made = written(issue, list(files), lambda path: files[path].encode())
    assert made is not None
    assert issue.crashing == ("first(rows)",)
    assert {name.partition("_")[2].partition("_")[0] for name in made.labels} == {"example", "crash"}
