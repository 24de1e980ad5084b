"""Follows each offer from being shown to being taken, and what was taken through the edits that come after it.

Clients say too little: some call a command after acceptance, some send Copilot's notices, some say nothing. So whatever a
client says, an edit that puts the offered text where it was offered is an acceptance, and one that puts its beginning there, longer
than a keystroke, a partial one.
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
_LEAST = 2  # bytes that an edit adds which may be an acceptance: one is a keystroke


@dataclass(slots=True)
class _Offer:
    uri: str
    start: int  # byte at which the text would begin
    text: str
    typed: int = 0  # characters of `text` that stood before the cursor when it was offered, or were typed since
    taken: int = 0  # characters that were said or seen to be taken
    said: bool = False  # the client called it accepted before its edit came


@dataclass(slots=True)
class _Region:
    id: str
    uri: str
    span: Span
    text: str
    at: float
    left: list[int] = field(default_factory=lambda: list(MOMENTS))


class Tracker:
    """`record` keeps events; `read` gives the bytes of an open document, None where it is not open; `clock` seconds since the epoch."""

    def __init__(
        self, record: Callable[[Event], object], read: Callable[[str], bytes | None], clock: Callable[[], float]
    ) -> None:
        self._record, self._read, self._clock = record, read, clock
        self._offers: OrderedDict[str, _Offer] = OrderedDict()
        self._regions: list[_Region] = []

    @property
    def following(self) -> int:
        """How many accepted texts are still looked after."""
        return len(self._regions)

    def shown(self, event: Shown, uri: str, start: int, text: str, typed: int) -> None:
        """Effect: record the offer of `text`, to begin at byte `start`; its first `typed` characters stand there already."""
        self._record(event)
        self._offers[event.id] = _Offer(uri, start, text, typed)
        while len(self._offers) > _OFFERS:
            self._offers.popitem(last=False)

    def goes_on(self, uri: str, start: int, text: str) -> str:
        """The name of the offer that `text`, to begin at byte `start`, is the rest of, or the same as; "" where it is a new one."""
        for id, offer in reversed(self._offers.items()):  # noqa: A001
            before = offer.text[: len(offer.text) - len(text)]
            if offer.uri == uri and offer.text.endswith(text) and offer.start + len(before.encode()) == start:
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
        """Effect: record that all of the offer was taken, as the client says, or as was seen; a second time says nothing."""
        offer = self._offers.get(id)
        if offer is None:
            return
        at = self._clock()
        if not offer.said:
            self._record(Accepted(id, at, offer.text))
            offer.said = True
        if _common(offer.text, self._read(offer.uri), offer.start) == len(offer.text):
            del self._offers[id]
            span = Span(offer.start, offer.start + len(offer.text.encode()))
            self._regions = [*self._regions[1 - _TAKEN :], _Region(id, offer.uri, span, offer.text, at)]

    def partly(self, id: str, characters: int) -> None:  # noqa: A002
        """Effect: record that the first `characters` of the offer were taken; the whole of it is an acceptance."""
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
        data = self._read(uri)
        for region in self._regions:
            if region.uri == uri:
                for splice in splices:
                    region.span = _moved(region.span, splice)
        for id, offer in [(i, o) for i, o in self._offers.items() if o.uri == uri]:  # noqa: A001
            self._seen(id, offer, data, splices)

    def closed(self, uri: str) -> None:
        """Forget what is followed in a document that nobody sees any more."""
        self._regions = [r for r in self._regions if r.uri != uri]
        for id in [i for i, o in self._offers.items() if o.uri == uri]:  # noqa: A001
            del self._offers[id]

    def look(self) -> None:
        """Effect: record what still stands of each text whose moment has come. To be called every few seconds."""
        now = self._clock()
        for region in self._regions:
            while region.left and now - region.at >= region.left[0]:
                self._record(Survived(region.id, now, region.left.pop(0), self._share(region)))
        self._regions = [r for r in self._regions if r.left]

    def _seen(self, id: str, offer: _Offer, data: bytes | None, splices: tuple[Splice, ...]) -> None:  # noqa: A002
        """Effect: an offer after an edit: taken, partly taken, typed on, moved, or passed over."""
        for splice in splices:
            is_before = splice.span.start < offer.start and splice.span.end <= offer.start
            if is_before and not _common(offer.text, data, offer.start):  # some clients replace what stands before, too
                offer.start += splice.length - len(splice.span)
        now = _common(offer.text, data, offer.start)
        longest = max((s.length - len(s.span) for s in splices), default=0)
        if now >= len(offer.text) and (offer.said or longest >= _LEAST):
            self.accepted(id)
        elif now < offer.typed:
            self._offers.pop(id, None)  # the document says something else there now
        elif now > offer.typed:
            if longest >= _LEAST:
                self.partly(id, now)
            offer.typed = max(offer.typed, now)
            if now >= len(offer.text):
                self._offers.pop(id, None)  # typed by hand to its end

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
