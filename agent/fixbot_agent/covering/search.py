"""The search for inputs: what reaches new goals is kept, and what comes near to open ones is changed until it reaches them.

After DynaMOSA: only goals whose condition has run already are worked at, each with the probes that came to its condition.
"""

import math
import random
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from fixbot_agent.covering.goals import Goal, Goals
from fixbot_agent.covering.making import Making
from fixbot_agent.covering.names import Names
from fixbot_agent.covering.probe import Probe
from fixbot_agent.covering.targets import Target
from fixbot_repair.exercising import Attempt, Crew, Outcome

_BATCH = 40
ODD = 30  # what an odd value counts for, beside how much there is to read
_MOST_NEAR = 6  # probes kept for one goal
_MOST_KEPT = 4  # probes kept that reach one goal
_TIRED = 150  # batches in which nothing new is reached, until the search ends
_CONTENT = 6  # the same, once the target is reached: not every probe makes a test


@dataclass(frozen=True, slots=True)
class Found:
    """A probe with what came of it, and the goals that it reaches; `needed` are those for which it was kept."""

    probe: Probe
    outcome: Outcome
    goals: frozenset[Goal]
    needed: frozenset[Goal] = frozenset()
    size: int = 0  # of the probe, and more for odd values


@dataclass(slots=True)
class _Archive:
    """What was found so far."""

    best: dict[Goal, list[Found]] = field(default_factory=dict)
    near: dict[Goal, list[Probe]] = field(default_factory=dict)
    lines: set[int] = field(default_factory=set)
    tried: set[tuple[tuple[str, ...], str]] = field(default_factory=set)
    left_alone: dict[str, int] = field(default_factory=dict)


class Search:
    """Looks for probes that reach goals which `reached` (by tests that are there) leaves open."""

    def __init__(
        self, goals: Goals, targets: Sequence[Target], making: Making, names: Names, chance: random.Random
    ) -> None:
        self._goals = goals
        self._targets = targets
        self._making = making
        self._names = names
        self._chance = chance
        self._archive = _Archive()
        self._reached: frozenset[Goal] = frozenset()
        self.attempts = 0
        self.was_cut_short = False  # by time

    @property
    def left_alone(self) -> dict[str, int]:
        """Targets that reached for files, processes or the network, and how often."""
        return self._archive.left_alone

    def samples(self, name: str, goals: Collection[Goal], count: int) -> list[Probe]:
        """Some of what is tried: probes that came near one of `goals`, then new ones of the target of that name."""
        near = [probe for goal in sorted(goals) for probe in self._archive.near.get(goal, ())[:2]]
        own = next((t for t in self._targets if name in (t.name, f"{t.name}.__init__")), None)
        new = (self._making.fresh(own) for _ in range(count)) if own is not None else ()
        found = {probe.parts(): probe for probe in [*near[: count - 2], *new] if probe is not None}
        return list(found.values())[:count]

    def run(
        self,
        exercise: Crew,
        reached: frozenset[Goal],
        target: float,
        until: float,
        tell: Callable[[float], None],
        most: int = 0,
    ) -> list[Found]:
        """Effect: try probes until that share of all goals is reached, it is `until` (:func:`time.monotonic`), nothing new is found, or `most` were tried (0: no limit)."""
        idle, covered, self._reached = 0, reached, reached
        while idle < (_CONTENT if self._goals.suffices(covered, target) else _TIRED) and self._goals.left(covered):
            if time.monotonic() >= until or (most and self.attempts >= most):
                self.was_cut_short = True
                break
            before = len(self._archive.best)
            self._batch(exercise, self._goals.left(covered))
            idle = 0 if len(self._archive.best) > before else idle + 1
            covered = reached | self._archive.best.keys()
            tell(self._goals.share(covered))
        needed: dict[int, tuple[Found, set[Goal]]] = {}
        for goal, each in self._archive.best.items():
            for one in each:
                needed.setdefault(id(one), (one, set()))[1].add(goal)
        found = [replace(one, needed=frozenset(goals)) for one, goals in needed.values()]
        return sorted(found, key=lambda f: (min(f.outcome.lines, default=0), f.size, f.probe.parts()))

    def _batch(self, exercise: Crew, open_goals: frozenset[Goal]) -> None:
        probes: list[Probe] = []
        attempts: list[Attempt] = []
        for _ in range(_BATCH * 3):
            if len(probes) >= _BATCH:
                break
            probe = self._next(open_goals)
            if probe is None:
                return
            key = probe.parts()
            if key in self._archive.tried:
                continue
            self._archive.tried.add(key)
            try:
                attempts.append(probe.attempt(self._names))
            except (LookupError, SyntaxError):
                continue
            probes.append(probe)
        for probe, outcome in zip(probes, exercise.attempt(attempts), strict=True):
            self._take(probe, outcome, open_goals)
        self.attempts += len(probes)

    def _next(self, open_goals: frozenset[Goal]) -> Probe | None:
        near = [goal for goal in sorted(open_goals) if self._archive.near.get(goal)]
        if near and self._chance.random() < 0.6:
            goal = self._chance.choice(near)
            return self._making.changed(self._chance.choice(self._archive.near[goal]), self._goals.line_of(goal))
        target = self._target(open_goals)
        return self._making.fresh(target) if target is not None else None

    def _target(self, open_goals: frozenset[Goal]) -> Target | None:
        """A target by chance, those more often that hold open goals themselves, private ones less, hopeless ones hardly ever."""
        able = [t for t in self._targets if self._archive.left_alone.get(t.name, 0) < _MOST_NEAR]
        if not able:
            return None
        lines = [self._goals.line_of(goal) for goal in open_goals]
        weights = []
        for target in able:
            node = target.node
            inside = sum(node.lineno <= n <= (node.end_lineno or node.lineno) for n in lines) if node else 0
            weights.append((0.15 + math.sqrt(inside)) * (0.35 if target.is_private else 1.0))
        return self._chance.choices(able, weights)[0]

    def _take(self, probe: Probe, outcome: Outcome, open_goals: frozenset[Goal]) -> None:
        if outcome.kind in ("reaches", "slow"):
            name = probe.step.target.name
            self._archive.left_alone[name] = self._archive.left_alone.get(name, 0) + 1
        goals = self._goals.reached(outcome.lines, outcome.branches)
        for goal in open_goals - goals:
            if self._goals.near(outcome.lines, goal):
                _keep(self._archive.near.setdefault(goal, []), probe, self._chance)
        if not can_be_told(outcome):
            return
        self._archive.left_alone.pop(probe.step.target.name, None)  # there are values with which it stays inside
        found = Found(probe, outcome, goals, size=probe.size + ODD * self._making.oddness(probe))
        for goal in goals - self._reached:
            held = self._archive.best.setdefault(goal, [])
            held.append(found)
            line = self._goals.line_of(goal)
            held.sort(key=lambda f: (not _is_about(f.probe, line), f.probe.step.target.is_private, f.size))
            del held[_MOST_KEPT:]


def can_be_told(outcome: Outcome) -> bool:
    """Whether a test can say what came of it: it returned, or the module raised on purpose."""
    return outcome.kind == "returns" or (outcome.kind == "raises" and outcome.own and outcome.error[0] != "")


def _is_about(probe: Probe, line: int) -> bool:
    """Whether a line is of the function that is looked at, not of one that it only leads to."""
    node = probe.step.target.node
    return node is not None and node.lineno <= line <= (node.end_lineno or node.lineno)


def _keep(held: list[Probe], probe: Probe, chance: random.Random) -> None:
    if len(held) < _MOST_NEAR:
        held.append(probe)
    elif chance.random() < 0.2:
        held[chance.randrange(len(held))] = probe
