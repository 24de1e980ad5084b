"""Undone fixes as cases: drawn from a whole history, with reasons, without tests that fail anyway; and patches of them judged."""

import difflib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixbot_bench.faults.grounds import importable, leave_out
from fixbot_bench.faults.making import command as faults
from fixbot_bench.faults.replaying import NOTHING, compared, judge_whole
from fixbot_bench.faults.undoing import Drawn
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus

Commit = Callable[[Path, Mapping[str, str], str], None]

WRONG = """class Till:
    def __init__(self, rate):
        self.rate = rate

    def due(self, price):
        return self._taxed(price) + 1

    def _taxed(self, price):
        return price + price * self.rate
"""
RIGHT = WRONG.replace("(price) + 1", "(price)")
TESTS = """
import socket
import pytest
from shop.till import Till

@pytest.mark.parametrize("price", [1, 10])
def test_due(price):
    assert Till(1).due(price) == 2 * price

def test_rate():
    assert Till(2).rate == 2

def test_online():
    assert socket.gethostbyname("nowhere.invalid")
"""
FILES = {"src/shop/__init__.py": "", "src/shop/till.py": WRONG, "tests/test_till.py": "def test_nothing():\n    pass\n"}


def test_a_draw_says_what_it_drew_from_and_leaves_out_what_fails_anyway(tmp_path: Path, commit: Commit) -> None:
    repository, out = tmp_path / "till", tmp_path / "out"
    repository.mkdir()
    commit(repository, FILES, "Add a till")
    commit(repository, {"src/shop/till.py": RIGHT, "tests/test_till.py": TESTS, "tests/test_far.py": "import not_there\n"}, "Fix what is due")  # fmt: skip
    commit(repository, {"README": "fixed"}, "Fix the readme")
    commit(repository, {"src/shop/till.py": RIGHT + "\n# x\n", "tests/test_till.py": TESTS + "\n# x\n"}, "Fix a note")
    done = CliRunner().invoke(
        faults,
        [str(repository), "--mutants", "0", "--fixes", "3", "--out", str(out), "--json"],
        standalone_mode=False,
    )
    assert done.exception is None, done.output
    said = json.loads(done.stdout)["drawn"]
    assert (said["commits"], said["fixes"], said["eligible"], said["tried"]) == (4, 3, 2, 2)
    assert said["refused"] == {"change no code": 1}
    (case,) = said["cases"]
    assert case["failing"] == ["tests/test_till.py::test_due[1]", "tests/test_till.py::test_due[10]"]
    assert case["left_out"] == ["tests/test_far.py", "tests/test_till.py::test_online"]
    assert case["lines"] == 1
    assert json.loads((out / "drawn" / "till.json").read_text())["cases"] == [case]
    folder = out / "cases" / case["name"]
    assert (folder / "src/shop/till.py").read_text() == WRONG
    assert not (folder / "tests/test_far.py").exists()


def test_what_no_case_came_of_is_told_by_reason() -> None:
    drawn = Drawn(commits=9, fixes=5, eligible=4, tried=3)
    drawn.refused.update({"change no code": 2})
    assert "9 commits 5 speak of a fix" in drawn.said()
    assert "3 were tried (2 change no code)" in drawn.said()


def failed(test: str, *, collected: bool = True) -> Feedback:
    return Feedback(outcomes=(TestOutcome(test, TestStatus.FAILED, collected=collected),))


def test_a_conftest_that_is_there_keeps_its_head(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "conftest.py").write_text('"""Ours."""\nfrom __future__ import annotations\nimport shop\n')
    importable(tmp_path)
    leave_out(tmp_path, failed("tests/test_a.py::test_it"))
    text = (tmp_path / "conftest.py").read_text()
    compile(text, "conftest.py", "exec")
    assert text.index("__future__") < text.index("sys.path.insert") < text.index("import shop")
    assert "'tests/test_a.py::test_it'" in text


def test_what_cannot_be_left_out_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="source"):
        leave_out(tmp_path, failed("shop/till.py", collected=False))
    (tmp_path / "conftest.py").write_text("def pytest_collection_modifyitems(items): pass\n")
    with pytest.raises(ValueError, match="conftest"):
        leave_out(tmp_path, failed("tests/test_a.py::test_it"))


def patch(old: str, new: str) -> str:
    return "".join(difflib.unified_diff(old.splitlines(True), new.splitlines(True), "a/shop/till.py", "b/shop/till.py"))


@pytest.mark.parametrize(
    ("right", "correct", "said"),
    [
        (RIGHT.replace("price + price * self.rate", "price * (1 + self.rate)"), True, "show the fault"),
        (WRONG.replace("price + price * self.rate", "price + price * self.rate - 1"), True, "show the fault"),
        (WRONG.replace("(price) + 1", "(price) if self.rate else price + 1"), False, "differs from the reference"),
        (WRONG.replace("(price) + 1", "(price) and 2 * price"), False, "differs from the reference"),
    ],
)
def test_a_patch_of_a_method_is_judged_by_what_the_project_does(
    tmp_path: Path, right: str, correct: bool, said: str
) -> None:
    case, fixed = tmp_path / "case", tmp_path / "fixed"
    for path, text in (
        (case / "shop/__init__.py", "from .till import Till\n"), (case / "shop/till.py", "from . import other\n" + WRONG),
        (case / "shop/other.py", ""), (case / "tests/test_till.py", TESTS.partition("\ndef test_online")[0]),
        (fixed / "shop/till.py", "from . import other\n" + RIGHT),
    ):  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    made = patch("from . import other\n" + WRONG, "from . import other\n" + right)
    verdict = judge_whole(case, fixed, made)
    assert verdict.correct is correct
    assert said in verdict.how


def test_agreement_on_calls_that_do_not_show_the_fault_says_nothing() -> None:
    one = {(0, 0): ("due(1)", "2")}
    assert compared(one, one, one, one).how == NOTHING
    assert compared(one, one, {(0, 0): ("due(1)", "3")}, one).correct
    assert not compared(one, {(0, 0): ("due(1)", "9")}, {}, one).correct  # the reference does not answer alike twice
