"""Follows each offer from being shown to being taken, and what was taken through the edits that come after it.

Clients that tell what was taken are believed, and then nothing else counts. Of the others one thing is taken for an acceptance, and
recorded as inferred: one edit that puts the text, or whole words of its beginning, where it was offered, before any other edit there.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from fixbot_analysis.source import Span
from fixbot_lsp.statistics.events import Accepted, Event, Partly, Shown, Survived
from fixbot_lsp.text.documents import Splice

MOMENTS = (30, 300)  # seconds after acceptance at which it is looked at what still stands
_OFFERS = 256  # remembered; older ones are taken for passed over
_TAKEN = 256  # followed at once
_LONGEST = 20_000  # characters that are compared
_LEAST = 2  # characters that an edit adds which may be an acceptance: one is a keystroke
_NEAR = 400  # bytes around the place of an offer that an edit which takes it may send again


@dataclass(slots=True)
class _Offer:
    uri: str
    start: int  # byte at which the text would begin
    text: str
    typed: int = 0  # characters of `text` that stood before the cursor when it was offered, or were typed since
    replaced: int = 0  # bytes from `start` on that the whole text would take the place of
    taken: int = 0  # characters that were said or seen to be taken
    is_shown: bool = True  # no other edit came since, and no other offer
    said: bool = False  # the client called it accepted
    followed: bool = False  # it stands there whole, and it is looked at what stays


@dataclass(slots=True)
class _Region:
    id: str
    uri: str
    span: Span
    text: str
    at: float
    left: list[int] = field(default_factory=lambda: list(MOMENTS))


class Tracker:
    """`record` keeps events; `read` gives the bytes of an open document, None where it is not open; `clock` seconds since the epoch.

    While `tells` is set the client says what was taken, and edits are not taken for acceptances.
    """

    def __init__(
        self, record: Callable[[Event], object], read: Callable[[str], bytes | None], clock: Callable[[], float]
    ) -> None:
        self._record, self._read, self._clock = record, read, clock
        self._offers: OrderedDict[str, _Offer] = OrderedDict()
        self._regions: list[_Region] = []
        self._before: dict[str, bytes | None] = {}  # documents with offers, as they were after the last edit
        self.tells = False

    @property
    def following(self) -> int:
        """How many accepted texts are still looked after."""
        return len(self._regions)

    def shown(self, event: Shown, uri: str, span: Span, text: str, typed: int) -> None:
        """Effect: record the offer of `text` for the bytes `span`; its first `typed` characters stand there already."""
        self._record(event)
        self._hide(uri, span.start)
        self._before[uri] = self._read(uri)
        self._offers[event.id] = _Offer(uri, span.start, text, typed, len(span))
        while len(self._offers) > _OFFERS:
            self._offers.popitem(last=False)

    def goes_on(self, uri: str, span: Span, text: str, typed: int) -> str:
        """The name of the offer that `text`, offered as by :meth:`shown`, is the rest of, or the same as; "" where it is a new one."""
        for id, offer in reversed(self._offers.items()):  # noqa: A001
            before = offer.text[: len(offer.text) - len(text)]
            is_there = offer.start + len(before.encode()) == span.start
            if offer.uri == uri and is_there and offer.text.endswith(text) and not (offer.said or offer.followed):
                self._hide(uri, offer.start)
                offer.typed, offer.replaced = len(before) + typed, len(before.encode()) + len(span)
                offer.is_shown = True
                return id
        return ""

    def characters(self, id: str, units: int) -> int:  # noqa: A002
        """How many characters the first `units` (of UTF-16) of an offer are; 0 for one that is not known."""
        offer = self._offers.get(id)
        if offer is None:
            return 0
        head = offer.text.encode("utf-16-le")[: 2 * max(units, 0)]
        return len(head.decode("utf-16-le", "ignore"))

    def accepted(self, id: str) -> None:  # noqa: A002 - the protocol's word
        """Effect: record that all of the offer was taken, as the client says; a second time says nothing."""
        self.tells = True
        offer = self._offers.get(id)
        if offer is not None and not offer.said:
            offer.said = True
            self._record(Accepted(id, self._clock(), offer.text))
            self._follow(id, offer)

    def partly(self, id: str, characters: int) -> None:  # noqa: A002
        """Effect: record that the first `characters` of the offer were taken, as the client says; the whole of it is an acceptance."""
        self.tells = True
        offer = self._offers.get(id)
        if offer is None or characters <= max(offer.taken, offer.typed):
            return
        if characters >= len(offer.text):
            self.accepted(id)
            return
        offer.taken = characters
        self._record(Partly(id, self._clock(), offer.text[:characters]))

    def edited(self, uri: str, splices: Iterable[Splice]) -> None:
        """Effect: see what an edit took of an offer, and move what is followed; the document holds the text after it."""
        splices = tuple(splices)
        for region in self._regions:
            if region.uri == uri:
                for splice in splices:
                    region.span = _moved(region.span, splice)
        before = self._before.get(uri)
        for id, offer in [(i, o) for i, o in self._offers.items() if o.uri == uri and not o.followed]:  # noqa: A001
            if offer.is_shown and not (self.tells or offer.said):
                self._inferred(id, offer, before, splices)
            else:
                self._shifted(id, offer, splices)
        if uri in self._before:
            self._before[uri] = self._read(uri)

    def closed(self, uri: str) -> None:
        """Forget what is followed in a document that nobody sees any more."""
        self._regions = [r for r in self._regions if r.uri != uri]
        self._before.pop(uri, None)
        for id in [i for i, o in self._offers.items() if o.uri == uri]:  # noqa: A001
            del self._offers[id]

    def look(self) -> None:
        """Effect: record what still stands of each text whose moment has come. To be called every few seconds."""
        now = self._clock()
        for region in self._regions:
            while region.left and now - region.at >= region.left[0]:
                self._record(Survived(region.id, now, region.left.pop(0), self._share(region)))
        self._regions = [r for r in self._regions if r.left]

    def _hide(self, uri: str, but: int) -> None:
        """An offer takes the place of those at other places of the document: one place is shown."""
        for offer in self._offers.values():
            if offer.uri == uri and offer.start != but:
                offer.is_shown = False

    def _inferred(self, id: str, offer: _Offer, before: bytes | None, splices: tuple[Splice, ...]) -> None:  # noqa: A002
        """Effect: an offer after an edit, where the client tells nothing: taken, taken in part, typed on, or passed over."""
        splice = _single(splices)
        now = None if before is None or splice is None else _standing(offer, before, splice)
        if now is None:
            offer.is_shown = False
            self._shifted(id, offer, splices)
            return
        new = offer.text[offer.typed : now]
        offer.replaced += len(new.encode())
        offer.typed = now
        if len(new) < _LEAST or not any(map(str.isalnum, new)):  # typed, a bracket that closes itself
            offer.is_shown = now < len(offer.text)
        elif now == len(offer.text):
            self._record(Accepted(id, self._clock(), offer.text, inferred=True))
            self._follow(id, offer)
        elif not _is_word(offer.text[now - 1 : now + 1]):
            offer.taken = now
            self._record(Partly(id, self._clock(), offer.text[:now], inferred=True))

    def _shifted(self, id: str, offer: _Offer, splices: tuple[Splice, ...]) -> None:  # noqa: A002
        """Effect: move an offer with what stands before it; one that was called accepted is followed once it stands there."""
        data = self._read(offer.uri)
        for splice in splices:
            is_before = splice.span.start < offer.start and splice.span.end <= offer.start
            if is_before and not _common(offer.text, data, offer.start):  # some clients replace what stands before, too
                offer.start += splice.length - len(splice.span)
        if offer.said:
            self._follow(id, offer)

    def _follow(self, id: str, offer: _Offer) -> None:  # noqa: A002
        """Effect: look after a text that was taken, where it stands in the document."""
        if not offer.followed and _common(offer.text, self._read(offer.uri), offer.start) == len(offer.text):
            offer.followed, offer.is_shown = True, False
            span = Span(offer.start, offer.start + len(offer.text.encode()))
            self._regions = [*self._regions[1 - _TAKEN :], _Region(id, offer.uri, span, offer.text, self._clock())]

    def _share(self, region: _Region) -> float:
        data = self._read(region.uri)
        if data is None:
            return 0.0
        now = data[region.span.start : region.span.end].decode("utf-8", "replace")
        return kept(region.text, now)


def kept(before: str, after: str) -> float:
    """The share (0..1) of the characters of `before` that stand in `after` in the same order, in runs of at least three."""
    before, after = before[:_LONGEST], after[: 4 * _LONGEST]
    if not before or before in after:
        return 1.0
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return sum(b.size for b in blocks if b.size >= min(3, len(before))) / len(before)


def _is_word(text: str) -> bool:
    """Whether nothing in `text` ends a word."""
    return all(each == "_" or each.isalnum() for each in text)


def _single(splices: tuple[Splice, ...]) -> Splice | None:
    """The one edit that `splices` come to: some clients take away what stands there first; None where they are several."""
    writing = [number for number, splice in enumerate(splices) if splice.data]
    if not splices or writing not in ([], [len(splices) - 1]):
        return None
    whole = splices[0]
    for splice in splices[1:]:
        at = whole.span.start
        if not splice.span.start <= at <= splice.span.end:
            return None  # two places
        whole = Splice(Span(splice.span.start, splice.span.end + len(whole.span)), splice.data)
    return whole


def _standing(offer: _Offer, before: bytes, splice: Splice) -> int | None:
    """How many characters of an offer stand after an edit that put nothing else there; None where it did anything else.

    `before` is the document before it. A text that was sent whole tells nothing of where somebody typed.
    """
    first, last = splice.span.start, splice.span.end
    cursor, end = offer.start + len(offer.text[: offer.typed].encode()), offer.start + offer.replaced
    if splice.span == Span(0, len(before)) or first < offer.start - _NEAR or last > max(cursor, end) + _NEAR:
        return None
    low, high = min(first, offer.start), max(last, cursor, end)
    new = before[low:first] + splice.data + before[last:high]
    if new == before[low : offer.start] + offer.text.encode() + before[max(cursor, end) : high]:
        return len(offer.text)
    rest = offer.text[offer.typed :].encode()
    part = rest[: max(0, len(new) - (high - low))]
    if not part or new != before[low:cursor] + part + before[cursor:high]:
        return None
    return offer.typed + len(part.decode("utf-8", "ignore"))


def _common(text: str, data: bytes | None, start: int) -> int:
    """How many characters of `text` stand in `data` from byte `start` on."""
    if data is None:
        return 0
    there = data[start : start + len(text.encode())].decode("utf-8", "ignore")
    return next(
        (i for i, (one, other) in enumerate(zip(text, there, strict=False)) if one != other), min(len(text), len(there))
    )


def _moved(span: Span, splice: Splice) -> Span:
    """`span` after an edit: an edit inside grows or shrinks it, one over its end cuts it there."""
    by = splice.length - len(splice.span)
    if splice.span.start >= span.end:
        return span
    if splice.span.end <= span.start:
        return Span(span.start + by, span.end + by)
    start = min(span.start, splice.span.start)
    return Span(start, max(start, max(span.end, splice.span.end) + by))
