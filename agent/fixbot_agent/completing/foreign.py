"""Completion in languages other than Python: from counts, the names of the file and its neighbours, and the syntax; no name is resolved."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fixbot_agent.completing.completion import MOST_ITEMS, MOST_MEMBERS, Completion, Inline, Item, ItemKind
from fixbot_agent.completing.lining import Spot, Stop, signals_of
from fixbot_agent.completing.parsing import still_parses
from fixbot_agent.completing.scope import KINDS
from fixbot_agent.completing.sure_weights import FOREIGN_BIAS, FOREIGN_WEIGHTS
from fixbot_agent.completing.sureness import SHOWN, sureness
from fixbot_analysis.codemodel import CodeModel, tokenize
from fixbot_analysis.codemodel.beam import Start, chances_after, search
from fixbot_analysis.codemodel.manner import Manner
from fixbot_analysis.codemodel.tokens import open_text
from fixbot_analysis.index import Index
from fixbot_analysis.languages import get
from fixbot_analysis.source import Document, Position, Span, language_of
from fixbot_analysis.symbols import Symbol

_WINDOW = 24_000  # bytes before the cursor that are read for tokens
_LAID_OUT = 12_000  # characters before the cursor whose layout is followed
_LARGEST = 2_000_000  # bytes of a file that is read while somebody waits
_NEIGHBOURS = 24  # files of the folder whose definitions are offered
_WORD = re.compile(r"[^\W\d][\w$]*\Z|\$[\w$]*\Z")
_SELECTING = frozenset({".", "->", "::", "?."})
_RECENT_SHARE, _NEAR_SHARE = 0.25, 0.05  # of the order that recency decides, and being defined in the folder


@dataclass(frozen=True, slots=True)
class Spotted:
    """A place in a document of another language: the word under way, its text, the tokens before it; whether that is in a literal."""

    path: str
    language: str
    word: Span
    prefix: str
    before: tuple[str, ...]
    text: str
    rest: str
    in_literal: bool

    @property
    def is_selecting(self) -> bool:
        """Whether a member is being chosen."""
        return self.before[-1:] != () and self.before[-1] in _SELECTING


def complete_foreign(
    index: Index,
    model: CodeModel,
    path: str,
    position: Position,
    most: int | None = None,
    stop: Stop = lambda: False,
    *,
    lines: bool = True,
) -> Completion:
    """Effect: reads `path` through the index. What may be written at `position` of a document that is no Python; any text is survived.

    `most` and `lines` are as for Python. `stop` says between two steps that nobody waits any more. Raises SourceError where `path` is not indexed.
    """
    began = time.perf_counter()
    document = index.tree.read(path)
    spot = spotted(document, position)
    if most is None:
        most = MOST_MEMBERS if spot.is_selecting else MOST_ITEMS
    items: tuple[Item, ...] = ()
    inline: tuple[Inline, ...] = ()
    if not spot.in_literal and len(document.data) <= _LARGEST:
        names = defined(index, path)
        items = tuple(foreign_items(model, spot, names, most))
        inline = foreign_line(model, document, spot, names, stop) if lines else ()
    return Completion(inline, items, 1000 * (time.perf_counter() - began), spot.word)


def spotted(document: Document, position: Position) -> Spotted:
    """What stands at `position` (clamped to the document)."""
    offset = document.offset(position)
    span = document.line_span(document.line_of(offset))
    head = document.data[span.start : offset].decode("utf-8", "replace")
    prefix = match[0] if (match := _WORD.search(head)) else ""
    start = offset - len(prefix.encode())
    text = document.data[max(0, start - _WINDOW) : start].decode("utf-8", "replace")
    language = language_of(document.path) or ""
    rest = document.data[offset : span.end].decode("utf-8", "replace").rstrip("\r\n")
    before = tuple(tokenize(text, language))
    return Spotted(document.path, language, Span(start, offset), prefix, before, text, rest, open_text(text))


def foreign_items(model: CodeModel, spot: Spotted, names: Mapping[str, ItemKind], most: int) -> list[Item]:
    """Names that go on with the word under way, best first: by counts, then by how lately and how near they were written."""
    chances = chances_after(model, spot.path, spot.before, braces=True)
    recent = _recent(spot)
    near = () if spot.is_selecting else names
    scores: dict[str, float] = {}
    for share, weights in (
        (1 - _RECENT_SHARE - _NEAR_SHARE, chances),
        (_RECENT_SHARE, recent),
        (_NEAR_SHARE, dict.fromkeys(near, 1.0)),
    ):
        fitting = {name: weight for name, weight in weights.items() if _goes_on(name, spot.prefix)}
        total = sum(fitting.values())
        for name, weight in fitting.items():
            scores[name] = scores.get(name, 0.0) + share * weight / total
    whole = sum(scores.values())
    ordered = sorted(scores.items(), key=lambda each: (-each[1], each[0]))[:most]
    return [_item(spot, names, name, score / whole) for name, score in ordered]


def foreign_line(
    model: CodeModel, document: Document, spot: Spotted, names: Mapping[str, ItemKind], stop: Stop
) -> tuple[Inline, ...]:
    """At most one text for the rest of the line: brackets fit, its names are written in the file or defined near, and no error comes with it."""
    best = max(foreign_offers(model, document, spot, names, stop), key=lambda judged: judged[0], default=(0.0, "", {}))
    score, text, _ = best
    if score < SHOWN or not still_parses(document, spot.word, text, spot.language):
        return ()
    return (Inline(text, spot.word, score, "codemodel"),)


def foreign_offers(
    model: CodeModel, document: Document, spot: Spotted, names: Mapping[str, ItemKind], stop: Stop
) -> list[tuple[float, str, Mapping[str, float]]]:
    """Rests of the line: how sure each is, its text, and the signals that say so."""
    manner = Manner(spot.text[-_LAID_OUT:])
    line = document.line_span(document.line_of(spot.word.start)).start
    written = document.data[line : spot.word.start].decode("utf-8", "replace")
    start = Start(spot.path, spot.before, spot.prefix, is_word=spot.prefix in names, breaks=manner.breaks)
    beams = search(model, start, _admitting(spot, names), stop)
    found = []
    for beam in beams:
        if not beam.ends or not beam.tokens:
            continue
        text = _fitted(
            spot, manner.write_out(spot.before[-1] if written.strip() and spot.before else "", beam.tokens), written
        )
        if text and text != spot.prefix:
            here = Spot(spot.before[-_WINDOW:], spot.prefix, document.data[: spot.word.start], written.lstrip())
            signals = signals_of(here, beam, text, beams)
            found.append((sureness(signals, FOREIGN_WEIGHTS, FOREIGN_BIAS), text, signals))
    return found


def _fitted(spot: Spotted, text: str, written: str) -> str:
    """The text without what already stands after the cursor; "" where the two do not fit together."""
    if spot.prefix or not written or written[-1].isspace():
        text = text.lstrip(" ")
    after = spot.rest.strip()
    if after and not text.endswith(after):
        return ""
    return text.removesuffix(after) if after else text


def _admitting(spot: Spotted, names: Mapping[str, ItemKind]) -> Callable[[Sequence[str], str], bool]:
    """Whether a word may follow new tokens: one that the file says, that is defined near, a keyword, or a member."""
    keywords = get(spot.language).keywords if spot.language else frozenset[str]()
    known = {*spot.before, *names, *keywords}

    def admits(tokens: Sequence[str], word: str) -> bool:
        last = tokens[-1] if tokens else (spot.before[-1] if spot.before else "")
        return not _is_name(word) or word in known or last in _SELECTING or word[:1].isupper() or word in tokens

    return admits


def defined(index: Index, path: str) -> dict[str, ItemKind]:
    """Effect: reads facts through the index. What the file and its neighbours in the folder define, and what it imports."""
    found: dict[str, ItemKind] = {}
    folder = path.rpartition("/")[0]
    near = [each for each in index.paths if each.rpartition("/")[0] == folder and each != path]
    for other in [each for each in near if language_of(each) == language_of(path)][:_NEIGHBOURS]:
        found.update((s.name, _kind(s)) for s in index.facts(other).symbols if s.name and not s.parent)
    facts = index.facts(path)
    found.update((each.bound, ItemKind.MODULE) for each in facts.imports if _is_name(each.bound))
    found.update((symbol.name, _kind(symbol)) for symbol in facts.symbols if symbol.name)
    return found


def _kind(symbol: Symbol) -> ItemKind:
    return KINDS.get(symbol.kind, ItemKind.MODULE)


def _recent(spot: Spotted) -> dict[str, float]:
    """Names before the place, the latest weighing most; after a dot those that stood after one."""
    found: dict[str, float] = {}
    words = spot.before
    for at in range(len(words) - 1, max(0, len(words) - 3000), -1):
        word = words[at]
        if _is_name(word) and (words[at - 1] in _SELECTING) == spot.is_selecting:
            found.setdefault(word, 1 / (3 + len(found)))
    return found


def _goes_on(name: str, prefix: str) -> bool:
    return _is_name(name) and name[: len(prefix)].lower() == prefix.lower() and name != prefix


def _is_name(word: str) -> bool:
    return word[:1].isalpha() or word[:1] in ("_", "$")


def _item(spot: Spotted, names: Mapping[str, ItemKind], label: str, score: float) -> Item:
    keywords = get(spot.language).keywords if spot.language else frozenset[str]()
    if label in keywords:
        return Item(label, ItemKind.KEYWORD, score, "keyword", "", label)
    if label in names and not spot.is_selecting:
        return Item(label, names[label], score, "module", "", label)
    return Item(label, ItemKind.ATTRIBUTE if spot.is_selecting else ItemKind.TEXT, score, "codemodel", "", label)
