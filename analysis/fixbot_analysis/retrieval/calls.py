"""What a definition calls, by name alone: cheap enough to ask of a few definitions without the whole graph."""

from collections.abc import Iterator

from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval.lexicon import Lexicon
from fixbot_analysis.retrieval.tables import Definition

_MEANINGS = 3  # a name that could be more definitions than so many says nothing


class Calls:
    """Calls of definitions in files that are not `left_out`."""

    def __init__(self, index: Index, lexicon: Lexicon, left_out: frozenset[str]) -> None:
        self._index = index
        self._lexicon = lexicon
        self._left_out = left_out

    def of(self, definition: Definition) -> tuple[Definition, ...]:
        """Effect: reads facts through the index. What `definition` may call, each once, in order; nothing where names are too common."""
        return tuple(dict.fromkeys(self._called(definition)))

    def _called(self, definition: Definition) -> Iterator[Definition]:
        path, qualname = definition
        try:
            facts = self._index.facts(path)
        except SourceError:  # it went away since it was indexed
            return
        for callee in dict.fromkeys(call.callee for call in facts.calls if call.scope == qualname):
            meant = self._meant(callee.replace("()", ""), definition)
            if len(meant) <= _MEANINGS:
                yield from meant

    def _meant(self, callee: str, caller: Definition) -> list[Definition]:
        """Definitions that `callee` (dotted) may be: in the same class for ``self.x``, at the top of the same file for ``x``, else anywhere."""
        head, _, name = callee.rpartition(".")
        table = self._lexicon.tables.defined
        found = [self._lexicon.definition(number) for number in self._lexicon.named(table, name)]
        found = [place for place in found if place[0] not in self._left_out]
        if not head:
            found = [place for place in found if "." not in place[1]]
            near = [place for place in found if place[0] == caller[0]]
        else:
            around = caller[1].rpartition(".")[0]
            near = [p for p in found if head == "self" and p[0] == caller[0] and p[1].rpartition(".")[0] == around]
        return near or found
