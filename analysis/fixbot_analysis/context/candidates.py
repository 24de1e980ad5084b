"""Definitions that may be needed at a place, with what speaks for each and the way that led to it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from fixbot_analysis.context.scene import Scene
from fixbot_analysis.context.weighing import Evidence, likelihood
from fixbot_analysis.graph import Node
from fixbot_analysis.symbols import split_words

_RANKS = {kind: rank for rank, kind in enumerate(Evidence)}


@dataclass(slots=True)
class Candidate:
    """A definition by its node id. `why` and `via` are those of its most telling find, `rank` how telling it is."""

    id: str
    evidence: dict[Evidence, float]
    why: str
    via: str
    rank: int
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """One find of a definition: evidence (that which makes it one first), reason and way."""

    id: str
    evidence: Mapping[Evidence, float]
    why: str
    via: str


@dataclass(slots=True)
class Candidates:
    """Finds put together by definition; what is of the file at `path` itself is left out."""

    path: str
    found: dict[str, Candidate] = field(default_factory=dict)

    def add(self, finds: Iterable[Found]) -> None:
        """Take finds in: of each kind of evidence the strongest counts."""
        own = self.path + "::"
        for find in finds:
            if find.id.startswith(own) or "::" not in find.id:
                continue
            rank = _RANKS[next(iter(find.evidence))]
            known = self.found.get(find.id)
            if known is None:
                self.found[find.id] = Candidate(find.id, dict(find.evidence), find.why, find.via, rank)
                continue
            for kind, value in find.evidence.items():
                known.evidence[kind] = max(known.evidence.get(kind, value), value)
            if rank < known.rank:
                known.why, known.via, known.rank = find.why, find.via, rank

    def weighed(self, scene: Scene) -> list[Candidate]:
        """All of them with their scores, likeliest first."""
        for candidate in self.found.values():
            node = scene.graph.nodes.get(candidate.id)
            if node is not None:
                candidate.evidence.update(_of_itself(node, scene))
                candidate.score = likelihood(candidate.evidence)
        kept = [c for c in self.found.values() if c.score]
        return sorted(kept, key=lambda c: (-c.score, c.id))


def _of_itself(node: Node, scene: Scene) -> Iterator[tuple[Evidence, float]]:
    name, said = node.name, scene.place.words
    words = split_words(name)
    if words:
        shared = sum(said.get(word, 0.0) for word in words)
        if shared:
            yield Evidence.WORDS, shared / len(words)
    yield Evidence.POPULAR, scene.popularity(node.id)
    if name.startswith("__"):
        yield Evidence.DUNDER, 1.0
    elif name.startswith("_"):
        yield Evidence.PRIVATE, 1.0
    if node.kind == "class":
        yield Evidence.CLASS, 1.0
