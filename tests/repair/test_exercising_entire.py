"""Whole tests of a file, run by pytest in forks of the process that holds the module: how they end, what they may not do, which slips they notice."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.entire import Tested
from fixbot_repair.environment import Environment
from fixbot_repair.exercising import Exercise, Subject
from fixbot_repair.sandbox import choose
from fixbot_repair.slips import slips
from fixbot_repair.workspace import Workspace

SHOP = """import os

KNOWN = []


def price(n):
    if n > 2:
        return n * 9
    return n * 10


def learn(name):
    KNOWN.append(name)


def save(path):
    path.write_text("saved")
"""
TESTS = """import os
import pytest
import shop


@pytest.mark.parametrize(("n", "wanted"), [(3, 27), (1, 10)])
def test_price(n, wanted, shelf):
    assert shelf.price(n) == wanted


def test_wrong():
    assert shop.price(3) == 30


def test_learns():
    shop.learn("a")


def test_saves(tmp_path):
    shop.save(tmp_path / "a")
    assert (tmp_path / "a").read_text() == "saved"


def test_reaches():
    with pytest.raises(BaseException):
        open("precious.txt", "w")


def test_hangs_nowhere(no_such_fixture):
    pass


@pytest.mark.skip
def test_skips():
    pass
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = tmp_path_factory.mktemp("project")
    (root / "shop.py").write_text(SHOP)
    (root / "conftest.py").write_text(
        "import pytest\nimport shop\n\n\n@pytest.fixture\ndef shelf():\n    return shop\n"
    )
    (root / "test_shop.py").write_text(TESTS)
    (root / "precious.txt").write_text("keep")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    with Workspace.create(root, Environment.find(root, Path(sys.executable)), choose("auto", trusted=True)) as made:
        yield made


@pytest.fixture(scope="module")
def exercise(workspace: Workspace) -> Iterator[Exercise]:
    with Exercise(workspace, Subject("shop.py", "shop", ((7, 7, ((0, (8,)), (1, (9,)))),)), 60) as made:
        yield made


@pytest.fixture
def ends(workspace, exercise):
    runner = TestRunner(workspace, workspace.environment, workspace.sandbox)

    def ended(name: str, slip=None) -> Tested:
        return exercise.tested(runner, [(f"test_shop.py::{name}", slip)])[0]

    return ended


def test_a_test_with_parameters_and_the_projects_own_fixture_reaches_both_sides(ends):
    found = ends("test_price")
    assert (found.status, found.branches, found.reaches, found.leaves) == ("passed", {0, 1}, "", False)
    assert found.lines == {7, 8, 9}


def test_what_does_not_hold_says_what_came_instead(ends):
    found = ends("test_wrong")
    assert found.status == "failed"
    assert "assert 27 == 30" in found.message
    assert ends("test_skips").status == "skipped"
    assert "no_such_fixture" in ends("test_hangs_nowhere").message + ends("test_hangs_nowhere").detail


def test_nothing_outside_is_touched_and_what_is_left_changed_is_seen(ends, workspace):
    assert ends("test_reaches").reaches == "open"
    assert workspace.changed() == frozenset()
    assert (ends("test_saves").status, ends("test_saves").reaches) == ("passed", "")
    assert ends("test_learns").leaves
    assert ends("test_price").leaves is False


def test_a_slip_is_noticed_by_the_test_that_runs_it(ends):
    made = next(s for s in slips(SHOP.encode()) if s.line == 8)
    assert ends("test_price", made).status == "failed"
    assert ends("test_saves", made).status == "passed"
