"""A file that changes while it is counted: read again piece by piece, its n-grams looked up without sorting."""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from fixbot_analysis.codemodel.pieces import Intern, Piece, by_number, read_pieces
from fixbot_analysis.codemodel.segment import BOUNDARY, BRIEF, FEW, ORDER, sampled

_SHORT = 64  # places that are gone through faster than they are looked up
_NARROWED, _FEWER = 256, 32  # longer contexts whose places are kept, while a text is typed and while it rests

Pieces = Sequence[tuple["array[int]", Callable[[], Mapping[int, Sequence[int]]]]]  # numbers, and their indices

Places = Sequence[int]  # indices of tokens after which a context ended


class Running:
    """Numbers that stand one after the other in pieces, each with its indices in its piece; asked for n-grams.

    While a text is typed, a number is looked up in tables of its pieces, all but one of which stay from keystroke to keystroke. Those
    take ten times the memory of the numbers themselves, so once it rests they give way to one sorted array.
    """

    def __init__(self, pieces: Pieces = ()) -> None:
        self.read(pieces)

    def read(self, pieces: Pieces) -> None:
        """Take `pieces` in the place of the earlier ones."""
        self._pieces: Pieces | None = pieces
        self.tokens = array("I")
        for tokens, _ in pieces:
            self.tokens.extend(tokens)
        self._sorted: _Sorted | None = None
        self._groups: dict[int, Places] = {}
        self._narrowed: dict[tuple[int, ...], Places] = {}

    def rest(self) -> None:
        """Use no tables of pieces until :meth:`read`."""
        self._pieces = self._sorted = None
        self._groups, self._narrowed = {}, {}

    def __len__(self) -> int:
        return len(self.tokens)

    def occurrences(self, token: int) -> int:
        """How often the token occurs."""
        return len(self._group(token))

    def ranges(self, context: Sequence[int]) -> list[Places]:
        """Places where the last 1, 2, … tokens of `context` occur; ends before the first that are none."""
        found: list[Places] = []
        places: Places = self._group(context[-1]) if context else []
        tokens, known = self.tokens, self._narrowed
        for back, earlier in enumerate(reversed(context[-ORDER:-1]), 1):
            if not places:
                break
            found.append(places)
            if len(places) < _SHORT:
                places = [at for at in places if at >= back and tokens[at - back] == earlier]
                continue
            suffix = tuple(context[-back - 1 :])
            if suffix not in known:
                if len(known) >= (_NARROWED if self._pieces is not None else _FEWER):
                    known.clear()
                known[suffix] = array("I", [at for at in places if at >= back and tokens[at - back] == earlier])
            places = known[suffix]
        return [*found, places] if places else found

    def followers(self, places: Places) -> Counter[int]:
        """How often each token follows the places (the boundary at the file's end)."""
        tokens, last = self.tokens, len(self.tokens) - 1
        return Counter([tokens[at + 1] if at < last else BOUNDARY for at in places])

    def totals(self, context: Sequence[int]) -> list[int]:
        """How often the last 1, 2, … tokens of `context` occur."""
        return [len(places) for places in self.ranges(context)]

    def seen(self, context: Sequence[int]) -> list[tuple[int, set[int]]]:
        """How often the last 1, 2, … tokens of `context` occur, and some of what follows them (see :func:`sampled`)."""
        return [(len(places), self.kinds(places)) for places in self.ranges(context)]

    def likely(self, place: Places) -> Mapping[int, int]:
        """About how often each token follows the places; of many places, by a sample."""
        step = len(place) // BRIEF
        if not step:
            return self.followers(place)
        return {token: step * times for token, times in self.followers(place[::step]).most_common(FEW)}

    def kinds(self, place: Places) -> set[int]:
        """Some of what follows the places (see :func:`sampled`)."""
        tokens, last = self.tokens, len(self.tokens) - 1
        return {tokens[place[n] + 1] if place[n] < last else BOUNDARY for n in sampled(0, len(place))}

    def width(self, place: Places) -> int:
        """How many places those are."""
        return len(place)

    def after(self, context: Sequence[int], lengths: Collection[int]) -> dict[int, Counter[int]]:
        """What follows the last so many tokens of `context`, per length that occurs."""
        found = self.ranges(context) if lengths else []
        return {length: self.followers(found[length - 1]) for length in lengths if length <= len(found)}

    def _group(self, token: int) -> Places:
        if self._pieces is None:
            self._sorted = self._sorted or _Sorted(self.tokens)
            return self._sorted.places(token)
        found = self._groups.get(token)
        if found is None:
            found = self._groups[token] = self._listed(token, self._pieces)
        return found

    def _listed(self, token: int, pieces: Pieces) -> Places:
        found, base = list[int](), 0
        for tokens, places in pieces:
            if here := places().get(token):
                found += [base + at for at in here]
            base += len(tokens)
        return found


class Buffer(Running):
    """The tokens and accesses of one file as it is now. With `keeps_text`, the next text is read only where it differs."""

    def __init__(self, text: str, intern: Intern, language: str, *, keeps_text: bool) -> None:
        self._intern, self._language = intern, language
        self._text: str | None = None
        self._accessed: tuple[array[int], array[int]] | None = None  # of a resting text, see _by_key
        self.pieces: list[Piece] = []
        self.replace(text, keeps_text=keeps_text)

    @property
    def keeps_text(self) -> bool:
        """Whether the next text will be compared with this one."""
        return self._text is not None

    def replace(self, text: str, *, keeps_text: bool) -> None:
        """Read `text` in the place of the earlier one."""
        if text != self._text:
            old = self.pieces if self._text is not None else ()
            self.pieces = read_pieces(text, self._intern, self._language, old, self._text or "")
            self.read([(piece.tokens, piece.places) for piece in self.pieces])
            self.roles = Running([(piece.roles, piece.role_places) for piece in self.pieces])
        self._text = text if keeps_text else None

    def rest(self) -> None:
        """Use no tables of pieces until another text comes."""
        super().rest()
        self.roles.rest()
        for piece in self.pieces:
            piece.rest()
        self._accessed = None

    def under(self, key: int) -> list[int]:
        """Members accessed under `key`, in order."""
        if self._pieces is not None:
            return [member for piece in self.pieces for member in piece.accesses.under(key)]
        keys, members = self._accessed = self._accessed or _by_key(self.pieces)
        low = bisect_left(keys, key)
        return members[low : bisect_right(keys, key, low)].tolist()


class _Sorted:
    """Where each number of a text stands: a few arrays, however much is asked."""

    def __init__(self, numbers: "array[int]") -> None:
        tables = by_number(numbers)
        self._kinds = array("I", sorted(tables))
        self._ends, order = array("I"), array("I")
        for kind in self._kinds:
            order.extend(tables[kind])
            self._ends.append(len(order))
        self._order = memoryview(order)

    def places(self, number: int) -> Places:
        """Indices of `number`, rising."""
        at = bisect_left(self._kinds, number)
        if at == len(self._kinds) or self._kinds[at] != number:
            return ()
        return self._order[self._ends[at - 1] if at else 0 : self._ends[at]]


def _by_key(pieces: Sequence[Piece]) -> tuple["array[int]", "array[int]"]:
    """Keys of all accesses, sorted, and the members accessed under them, in order."""
    members, pairs = array("I"), array("Q")
    for piece in pieces:
        first, own = len(members), piece.accesses
        members.extend(own.members)
        pairs.extend([key << 32 | first + at for key, at in zip(own.hashes, own.numbers, strict=True)])
    ordered = sorted(pairs)
    keys = array("I", [pair >> 32 for pair in ordered])
    return keys, array("I", [members[pair & 0xFFFFFFFF] for pair in ordered])
