"""A file's tokens and accesses in pieces that begin at definitions, so that an edit is read again only where it was made.

Reading the pieces of a text is the same as reading the text: a piece is handed everything that the text before it leaves for it.
"""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fixbot_analysis.codemodel.roles import roles_of
from fixbot_analysis.codemodel.sites import START, SiteReader, State
from fixbot_analysis.codemodel.tokens import Layout, braced_tokens, raw_tokens, tokenize
from fixbot_analysis.codemodel.usage import Accesses, keys

_LEAST = 1200  # characters; shorter pieces are joined with the next, where they were not parted before

_DEFINITION = re.compile(r"(?<=\n)[ \t]*(?=(def|class)\b)")
_WORD_AFTER = len("class") + 1  # characters after a piece that its end depends on
_BLOCK_END = re.compile(r"(?<=\n)[ \t]{0,4}\}[;,)]*[ \t]*\r?\n[ \t]*\r?\n")  # and an empty line after it

Intern = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Carried:
    """What the text so far leaves for what follows: open indentations, whether there was a token, definitions around."""

    indents: tuple[int, ...] = (0,)
    begun: bool = False
    sites: State = START


@dataclass(slots=True)
class Piece:
    """`length` characters of a file, read: token ids, those of the parts they play, and accesses; what was carried into it and on."""

    length: int
    before: Carried
    after: Carried
    tokens: "array[int]"
    accesses: Accesses
    roles: "array[int]"
    _places: dict[int, list[int]] | None = None
    _role_places: dict[int, list[int]] | None = None

    def places(self) -> dict[int, list[int]]:
        """Indices (in the piece) of each token."""
        if self._places is None:
            self._places = by_number(self.tokens)
        return self._places

    def role_places(self) -> dict[int, list[int]]:
        """Indices (in the piece) of each part that a token plays."""
        if self._role_places is None:
            self._role_places = by_number(self.roles)
        return self._role_places

    def rest(self) -> None:
        """Let go of what is found again when it is asked for: ten times the memory of the piece itself."""
        self._places = self._role_places = None
        self.accesses.rest()


def by_number(tokens: Sequence[int]) -> dict[int, list[int]]:
    """Indices of each number."""
    places: dict[int, list[int]] = {}
    for at, token in enumerate(tokens):
        places.setdefault(token, []).append(at)
    return places


def read_pieces(
    text: str, intern: Intern, language: str = "python", old: Sequence[Piece] = (), old_text: str = ""
) -> list[Piece]:
    """The pieces of `text`, its words numbered by `intern`; those of `old`, read of `old_text`, are taken over where nothing changed."""
    head, tail = _common(old_text, text) if old else (0, 0)
    pieces, offset = _untouched(old, head)
    parted = _parted(old, len(text) - len(old_text))
    carried = pieces[-1].after if pieces else Carried()
    reading = _Indented(carried, intern) if language == "python" else _Braced(carried, intern)
    for piece in _read(text, offset, reading, parted):
        pieces.append(piece)
        offset += piece.length
        number = parted.get(offset)
        if number is not None and offset >= len(text) - tail and old[number].before == piece.after:
            return [*pieces, *old[number:]]
    return pieces


def _read(text: str, offset: int, reading: "_Reading", parted: dict[int, int]) -> Iterator[Piece]:
    """Pieces of `text` from `offset` on; they end at offsets of `parted`, or where they are long enough."""
    begin = offset
    for match in reading.ends.finditer(text, offset + 1):
        end = match.end()
        if not reading.takes(text[offset:end], match):
            continue
        offset = end
        if (end - begin >= _LEAST or end in parted) and reading.is_between:
            yield reading.piece(end - begin)
            begin = end
    reading.take_rest(text[offset:])
    yield reading.piece(len(text) - begin)


class _Reading:
    """A text being read; a piece may end where one of `ends` does."""

    ends: re.Pattern[str]

    def __init__(self, carried: Carried, reader: SiteReader, intern: Intern) -> None:
        self._carried, self._reader, self._intern = carried, reader, intern
        self._tokens: list[str] = []
        self._accesses = Accesses()
        self._braces = False

    @property
    def is_between(self) -> bool:
        """Whether what was read leaves no more for what follows than :attr:`carried`."""
        return True

    @property
    def carried(self) -> Carried:
        """What the text read so far leaves for what follows."""
        return self._carried

    def takes(self, text: str, end: re.Match[str]) -> bool:
        """Read the text up to an end; not where that lies inside a literal or the like, as far as the text up to it tells."""
        raise NotImplementedError

    def take_rest(self, text: str) -> None:
        """Read the text after the last end."""
        raise NotImplementedError

    def piece(self, length: int) -> Piece:
        """What was read since the last piece, which is so many characters."""
        before, self._carried = self._carried, self.carried
        numbers = [
            array("I", map(self._intern, each)) for each in (self._tokens, roles_of(self._tokens, braces=self._braces))
        ]
        piece = Piece(length, before, self._carried, numbers[0], self._accesses, numbers[1])
        self._tokens, self._accesses = [], Accesses()
        return piece

    def _keep(self, tokens: list[str]) -> None:
        for member, site in self._reader.read(tokens):
            self._accesses.add(self._intern(member), keys(site))
        self._tokens += tokens


class _Indented(_Reading):
    """Python: pieces begin at definitions outside of functions."""

    ends = _DEFINITION

    def __init__(self, carried: Carried, intern: Intern) -> None:
        super().__init__(carried, SiteReader(carried.sites), intern)
        self._layout = Layout(carried.indents, carried.begun)

    @property
    def is_between(self) -> bool:
        return self._reader.between_definitions

    @property
    def carried(self) -> Carried:
        return Carried(tuple(self._layout.indents), self._layout.begun, self._reader.state)

    def takes(self, text: str, end: re.Match[str]) -> bool:
        raw = raw_tokens(text)
        if not raw or raw[-1][0] != "\n":
            return False  # a literal, or a continued line
        self._take(raw, end[1])
        return True

    def take_rest(self, text: str) -> None:
        self._take(raw_tokens(text), "")

    def _take(self, raw: Sequence[str], following: str) -> None:
        self._layout.read(raw)
        self._layout.end(following)
        self._keep(self._layout.out)
        self._layout.out = []


class _Braced(_Reading):
    """Curly braces: pieces end with blocks that an empty line follows, and nothing of them is remembered after that."""

    ends = _BLOCK_END

    def __init__(self, carried: Carried, intern: Intern) -> None:
        super().__init__(carried, SiteReader(braces=True), intern)
        self._braces = True

    def takes(self, text: str, end: re.Match[str]) -> bool:
        if (tokens := braced_tokens(text)) is None:
            return False
        self._keep(tokens)
        self._reader = SiteReader(braces=True)
        return True

    def take_rest(self, text: str) -> None:
        self._keep(tokenize(text, ""))


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
