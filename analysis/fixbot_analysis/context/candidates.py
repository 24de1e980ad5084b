"""Definitions that may be needed at a place, with what speaks for each and the way that led to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from fixbot_analysis.context.entries import Entry
from fixbot_analysis.context.scene import Scene
from fixbot_analysis.context.weighing import Evidence, likelihood

_RANKS = {kind: rank for rank, kind in enumerate(Evidence)}


class Found(NamedTuple):
    """One find of a definition: evidence (that which makes it one first), reason, and the way in steps."""

    entry: Entry
    evidence: tuple[tuple[Evidence, float], ...]
    why: str
    way: tuple[str, ...]


@dataclass(slots=True)
class Candidate:
    """A definition. `why` and `way` are those of its most telling find, `rank` how telling it is."""

    entry: Entry
    evidence: dict[Evidence, float]
    why: str
    way: tuple[str, ...]
    rank: int
    score: float = 0.0

    @property
    def via(self) -> str:
        """The way that led to it."""
        return " ".join(self.way)


@dataclass(slots=True)
class Candidates:
    """Finds put together by definition; what is of the file at `path` itself is left out."""

    path: str
    found: dict[str, Candidate] = field(default_factory=dict)

    def add(self, finds: Iterable[Found]) -> None:
        """Take finds in: of each kind of evidence the strongest counts."""
        for entry, evidence, why, way in finds:
            node = entry.node
            if node.path == self.path:
                continue
            rank = _RANKS[evidence[0][0]]
            known = self.found.get(node.id)
            if known is None:
                self.found[node.id] = Candidate(entry, dict(evidence), why, way, rank)
                continue
            kept = known.evidence
            for kind, value in evidence:
                if value > kept.get(kind, -1.0):
                    kept[kind] = value
            if rank < known.rank:
                known.why, known.way, known.rank = why, way, rank

    def weighed(self, scene: Scene) -> list[Candidate]:
        """All of them with their scores, likeliest first."""
        for candidate in self.found.values():
            candidate.evidence.update(candidate.entry.traits)
            candidate.evidence[Evidence.WORDS] = scene.said(candidate.entry)
            candidate.score = likelihood(candidate.evidence)
        return sorted(self.found.values(), key=lambda c: (-c.score, c.entry.node.id))
