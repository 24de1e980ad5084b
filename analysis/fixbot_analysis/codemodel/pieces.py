"""A file's tokens and accesses in pieces that begin at definitions, so that an edit is read again only where it was made.

Reading the pieces of a text is the same as reading the text: a piece is handed everything that the text before it leaves for it.
"""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fixbot_analysis.codemodel.sites import START, SiteReader, State
from fixbot_analysis.codemodel.tokens import Layout, raw_tokens, tokenize
from fixbot_analysis.codemodel.usage import Accesses, keys

_LEAST = 1200  # characters; shorter pieces are joined with the next, where they were not parted before

_DEFINITION = re.compile(r"(?<=\n)[ \t]*(?=(def|class)\b)")
_WORD_AFTER = len("class") + 1  # characters after a piece that its end depends on

Intern = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Carried:
    """What the text so far leaves for what follows: open indentations, whether there was a token, definitions around."""

    indents: tuple[int, ...] = (0,)
    begun: bool = False
    sites: State = START


@dataclass(slots=True)
class Piece:
    """`length` characters of a file, read: token ids and accesses, what was carried into it and what it carries on."""

    length: int
    before: Carried
    after: Carried
    tokens: "array[int]"
    accesses: Accesses
    _places: dict[int, list[int]] | None = None

    @property
    def places(self) -> dict[int, list[int]]:
        """Indices (in the piece) of each token."""
        if self._places is None:
            self._places = {}
            for at, token in enumerate(self.tokens):
                self._places.setdefault(token, []).append(at)
        return self._places


def read_pieces(
    text: str, intern: Intern, language: str = "python", old: Sequence[Piece] = (), old_text: str = ""
) -> list[Piece]:
    """The pieces of `text`, its words numbered by `intern`; those of `old`, read of `old_text`, are taken over where nothing changed."""
    if language != "python":
        return [_whole(text, intern, language)]
    head, tail = _common(old_text, text) if old else (0, 0)
    pieces, offset = _untouched(old, head)
    parted = _parted(old, len(text) - len(old_text))
    for piece in _read(text, offset, pieces[-1].after if pieces else Carried(), intern, parted):
        pieces.append(piece)
        offset += piece.length
        number = parted.get(offset)
        if number is not None and offset >= len(text) - tail and old[number].before == piece.after:
            return [*pieces, *old[number:]]
    return pieces


def _read(text: str, offset: int, carried: Carried, intern: Intern, parted: dict[int, int]) -> Iterator[Piece]:
    """Pieces of `text` from `offset` on; they end at offsets of `parted`, or where they are long enough."""
    begin, layout, reader = offset, Layout(carried.indents, carried.begun), SiteReader(carried.sites)
    tokens: list[str] = []
    accesses = Accesses()
    for match in _DEFINITION.finditer(text, offset + 1):
        end = match.end()
        raw = raw_tokens(text[offset:end])
        if not raw or raw[-1][0] != "\n":
            continue  # inside a literal or a continued line, as far as the text up to here tells
        layout.read(raw)
        layout.end(match[1])
        offset = end
        _take(layout, reader, tokens, accesses, intern)
        if (end - begin >= _LEAST or end in parted) and reader.between_definitions:
            after = Carried(tuple(layout.indents), layout.begun, reader.state)
            yield Piece(end - begin, carried, after, array("I", map(intern, tokens)), accesses)
            begin, carried, tokens, accesses = end, after, [], Accesses()
    layout.read(raw_tokens(text[offset:]))
    layout.end("")
    _take(layout, reader, tokens, accesses, intern)
    yield Piece(len(text) - begin, carried, carried, array("I", map(intern, tokens)), accesses)


def _take(layout: Layout, reader: SiteReader, tokens: list[str], accesses: Accesses, intern: Intern) -> None:
    """Move what `layout` has found to `tokens` and `accesses`."""
    for member, site in reader.read(layout.out):
        accesses.add(intern(member), keys(site))
    tokens += layout.out
    layout.out = []


def _whole(text: str, intern: Intern, language: str) -> Piece:
    tokens, accesses = tokenize(text, language), Accesses()
    for member, site in SiteReader(braces=True).read(tokens):
        accesses.add(intern(member), keys(site))
    return Piece(len(text), Carried(), Carried(), array("I", map(intern, tokens)), accesses)


def _untouched(old: Sequence[Piece], head: int) -> tuple[list[Piece], int]:
    """The pieces of `old` that end, with the word after them, in the first `head` characters, and where they end."""
    kept, offset = [], 0
    for piece in old[:-1]:
        if offset + piece.length + _WORD_AFTER > head:
            break
        kept.append(piece)
        offset += piece.length
    return kept, offset


def _parted(old: Sequence[Piece], shift: int) -> dict[int, int]:
    """Where pieces of `old` began, moved by `shift` characters -> which piece."""
    found, offset = {}, 0
    for number, piece in enumerate(old):
        found[offset + shift] = number
        offset += piece.length
    return found


def _common(old: str, new: str) -> tuple[int, int]:
    """How many characters the two begin with, and end with, in common."""
    head = _longest(min(len(old), len(new)), lambda n, m: old[n:m] == new[n:m])
    left = min(len(old), len(new)) - head
    tail = _longest(left, lambda n, m: old[len(old) - m : len(old) - n] == new[len(new) - m : len(new) - n])
    return head, tail


def _longest(limit: int, same: Callable[[int, int], bool]) -> int:
    """The largest n up to `limit` such that the first n are the same, by bisection; `same` compares from one index to another."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low
