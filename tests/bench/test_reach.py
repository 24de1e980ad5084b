"""``fixbot bench reach``: fixes of the past held against candidates, and what they teach of priors."""

import json
import math
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixbot_bench.errors import DatasetError
from fixbot_bench.reach.command import command
from fixbot_bench.reach.held import Held
from fixbot_bench.reach.learning import Model, Row, learn, rank
from fixbot_bench.reach.mining import fixes, of_cases
from fixbot_bench.reach.sameness import normal
from fixbot_repair.git import GitHistory

CODE = """def total(prices, start):
    result = start
    for price in prices:
        result = result - price
    return result


def count(prices, start):
    # how many
    result = start
    for price in prices:
        result = result - price
    return result
"""
BOTH = CODE.replace("result - price", "result + price")
SAID = BOTH.replace("how many", "how many there are")


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    git(root, "init", "-q")
    steps = [
        ("Add prices", "shop.py", CODE),
        ("Fix both sums", "shop.py", BOTH),
        ("Fix a comment", "shop.py", SAID),
        ("Fix a test", "test_shop.py", "assert 1 == 1\n"),
        (
            "Fix what nothing makes",
            "shop.py",
            SAID.replace("result = start", "result = ledger.open(start, 7, now())", 1),
        ),
    ]
    for message, path, text in steps:
        (root / path).write_text(text)
        git(root, "add", ".")
        git(root, "commit", "-q", "-m", message)
    return root


def test_fixes_of_code_are_drawn_with_their_places(repository: Path) -> None:
    found = {fix.message.strip(): fix for fix in fixes(GitHistory.open(repository), 10, 10, 1)}

    assert sorted(found) == ["Fix both sums", "Fix what nothing makes"]
    both = found["Fix both sums"]
    assert both.before == CODE.encode()
    assert both.after(both.places) == BOTH.encode()
    assert [len(p.right) > 0 for p in Held(both).places] == [True, True]
    assert [p.right for p in Held(found["Fix what nothing makes"]).places] == [()]


def test_the_command_says_what_is_reached_and_learns(repository: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(command, [str(repository / ".git"), "--learn", "--json"], standalone_mode=False)
    document = json.loads(done.stdout)
    row = document["rows"]["all"]

    assert (row["fixes"], row["fixes_reached"], row["places"], row["places_reached"]) == (2, 1, 3, 2)
    assert row["shipped"]["median"] < row["chance"]["median"]
    assert document["templates"]["operator.arithmetic"]["hits"] == 2
    assert 0 < document["priors"]["priors"]["operator.arithmetic"] <= 1
    assert "by hand" in CliRunner().invoke(command, [str(repository / ".git")], standalone_mode=False).output


def test_cases_of_the_repair_bench_are_taken_too(tmp_path: Path) -> None:
    for kind, text in (("cases", CODE), ("fixed", BOTH)):
        (tmp_path / kind / "sums").mkdir(parents=True)
        (tmp_path / kind / "sums" / "shop.py").write_text(text)

    assert [(fix.commit, fix.path, len(fix.places)) for fix in of_cases(tmp_path)] == [("sums", "shop.py", 2)]


def test_a_past_without_fixes_is_said(repository: Path) -> None:
    arguments = [str(repository / ".git"), "--depth", "1", "--most", "1"]
    git(repository, "commit", "-q", "--allow-empty", "-m", "Nothing")
    with pytest.raises(DatasetError, match="no small fix"):
        CliRunner().invoke(command, arguments, standalone_mode=False, catch_exceptions=False)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (b"def f(x: int) -> int:\n    'Doc.'\n    return None\n", b"def f(x):\n    'Other.'\n    return\n", True),
        (b"x = (a)\n", b"x = a  # why\n", True),
        (b"x = 'a'\n", b"x = 'b'\n", False),
        (b"x = a if k not in d else b\n", b"x = b if k in d else a\n", True),
        (b"x = a if not k else b\n", b"x = b if k else a\n", True),
        (b"x = a if k else b\n", b"x = b if k else a\n", False),
    ],
)
def test_what_does_nothing_makes_no_difference(one: bytes, other: bytes, same: bool) -> None:
    assert (normal(one) == normal(other)) is same


def test_priors_are_learned_from_what_was_right() -> None:
    pytest.importorskip("numpy")
    start = Model({"good": math.log(0.3), "bad": math.log(0.3)}, (1.0,))
    case = [Row("good", (0.0,), 1, right=True), Row("bad", (0.0,), 50), Row("good", (-1.0,), 5)]
    learned = learn([case] * 6, start, 0.5)

    assert learned.priors["good"] > learned.priors["bad"] + 1
    assert rank(case, start) == 26
    assert rank(case, learned) == 1
