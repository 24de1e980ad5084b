"""What an issue's example takes for granted comes from the project's tests, and counts only where it shows what was reported."""

import subprocess
import sys
from pathlib import Path

import pytest

from fixbot_agent.solving.reproducing.reproduction import Reproduction
from fixbot_agent.solving.reproducing.writing import written
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Issue
from fixbot_repair.issue_reader import read

SHOP = """\
class Basket:
    def __init__(self, rate=2):
        self.rate, self.items = rate, []

    def add(self, price, count=1):
        if price < 0:
            raise ValueError("free")
        self.items.append((price, count))
        return self

    def total(self):
        return sum(price for price, count in self.items) * self.rate
"""
CONFTEST = "import pytest\nfrom shop import Basket\n\n@pytest.fixture\ndef basket(rate):\n    yield Basket(rate)\n\n@pytest.fixture\ndef rate():\n    return 3\n"
FIXTURE = "def test_total(basket):\n    basket.add(7)\n    assert basket.total() == 21\n"
LOCAL = "from shop import Basket\n\ndef filled():\n    return Basket(3)\n\ndef test_total():\n    basket = filled()\n    assert basket.total() == 0\n"
CASE = (
    "import unittest\nfrom shop import Basket\n\nclass TestTotal(unittest.TestCase):\n    def setUp(self):\n        self.basket = Basket(3)\n\n"
    "    def test_total(self):\n        self.assertEqual(self.basket.total(), 0)\n"
)
LOOP = (
    "from shop import Basket\n\ndef test_total():\n    basket = Basket(3)\n    for price in (1, 2, 5):\n        basket.add(price)\n    basket.add(9, count=4)\n"
    "    assert basket.total() == 51\n"
)
ISSUE = "Counts are ignored\n\n```\nbasket.add(5, count=2)\nbasket.total()   # {}, should be {}\n```\n"


def made_of(issue: str, tests: dict[str, str]) -> tuple[Issue, Reproduction]:
    files = {"shop.py": SHOP, **tests}
    said = read(issue)
    made = written(said, list(files), lambda path: files[path].encode())
    assert made is not None
    return said, made


def outcomes(tmp_path: Path, made: Reproduction) -> Feedback:
    """What each of its tests says, as the runner would hear it."""
    for path, text in (("shop.py", SHOP), (made.path, made.text)):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    loop = (
        "import unittest, sys, json\nclass R(unittest.TestResult):\n"
        "    def addFailure(s, t, e): print(json.dumps([t.id(), 'failed', f'{e[0].__name__}: {e[1]}']))\n"
        "    addError = addFailure\n"
        "    def addSkip(s, t, why): print(json.dumps([t.id(), 'skipped', why]))\n"
        "    def addSuccess(s, t): print(json.dumps([t.id(), 'passed', '']))\n"
        f"unittest.defaultTestLoader.loadTestsFromName({Path(made.path).stem!r}).run(R())"
    )
    command = [sys.executable, "-c", loop]
    folder = tmp_path / Path(made.path).parent
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    import json

    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return Feedback(
        outcomes=tuple(TestOutcome(f"{made.path}::{i.partition('.')[2]}", TestStatus(s), message=m) for i, s, m in rows)
    )


@pytest.mark.parametrize(
    "tests",
    [
        {"tests/test_shop.py": FIXTURE, "tests/conftest.py": CONFTEST},
        {"tests/test_shop.py": LOCAL},
        {"tests/test_shop.py": CASE},
    ],
    ids=["fixture", "local", "setUp"],
)
def test_a_name_that_the_tests_make_is_theirs_when_it_shows_what_was_reported(
    tmp_path: Path, tests: dict[str, str]
) -> None:
    issue, made = made_of(ISSUE.format(15, 30), tests)

    [proven] = made.proven(outcomes(tmp_path, made), issue)
    assert made.label(proven).startswith(
        "issue: basket.total() gives 30, with basket of tests/test_shop.py::test_total"
    )


def test_a_loan_that_does_not_show_what_was_reported_proves_nothing(tmp_path: Path) -> None:
    issue, made = made_of(ISSUE.format(16, 32), {"tests/test_shop.py": LOCAL})

    assert made.proven(outcomes(tmp_path, made), issue) == ()


def test_without_a_reported_value_nothing_is_lent() -> None:
    _, made = made_of(
        "```\nbasket.add(5, count=2)\nbasket.total()   # should be 30\n```\n", {"tests/test_shop.py": LOCAL}
    )

    assert not any("with basket" in label for label in made.labels.values())


def test_a_class_of_that_name_goes_first(tmp_path: Path) -> None:
    issue, made = made_of(ISSUE.format(10, 20), {"tests/test_shop.py": LOCAL})

    [proven] = made.proven(outcomes(tmp_path, made), issue)
    assert made.label(proven) == "issue: basket.total() gives 20, with basket of Basket()"


def test_a_test_is_run_up_to_where_it_does_the_like_through_loops_over_values(tmp_path: Path) -> None:
    said = "```\nbasket.add(9, count=2)\nbasket.total()   # 51, should be 78\n```\n"
    issue, made = made_of(said, {"tests/test_shop.py": LOOP})

    [proven] = made.proven(outcomes(tmp_path, made), issue)
    assert "tests/test_shop.py::test_total" in made.label(proven)


def test_a_crash_of_a_lent_thing_must_be_the_reported_one(tmp_path: Path) -> None:
    said = (
        '>>> basket.add({})\nTraceback (most recent call last):\n  File "shop.py", line 7, in add\nValueError: free\n'
    )
    issue, made = made_of(said.format(-1), {"tests/test_shop.py": LOCAL})
    proven = made.proven(outcomes(tmp_path, made), issue)
    assert len(proven) == 1
    assert "with basket of Basket()" in made.label(proven[0])

    issue, made = made_of(said.format("None"), {"tests/test_shop.py": LOCAL})  # a TypeError here
    assert made.proven(outcomes(tmp_path, made), issue) == ()
