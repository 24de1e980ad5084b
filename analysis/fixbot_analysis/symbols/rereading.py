"""Facts of an open document, read again after edits: only the statements around an edit are parsed and gone through, the rest is put where it now stands.

The facts are those of the whole text, whatever was edited: where that is not sure, the whole is read.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from fixbot_analysis.source import Span
from fixbot_analysis.symbols import foreign, quoted
from fixbot_analysis.symbols.bindings import NOTHING, Elsewhere, gives
from fixbot_analysis.symbols.extract import facts_of, limited
from fixbot_analysis.symbols.facts import FileFacts, Import, Symbol
from fixbot_analysis.symbols.parts import Around, Part, joined, part_of
from fixbot_analysis.syntax import Pieces, SyntaxTree

_FEW = 3  # pieces, with which nothing is won
_UNCUT = 2  # readings before a text is cut, which costs half a reading more: not what is only looked at, nor at a first letter, for which somebody waits
_PAUSE = 50  # readings in which it is not tried again to cut a text whose pieces depend on each other
_ROUNDS = 3  # in which what pieces say of each other is to come to rest
_NOWHERE = Span(-1, -1)


class Rereading:
    """One document; for one thread. Between two readings it holds the last text that had no error, and what its pieces say."""

    def __init__(self) -> None:
        self._whole = _UNCUT
        self._pieces: Pieces | None = None
        self._parts: list[Part] = []
        self._around = Around({}, typing=False)

    def read(self, data: bytes, language: str) -> FileFacts:
        """Facts of the text (UTF-8) as :func:`extract` gives them; for Python by pieces. Raises as that does."""
        return limited(data, language, self._read)

    def _read(self, data: bytes, language: str) -> FileFacts:
        if language != "python":
            return foreign.facts_of(data, language)
        pieces, self._pieces = self._pieces, None  # whatever interrupts this
        edited = pieces.edited(data) if pieces else None
        if pieces and edited:
            old = [
                *self._parts[: edited.first],
                *([None] * (edited.new_end - edited.first)),
                *self._parts[edited.old_end :],
            ]
            return self._joined(edited.pieces, old) or facts_of(SyntaxTree.parse(data))
        tree = SyntaxTree.parse(data)
        if tree.root.has_error or tree.given_up:
            self._pieces = pieces
        elif self._whole:
            self._whole -= 1
            facts = facts_of(tree)
            self._around = _around(facts.imports, data)
            return facts
        elif (new := Pieces.of(tree)) and len(new) > _FEW:
            return self._joined(new, [None] * len(new)) or facts_of(tree)
        return facts_of(tree)

    def _joined(self, pieces: Pieces, old: Sequence[Part | None]) -> FileFacts | None:
        """Facts of what consists of `pieces`, of which those in the places of `old` parts were read before; None where they depend on each other."""
        parts = self._each(pieces, old, self._around)
        if parts is None:
            self._whole = _PAUSE
            return None
        around = _around([each for part in parts for each in part.imports], pieces.data)
        if around != self._around:
            parts, self._around = self._each(pieces, [None] * len(pieces), around), around
        if parts is None:
            return None
        offsets, row = [piece.start for piece in pieces.pieces], 0
        for part, offset in zip(parts, offsets, strict=True):
            part.put(offset, row)
            row += part.rows
        self._pieces, self._parts = pieces, parts
        return joined(pieces.data, "python", parts)

    def _each(self, pieces: Pieces, old: Sequence[Part | None], around: Around) -> list[Part] | None:
        """A part for each piece, read anew where there is no old one, or where other definitions hide its own."""
        parts = []
        for number, known in enumerate(old):
            part = known or _part(pieces, number, around)
            if part is None:
                return None
            parts.append(part)
        for _ in range(_ROUNDS):
            told = _elsewhere(parts)
            if told is None:
                return None
            other = [number for number, elsewhere in enumerate(told) if elsewhere != parts[number].elsewhere]
            if not other:
                return parts
            for number in other:
                again = _part(pieces, number, around, told[number])
                if again is None:
                    return None
                parts[number] = again
        return None


def _around(imports: Iterable[Import], data: bytes) -> Around:
    return Around(quoted.renamed(imports), quoted.mentions_typing(data))


def _part(pieces: Pieces, number: int, around: Around, elsewhere: Elsewhere = NOTHING) -> Part | None:
    tree = pieces.tree(number)
    return part_of(tree, around, elsewhere) if tree else None


def _elsewhere(parts: Sequence[Part]) -> list[Elsewhere] | None:
    """What each part is to be read by; None where that is not told.

    Of definitions called the same the last one counts: by what it takes, its namesakes' bodies are read.
    """
    named = [{s.qualname: s for s in part.defined} for part in parts]
    counted = Counter(name for names in named for name in names)
    twice = {name for name, times in counted.items() if times > 1}
    if twice and any(not twice.isdisjoint(part.declaring) for part in parts):
        return None
    last = {name: (number, names[name]) for number, names in enumerate(named) for name in twice & names.keys()}
    shared = {*twice, ""}
    asked = {each for part in parts for each in part.asked if each[0] in shared}
    held = (
        {(b.scope, b.name) for part in parts for kind in part.bindings for b in kind if gives(b.value)} if asked else ()
    )
    told = []
    for number, (part, names) in enumerate(zip(parts, named, strict=True)):
        hiding = tuple(_bare(last[name][1]) for name in names if name in twice and last[name][0] != number)
        told.append(Elsewhere(hiding, frozenset(each for each in part.asked if each[0] in shared and each in held)))
    return told


def _bare(symbol: Symbol) -> Symbol:
    """What matters of a definition to a namesake, whatever place it stands at."""
    return Symbol(
        symbol.name, symbol.qualname, symbol.kind, _NOWHERE, _NOWHERE, _NOWHERE, 0, 0,
        parameters=symbol.parameters, returns=symbol.returns,
    )  # fmt: skip
