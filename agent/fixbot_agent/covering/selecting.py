"""Which cases are kept: each passes in any order, adds coverage, and notices a slip that no test before it notices."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from fixbot_agent.covering.cases import Case
from fixbot_agent.covering.goals import Goal, Goals
from fixbot_repair.exercising import Crew
from fixbot_repair.slips import Slip

_MOST_SLIPS = 600
_PART = 20  # slips between two looks at the clock
_NOTHING = Slip("nothing", 1, 0, 0, "", "nothing")


@dataclass(frozen=True, slots=True)
class Judged:
    """Slips, and which cases (by number) notice each; of those that there was time for."""

    slips: tuple[Slip, ...]
    killers: tuple[frozenset[int], ...]
    was_cut_short: bool = False  # by time

    def killed_by(self, number: int) -> frozenset[int]:
        """The numbers of the slips that one case notices."""
        return frozenset(n for n, those in enumerate(self.killers) if number in those)


def stable(cases: Sequence[Case], exercise: Crew, chance: random.Random) -> list[Case]:
    """Effect: those of `cases` that pass as whole tests, twice and in orders by chance, in a process of their own."""
    failing: set[int] = set()
    numbers = list(range(len(cases)))
    for _ in range(2):
        chance.shuffle(numbers)
        found = exercise.killers([_NOTHING], [[(n, cases[n].source) for n in numbers]])
        failing |= found[0]
    return [case for n, case in enumerate(cases) if n not in failing]


def judged(
    cases: Sequence[Case], slips: Sequence[Slip], goals: Goals, exercise: Crew, until: float, chance: random.Random
) -> Judged:
    """Effect: make slips in what the cases run, and see which notice; of more than there is time for, some by chance."""
    seen = []
    for slip in slips:
        span = goals.span_of(slip.line)
        lines = range(span.body, span.last + 1) if span else range(slip.line, slip.line + 1)
        asked = [n for n, case in enumerate(cases) if not case.found.outcome.lines.isdisjoint(lines)]
        if asked:
            seen.append((slip, [(n, cases[n].source) for n in asked]))
    chance.shuffle(seen)
    tried: list[Slip] = []
    killers: list[frozenset[int]] = []
    late = False
    for start in range(0, min(len(seen), _MOST_SLIPS), _PART):
        if late := time.monotonic() > until:
            break
        part = seen[start : start + _PART]
        tried += [slip for slip, _ in part]
        killers += exercise.killers([slip for slip, _ in part], [those for _, those in part])
    return Judged(tuple(tried), tuple(killers), late)


def _worth(case: Case, kills: frozenset[int], covered: set[Goal], killed: set[int]) -> tuple[int, ...]:
    """What a case would add: goals first, then slips that nobody notices so far; the shorter of equals."""
    return len(case.found.goals - covered), len(kills - killed), -case.found.size


def _place(case: Case) -> int:
    """Where what a case calls is defined; the making of objects comes first."""
    node = case.found.probe.step.target.node
    return node.lineno if node else 0


@dataclass(frozen=True, slots=True)
class Choice:
    """The cases that are kept, the slips (by number) that each notices first, and why the others are not: what -> how many."""

    kept: tuple[Case, ...]
    kills: tuple[frozenset[int], ...]
    refused: tuple[tuple[str, int], ...]


def choose(
    cases: Sequence[Case], judged: Judged, reached: frozenset[Goal], lines: frozenset[int], dead: frozenset[int]
) -> Choice:
    """Keep what adds to `reached` and `lines` and notices a slip that is not `dead`, what adds most first."""
    left = list(range(len(cases)))
    kept: dict[int, frozenset[int]] = {}
    refused = {"adds no coverage": 0, "notices nothing new": 0}
    covered, ran, killed = set(reached), set(lines), set(dead)
    while left:
        best = max(left, key=lambda n: (*_worth(cases[n], judged.killed_by(n), covered, killed), -n))
        left.remove(best)
        found = cases[best].found
        if found.goals <= covered and found.outcome.lines <= ran:
            refused["adds no coverage"] += 1
        elif not (new := judged.killed_by(best) - killed):
            refused["notices nothing new"] += 1
        else:
            kept[best] = new
            covered |= found.goals
            ran |= found.outcome.lines
            killed |= new
    order = sorted(kept, key=lambda n: (_place(cases[n]), n))
    return Choice(tuple(cases[n] for n in order), tuple(kept[n] for n in order), tuple(refused.items()))
