"""How much a model's order counts beside ours: as much as it deserved on fixes of this project's own past.

Each fix is an issue whose answer is known: its message is the text, the definitions that it changed are to be found, and the past that
we look at is without it. A model that orders worse than words do gets no weight, however well it is spoken of.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from fixbot_agent.models.keeping import SharedFile
from fixbot_agent.models.keeping.file import Document, number, table
from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import Definition, Hit, Opinion, agreed, locate

UNKNOWN = 0.5  # weight of a model that could not be tried: the project has no past, or one that tells too little
_WEIGHTS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
_CASES, _FEWEST = 16, 6  # fixes that are looked at; with fewer nothing is concluded
_LOOKED_AT = 200  # newest fixes among which these are sought
_WORDS, _PLACES = 4, 3  # fewest words of a message, most definitions of a fix
_GAIN = 0.01  # of the mean reciprocal rank, that a larger weight must bring: less is chance
_HOLDS = 30 * 86400.0  # seconds
_SECONDS = 60.0
_MOST = 500  # findings that are kept

Scores = Callable[[str, Sequence[Hit]], Mapping[Definition, float]]


@dataclass(frozen=True, slots=True)
class Trust:
    """The weight that a model's order has, found on `cases` fixes: mean reciprocal rank of what they changed, by our order and by both."""

    weight: float = UNKNOWN
    cases: int = 0
    ours: float = 0.0
    both: float = 0.0

    @property
    def said(self) -> str:
        """It in words."""
        if not self.cases:
            return f"its order counts {self.weight:g} beside that of words: the project's past tells too little to try it on"
        if not self.weight:
            return f"its order does not count: on {self.cases} fixes of the past that of words was the better one"
        ranks = f"mean reciprocal rank {self.both:.2f} with it and {self.ours:.2f} without, on {self.cases} fixes of the past"
        return f"its order counts {self.weight:g} beside that of words: {ranks}"


class Trusts:
    """What was found out, in `folder`, by project and model; for 30 days."""

    def __init__(self, folder: Path) -> None:
        self._file = SharedFile(folder / "trust.json")

    def of(self, root: Path, space: str) -> Trust | None:
        """Effect: reads the file. What was found of the model `space` in the project at `root`."""
        kept = table(self._file.read().get(_key(root, space)))
        if not 0 <= time.time() - number(kept.get("at")) < _HOLDS:
            return None
        weight, ours, both = (number(kept.get(name)) for name in ("weight", "ours", "both"))
        return Trust(weight, int(number(kept.get("cases"))), ours, both)

    def keep(self, root: Path, space: str, found: Trust) -> None:
        """Effect: keep it."""

        def changed(kept: Document) -> None:
            kept[_key(root, space)] = {**asdict(found), "at": time.time()}
            oldest = sorted(kept, key=lambda key: number(table(kept[key]).get("at")))
            for key in oldest[: max(len(kept) - _MOST, 0)]:
                del kept[key]

        self._file.change(changed)


def learned(index: Index, history: ProjectHistory | None, scores: Scores) -> Trust:
    """Effect: reads facts and files through the index, and asks `scores` about each case; for a minute at most. Raises what `scores` raises."""
    began = time.monotonic()
    found: list[tuple[float, dict[float, float]]] = []
    for message, gold, past in _cases(index, history) if history else ():
        hits = locate(index, message, past).symbols
        if not gold & {(hit.path, hit.name) for hit in hits}:
            continue
        said = scores(message, hits)
        by_weight = {w: _rank(agreed(hits, [Opinion("", said, w)]) if w else hits, gold) for w in _WEIGHTS}
        found.append((by_weight[0.0], by_weight))
        if len(found) == _CASES or time.monotonic() - began > _SECONDS:
            break
    if len(found) < _FEWEST:
        return Trust()
    means = {w: sum(each[w] for _, each in found) / len(found) for w in _WEIGHTS}
    return _chosen(means, len(found))


def _chosen(means: Mapping[float, float], cases: int) -> Trust:
    weight = 0.0
    for each in _WEIGHTS:
        if means[each] >= means[weight] + _GAIN:
            weight = each
    return Trust(weight, cases, round(means[0.0], 4), round(means[weight], 4))


def _cases(index: Index, history: ProjectHistory) -> Iterator[tuple[str, frozenset[Definition], ProjectHistory]]:
    """Fixes of the past as issues: what was said, the definitions that were changed and are still there, the past without the fix."""
    known = {(path, symbol.qualname) for path, symbol in index.symbols()}
    for _, fix in zip(range(_LOOKED_AT), history.fixes(), strict=False):
        places = {(edit.path, edit.symbol) for edit in fix.edits if edit.symbol}
        gold = frozenset(places & known)
        if len(fix.message.split()) >= _WORDS and 0 < len(gold) == len(places) <= _PLACES:
            yield fix.message, gold, history.without((fix.commit,))


def _rank(hits: Iterable[Hit], gold: frozenset[Definition]) -> float:
    """The reciprocal rank of the first of `gold`."""
    return next((1 / place for place, hit in enumerate(hits, 1) if (hit.path, hit.name) in gold), 0.0)


def _key(root: Path, space: str) -> str:
    return hashlib.sha256(json.dumps([str(root.resolve()), space]).encode("utf-8", "surrogateescape")).hexdigest()[:32]
