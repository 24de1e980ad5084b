"""A model that goes round in circles: told so, begun afresh with what is known, and ended; one that moves is left alone."""

import json

import pytest

from fixbot_agent.models import ToolCall
from fixbot_agent.solving.conversing.stuck import Stuck
from fixbot_agent.tools import Outcome


def call(name: str, **arguments: object) -> ToolCall:
    return ToolCall("c", name, json.dumps(arguments))


def fed(*answers: tuple[ToolCall, Outcome, str]) -> Stuck:
    stuck = Stuck()
    for asked, outcome, state in answers:
        stuck.saw([asked], [outcome], state)
    return stuck


VIEW = call("view", path="a.py")


def moves(n: int) -> tuple[ToolCall, Outcome, str]:
    return call("view", path=f"{n}.py"), Outcome(f"text {n}"), ""


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([(VIEW, Outcome("x"), "")] * 3, "called 3 times with the same arguments"),
        ([(call("edit", path=str(n)), Outcome(f"no {n}", ok=False), "") for n in range(4)], "4 changes in a row"),
        ([(call("edit", n=n), Outcome(f"e {n}"), "ab"[n % 2]) for n in range(5)], "made and taken back"),
        ([(call("run_tests", n=n), Outcome("0 passed, 1 failed\nE"), str(n)) for n in range(4)], "4 different changes"),
        (
            [moves(0)] + [(call("view", path="0.py", n=n), Outcome("text 0"), "") for n in range(6)],
            "nothing that you had",
        ),
    ],
)
def test_what_repeats_is_seen(answers: list[tuple[ToolCall, Outcome, str]], why: str) -> None:
    assert why in fed(*answers).why()
    assert fed(*answers[:-1]).why() == "", "not before"


def test_work_that_moves_is_left_alone() -> None:
    same_again = [(VIEW, Outcome("x"), str(n)) for n in range(6)]  # the files changed in between
    assert fed(*map(moves, range(30)), *same_again).why() == ""
    passing = [(call("run_tests", n=n), Outcome(f"{n} passed, 0 failed"), str(n)) for n in range(9)]
    assert fed(*passing).why() == ""


def test_being_asked_begins_the_watch_anew() -> None:
    stuck = fed(*[(VIEW, Outcome("x"), "")] * 3)
    assert stuck.why()
    assert not stuck.why()
    stuck.saw([VIEW], [Outcome("x")], "")
    assert not stuck.why()


def test_what_was_not_tried_is_offered() -> None:
    stuck = fed((call("view", path="a.py"), Outcome("def total(self):"), ""), (call("inspect"), Outcome("v"), ""))
    offers = stuck.offers(["view", "search", "inspect"], ["a.py::Cart.total", "a.py::Cart.rate"])
    assert any("callers" in offer for offer in offers)
    assert not any("inspect" in offer for offer in offers)
    assert offers[-1] == "another place: a.py::Cart.rate"
