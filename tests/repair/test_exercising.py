"""Code tried on a module: what is seen of it, what it may not do, which slips whole tests notice."""

import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from fixbot_repair.environment import Environment
from fixbot_repair.errors import EnvironmentFailure
from fixbot_repair.exercising import Attempt, Crew, Exercise, Subject
from fixbot_repair.sandbox import choose
from fixbot_repair.slips import slips
from fixbot_repair.workspace import GUEST, Workspace

SHOP = """
import os
import subprocess


class Full(Exception):
    pass


class Cart:
    def __init__(self, limit):
        self.items = []
        self.limit = limit

    def add(self, name):
        if len(self.items) >= self.limit:
            raise Full("no room")
        self.items.append(name)


def size(n):
    for _ in range(n):
        return "some"
    return "none"


def wipe(path):
    try:
        os.remove(path)
    except BaseException:
        return "tried"


def shell(words):
    return subprocess.run(words)


def hang():
    while True:
        pass


def leave():
    os._exit(3)


KNOWN = ["a"]


def learn(name):
    KNOWN.insert(0, name)
    return name


def switch(value):
    os.environ["SHOP_MODE"] = value
    return value
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = tmp_path_factory.mktemp("project")
    (root / "shop.py").write_text(SHOP)
    (root / "broken.py").write_text("raise RuntimeError('not today')\n")
    (root / "precious.txt").write_text("keep")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    environment = Environment.find(root, Path(sys.executable))
    with Workspace.create(root, environment, choose("auto", trusted=True)) as made:
        yield made


@pytest.fixture(scope="module")
def exercise(workspace: Workspace) -> Iterator[Exercise]:
    heads = ((16, 16, ((0, (17,)), (1, (18,)))), (22, 22, ((2, (23,)), (3, (24,)))))
    with Exercise(workspace, Subject("shop.py", "shop", heads), 60) as made:
        yield made


def attempt(exercise: Exercise, call: str, *setup: str, watched: tuple[str, ...] = ()):
    return exercise.attempt([Attempt(setup, call, (), watched)])[0]


def test_values_and_both_ways_of_a_branch(exercise):
    some, none = attempt(exercise, "size(2)"), attempt(exercise, "size(0)")
    assert (some.value, none.value) == ("'some'", "'none'")
    assert (some.branches, none.branches) == ({2}, {3})


def test_what_a_call_changes(exercise):
    found = attempt(exercise, "cart.add('a')", "cart = Cart(1)", watched=("cart",))
    assert found.value == "None"
    assert found.after == (("cart", ".items", "['a']"),)


def test_an_error_that_is_meant_and_one_that_is_not(exercise):
    meant, not_meant = attempt(exercise, "Cart(0).add('a')"), attempt(exercise, "size('a')")
    assert (meant.error, meant.own, meant.message) == (("shop", "Full"), True, "no room")
    assert (not_meant.kind, not_meant.own) == ("raises", False)


def test_nothing_outside_is_touched_even_where_the_code_hides_it(exercise, workspace):
    place = workspace.seen_at / "precious.txt"
    assert attempt(exercise, f"wipe({str(place)!r})").kind == "reaches"
    assert attempt(exercise, "shell(['true'])").kind == "reaches"
    assert attempt(exercise, "open('new.txt', 'w')").kind == "reaches"
    assert workspace.changed() == frozenset()
    inside = attempt(exercise, "wipe(path)", "path = tmp_path / 'a'", "path.write_text('a')")
    assert inside.value == "None"
    seen = attempt(exercise, "wipe(path)", "path = tmp_path / 'a'", "path.write_text('a')", watched=("path",))
    assert seen.after == (("path", ".exists()", "False"),)


def test_what_is_true_on_this_machine_only_is_no_value(exercise):
    assert attempt(exercise, "os.path.abspath('a')").kind == "placed"


def test_what_leaves_the_environment_changed_is_not_kept_unless_it_is_put_back(exercise):
    assert attempt(exercise, "learn('x')").kind == "reaches"
    assert attempt(exercise, "switch('x')").kind == "reaches"
    assert attempt(exercise, "switch('x')", "monkeypatch.setenv('SHOP_MODE', '')").kind == "returns"
    assert attempt(exercise, "'SHOP_MODE' in os.environ").value == "False"


def test_what_hangs_or_ends_its_process_costs_nobody_else(exercise):
    found = exercise.attempt([Attempt((), call) for call in ("hang()", "leave()", "size(1)")])
    assert [each.kind for each in found] == ["slow", "lost", "returns"]


def test_slips_are_noticed_by_tests_that_say_so(workspace):
    source = workspace.original("shop.py") or b""
    made = [slip for slip in slips(source) if slip.line in (16, 18)]
    cases = [(0, "cart = Cart(1)\ncart.add('a')\nassert cart.items == ['a']"), (1, "assert size(0) == 'none'")]
    with Crew(workspace, Subject("shop.py", "shop", ()), 60, 2) as crew:
        killers = crew.killers(made, [cases] * len(made))
    said = {slip.name: set(those) for slip, those in zip(made, killers, strict=True)}
    assert said == {
        "line 16: len(self.items) >= self.limit to (not (len(self.items) >= self.limit))": {0},
        "line 16: >= to >": set(),
        "line 18: self.items.append(name) to pass": {0},
    }


def test_a_process_that_is_gone_is_started_again(workspace):
    with Crew(workspace, Subject("shop.py", "shop", ()), 60, 1) as crew:
        crew._members[0].close()
        assert [each.kind for each in crew.attempt([Attempt((), "size(1)")])] == ["lost"]
        assert [each.kind for each in crew.attempt([Attempt((), "size(1)")])] == ["returns"]


def test_a_module_that_cannot_be_imported_says_why(workspace):
    with pytest.raises(EnvironmentFailure, match="RuntimeError: not today"):
        Exercise(workspace, Subject("broken.py", "broken", ()), 60)


def test_what_there_is_no_time_for_is_said_to_be_untried():
    spec = importlib.util.spec_from_file_location("_guest_exercising", GUEST / "exercising.py")
    guest = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(guest)
    told = []
    bench = guest.Bench.__new__(guest.Bench)
    bench.channel = SimpleNamespace(send=lambda _, row: told.append(row["kind"]))
    guest.ROOM = 0.05
    bench.in_fork = lambda *_: time.sleep(0.1) or [{"kind": "slow"}]
    bench.answer(None, [1, 2, 3], 3)
    assert told == ["slow", "lost", "untried"]
