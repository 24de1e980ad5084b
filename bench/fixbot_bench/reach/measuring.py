"""What was found of each place of each fix, and the figures drawn from it."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_bench.reach.held import Held, Placed
from fixbot_bench.reach.learning import Model, Row, learn, rank
from fixbot_bench.reach.mining import fixes, of_cases
from fixbot_repair.candidates.templates import builtin
from fixbot_repair.candidates.templates.learned import LATER, POWER, prior
from fixbot_repair.git import GitHistory

_FIRST = (1, 10, 100)
_GRAIN = 20  # steps of a rewrite's weight that are told apart


@dataclass(frozen=True, slots=True)
class Seen:
    """One place of a fix: whose it is, how many candidates there were, which templates make the change, all as rows."""

    repository: str
    commit: str
    of: int  # places of the fix
    candidates: int
    families: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def is_reached(self) -> bool:
        """Whether one candidate makes the developer's change."""
        return bool(self.families)

    @property
    def by_chance(self) -> float:
        """Rank of the first right one in a list that is not ranked, as expected."""
        right = sum(row.count for row in self.rows if row.right)
        return (self.candidates + 1) / (right + 1)


def seen(place: Path, depth: int, most: int, seed: int, bar: Bar) -> Iterator[Seen]:
    """Effect: reads a repository: every place of `most` fixes drawn from the newest `depth` commits; or a folder of cases: all of them."""
    is_cases = (place / "cases").is_dir()
    found = of_cases(place) if is_cases else fixes(GitHistory.bare(place), depth, most, seed)
    for done, fix in enumerate(found):
        bar.step("fixes", done, most)
        for placed in Held(fix).places:
            yield Seen(str(place), fix.commit, len(fix.places), len(placed.found), placed.families, tuple(rows(placed)))


def rows(placed: Placed) -> Iterator[Row]:
    """The candidates of a place; those that are alike are one row."""
    right = set(placed.right)
    counts: Counter[tuple[str, int, int, bool]] = Counter()
    for i, each in enumerate(placed.found):
        weight = max(1, round(each.rewrite.weight * _GRAIN))
        counts[each.template.name, weight, each.place, i in right] += 1
    for (name, weight, at, is_right), count in counts.items():
        yield Row(name, (math.log(weight / _GRAIN), -math.log1p(at)), count, is_right)


def by_hand() -> Model:
    """Priors as templates carry them; a rewrite's own weight counts as it is. What is learned begins here."""
    return Model({t.name: math.log(t.prior) for t in builtin()}, (1.0, 0.0))


def shipped() -> Model:
    """Priors as the search takes them."""
    return Model({t.name: math.log(prior(t)) for t in builtin()}, (POWER, LATER))


def left_out(cases: Sequence[Seen], start: Model) -> Mapping[str, Model]:
    """Per repository the model learned on all others."""
    names = sorted({case.repository for case in cases})
    return {
        name: learn([c.rows for c in cases if c.repository != name and c.is_reached], start) for name in names
    }  # fmt: skip


def figures(cases: Sequence[Seen], models: Mapping[str, Model]) -> dict[str, Json]:
    """Share of places reached, candidates, and ranks of the right one (median, geometric mean).

    By chance, by priors set by hand, by those shipped, by those learned on the other repositories.
    """
    reached = [case for case in cases if case.is_reached]
    whole = Counter(case.commit for case in reached)
    totals = {case.commit: case.of for case in cases}
    row: dict[str, Json] = {
        "fixes": len(totals),
        "places": len(cases),
        "places_reached": len(reached),
        "fixes_reached": sum(whole[commit] >= of for commit, of in totals.items()),
        "one_place": sum(of == 1 for of in totals.values()),
        "one_place_reached": sum(of == 1 and whole[commit] >= of for commit, of in totals.items()),
        "candidates": median(case.candidates for case in cases) if cases else 0,
    }
    if reached:
        hand, own = by_hand(), shipped()
        row["chance"] = _ranks([case.by_chance for case in reached])
        row["hand"] = _ranks([rank(case.rows, hand) for case in reached])
        row["shipped"] = _ranks([rank(case.rows, own) for case in reached])
        if models:
            row["learned"] = _ranks([rank(case.rows, models[case.repository]) for case in reached])
    return row


def _ranks(found: Sequence[float]) -> dict[str, Json]:
    mean = math.exp(sum(map(math.log, found)) / len(found))
    return {
        "median": round(median(found), 1),
        "mean": round(mean, 1),
        **{f"first_{k}": sum(r <= k for r in found) for k in _FIRST},
    }


def templates(cases: Sequence[Seen]) -> dict[str, Json]:
    """Per template: how many candidates it makes in all, how many changes it makes, how many no other template makes."""
    made: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for case in cases:
        for row in case.rows:
            made[row.template] += round(row.count)
        hit.update(case.families)
        alone.update(case.families if len(case.families) == 1 else ())
    return {name: {"candidates": made[name], "hits": hit[name], "alone": alone[name]} for name, _ in made.most_common()}
