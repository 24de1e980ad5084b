"""How the time of a solve is shared among strategies, and what becomes of it where models fail."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from fixbot_agent.errors import AllModelsFailed
from fixbot_agent.solving.strategies import order


@dataclass
class Clock:
    """Seconds that strategies say they took."""

    whole: float
    elapsed: float = 0.0

    @property
    def remaining(self) -> float:
        return self.whole - self.elapsed


@dataclass
class Told:
    """Who was asked, each with the seconds it was given."""

    given: list[tuple[str, float]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def pursued(monkeypatch: pytest.MonkeyPatch, seconds: float, *, takes: float, dead: bool) -> Told:
    """Pursue a case by the cascade: a search that takes a share of its time and finds nothing, then a model."""
    clock, told = Clock(seconds), Told()

    def search(scene: Any, given: float) -> None:
        told.given.append(("search", given))
        clock.elapsed += takes * given

    def agent(scene: Any, given: float) -> None:
        told.given.append(("agent", given))
        if dead:
            scene.tried.stopped = AllModelsFailed("gone", "wait")

    monkeypatch.setattr(order, "search", search)
    monkeypatch.setattr(order, "agent", agent)
    tried = SimpleNamespace(best=None, interrupted=False, stopped=None, confidence=None)
    scene: Any = SimpleNamespace(
        budget=clock,
        tried=tried,
        case=SimpleNamespace(failing=("t",)),
        job=SimpleNamespace(since="", model=""),
        settings=SimpleNamespace(strategy="cascade", samples=0),
        team=SimpleNamespace(solver=object()),
        account=SimpleNamespace(told=told.lines.append, tally=SimpleNamespace(spent=())),
    )
    order.pursue(scene)
    return told


def test_a_search_before_models_is_short_and_leaves_them_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    (_, short), (_, rest) = pursued(monkeypatch, 1500.0, takes=1.0, dead=False).given
    assert short <= 180.0
    assert rest == 1500.0 - short
    (_, half), _ = pursued(monkeypatch, 100.0, takes=1.0, dead=False).given
    assert half == 50.0, "of little time the models have half"


def test_where_all_models_fail_a_search_that_was_cut_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    told = pursued(monkeypatch, 1500.0, takes=1.0, dead=True)
    asked = told.given
    assert told.lines == ["built-in engines from here: no model answered, so a search for a repair is made: gone"]
    assert [name for name, _ in asked] == ["search", "agent", "search"]
    assert asked[2][1] > 1000.0
    through = pursued(monkeypatch, 1500.0, takes=0.1, dead=True).given
    assert [name for name, _ in through] == ["search", "agent"], "one that came to its end would find the same"
