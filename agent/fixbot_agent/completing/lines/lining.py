"""Lines that may go on from a place, each with what speaks for it being exactly right."""

import keyword
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fixbot_agent.completing.completion import Item
from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.cursor.scope import Name
from fixbot_agent.completing.lines.admitting import Admitting, line_start
from fixbot_analysis.codemodel import CodeModel, write_out
from fixbot_analysis.codemodel.beam import Beam, Start, Step, search
from fixbot_analysis.codemodel.tokens import CLOSING, LAYOUT, OPENING
from fixbot_analysis.source import Document

Stop = Callable[[], bool]

_TRUST_MEMBERS, _TRUST_NAMES = (
    0.6,
    0.3,
)  # how far the list of items is believed beside the n-grams, after a dot and elsewhere
_MOST_ITEMS = 12
_LEAST_NEW = 3  # characters of a beginning that are not yet written
_HARDLY = 0.01  # of the first item's chance
_ENDS_OPEN = re.compile(r"[(\[{]\s*(#.*)?$")
_KINDS = frozenset(
    {"return", "if", "elif", "for", "import", "from", "def", "class", "raise", "with", "assert", "while", "except", "else", "try"}
    | {"yield", "@"}
)  # fmt: skip
_SIGNS = frozenset({"=", "(", ".", ",", ")", "]", "[", ":", "{", "}"})


@dataclass(frozen=True, slots=True)
class Offer:
    """A rest of a line: its tokens, the text that is new, and signals of how sure it is. Not all that is offered `ends` its line."""

    tokens: tuple[str, ...]
    text: str
    signals: Mapping[str, float]
    ends: bool


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a line goes on: the tokens `before`, the `prefix` under way, the text `above` (UTF-8), the part of the line that is `written`."""

    before: Sequence[str]
    prefix: str
    above: bytes
    written: str
    hanging: bool = False


def offers(
    model: CodeModel, document: Document, place: Place, names: Mapping[str, Name], items: Sequence[Item], stop: Stop
) -> list[Offer]:
    """Lines that may go on from the word under way, likeliest first, and after them beginnings of such."""
    hanging = is_hanging(document, place)
    admitting = Admitting(place.before, names, importing=bool(place.module))
    trust = _TRUST_MEMBERS if place.dotted else _TRUST_NAMES
    is_word = place.prefix in names or keyword.iskeyword(place.prefix)
    start = Start(place.path, place.before, place.prefix, _first(items), trust, hanging, is_word)
    beams = search(model, start, admitting, stop)
    line = document.line_span(document.line_of(place.word.start)).start
    written = document.data[line : place.word.start].decode("utf-8", "replace").lstrip()
    spot = Spot(place.before, place.prefix, document.data[: place.word.start], written, hanging)
    found = []
    for beam in beams:
        text = fitted(place, beam.tokens) if beam.ends or _is_worth(place, beam) else ""
        if not beam.tokens or _is_amiss(beam.tokens[0], place, names, items):
            continue
        if text and text != place.prefix and admitting.all_known(beam.tokens):
            found.append(Offer(beam.tokens, text, signals_of(spot, beam, text, beams), beam.ends))
    return found


def _is_amiss(word: str, place: Place, names: Mapping[str, Name], items: Sequence[Item]) -> bool:
    """Whether a line would define anew what is defined already, or begins with what the list of items holds to be hardly meant.

    What a class is called nobody can tell: what is likely there are names of other classes.
    """
    lead = place.before[-1] if place.before else ""
    if lead == "class":
        return True
    if lead == "def":
        first = line_start(place.before)
        known = names.get(word)
        is_decorated = place.before[line_start(place.before[: max(0, first - 1)]) :][:1] == ("@",)
        return known is not None and known.source in ("module", "local") and not is_decorated
    told = next((item for item in items if item.label == word), None) if not place.dotted else None
    return told is not None and told.score < items[0].score * _HARDLY


def fitted(place: Place, tokens: Sequence[str]) -> str:
    """The text without what already stands after the cursor; "" where the two do not fit together."""
    text = write_out(place.before, tokens)
    if place.prefix or place.spaced:
        text = text.lstrip(" ")
    after = place.rest.strip()
    if after and not text.endswith(after):
        return ""
    return text.removesuffix(after) if after else text


def is_hanging(document: Document, place: Place) -> bool:
    """Whether the line stands in a bracket that was opened at the end of a line above, so that its parts have lines of their own."""
    if _depth(place.before) >= 0:
        return False
    lines = document.data[max(0, place.word.start - 4000) : place.word.start].decode("utf-8", "replace").split("\n")
    width = _indent(lines[-1])
    for line in reversed(lines[:-1]):
        if line.strip() and _indent(line) < width:
            return bool(_ENDS_OPEN.search(line))
    return False


def signals_of(spot: Spot, beam: Beam, text: str, beams: Sequence[Beam]) -> Mapping[str, float]:
    """What speaks for `beam`, one of `beams` whose new text is `text`, being exactly what will be written."""
    ending = [other for other in beams if other.ends and other.tokens and other is not beam]
    last = spot.before[-1] if spot.before else ""
    kind, depth = _statement(spot.before)
    found = {
        **_of_steps(beam.steps),
        "gap": math.log((beam.chance + 1e-6) / (max((other.chance for other in ending), default=0.0) + 1e-6)),
        "second": float(any(other.chance > beam.chance for other in ending)),
        "characters": math.log(len(text)),
        "seen line": float(_is_seen(spot, text)),
        "hanging": float(spot.hanging),
        "in brackets": float(depth > 0),
        "prefix": math.log1p(len(spot.prefix)),
        "has prefix": float(bool(spot.prefix)),
        "whole prefix": float(beam.tokens[0] == spot.prefix),
        **_of_tokens(beam.tokens),
    }
    found[f"after {_sort(last)}"] = found[f"kind {kind}"] = found[f"begins {_sort(beam.tokens[0])}"] = 1.0
    found[f"ends {_sort(beam.tokens[-1])}"] = 1.0
    return found


def _of_steps(steps: Sequence[Step]) -> dict[str, float]:
    logs = [math.log(step.chance) for step in steps]
    margins = [math.log((step.chance + 1e-3) / (step.next + 1e-3)) for step in steps]
    known, parts = [step.known for step in steps], [step.known_roles for step in steps]
    return {
        "log": sum(logs),
        "mean log": sum(logs) / len(logs),
        "least log": min(logs),
        "first log": logs[0],
        "last log": logs[-1],
        "margin": sum(margins) / len(margins),
        "least margin": min(margins),
        "barred": sum(step.barred for step in steps),
        "tokens": math.log(len(steps)),
        "known": sum(known) / len(known),
        "least known": float(min(known)),
        "first known": float(known[0]),
        "known parts": sum(parts) / len(parts),
        "least known parts": float(min(parts)),
    }


def _of_tokens(tokens: Sequence[str]) -> dict[str, float]:
    return {
        "literal": float(any(word[0] in "'\"" or word[0].isdigit() for word in tokens)),
        "calls": float(tokens.count("(")),
        "commas": float(tokens.count(",")),
        "names": float(sum(word.isidentifier() and not keyword.iskeyword(word) for word in tokens)),
    }


def _is_worth(place: Place, beam: Beam) -> bool:
    """Whether a beginning ends where a part of the line does, opens no bracket that it does not close, and says something new."""
    last = beam.tokens[-1]
    ends = last in CLOSING or last[0] in "'\"" or last[0].isdigit() or last.isidentifier()
    return (
        ends
        and _depth(beam.tokens) >= 0
        and not keyword.iskeyword(last)
        and sum(map(len, beam.tokens)) - len(place.prefix) >= _LEAST_NEW
    )


def _depth(before: Sequence[str]) -> int:
    """Below 0 where a bracket is open at the end."""
    depth = 0
    for word in reversed(before):
        depth += (word in CLOSING) - (word in OPENING)
        if depth < 0 or word in LAYOUT:
            break
    return depth


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _first(items: Sequence[Item]) -> Mapping[str, float]:
    return {item.label: item.score for item in items[:_MOST_ITEMS] if item.label.isidentifier()}


def _sort(word: str) -> str:
    if word in LAYOUT or not word:
        return "layout"
    if word.isidentifier():
        return "keyword" if keyword.iskeyword(word) else "name"
    return word if word in _SIGNS else "text" if word[0] in "'\"" else "other"


def _statement(before: Sequence[str]) -> tuple[str, int]:
    """The kind of the statement under way, and how many brackets are open in it."""
    at, depth = len(before), 0
    while at and before[at - 1] not in LAYOUT:
        at -= 1
        depth += (before[at] in OPENING) - (before[at] in CLOSING)
    line = before[at:]
    if not line:
        return "none", depth
    if line[0] in _KINDS:
        return line[0], depth
    return ("assignment" if "=" in line and depth <= 0 else "expression"), depth


def _is_seen(spot: Spot, text: str) -> bool:
    """Whether the whole line stands above already."""
    return f"{spot.written}{text}\n".encode() in spot.above
