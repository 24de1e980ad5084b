"""The rest of a line in languages other than Python: what parses there, names nothing unknown, and says something."""

import re
from collections.abc import Callable, Mapping, Sequence

from fixbot_agent.completing.completion import Inline, Item
from fixbot_agent.completing.foreign.names import Around
from fixbot_agent.completing.foreign.parsing import fits_in
from fixbot_agent.completing.foreign.place import Spotted, is_name
from fixbot_agent.completing.lines.lining import Spot, Stop, signals_of
from fixbot_agent.completing.lines.sure_weights import FOREIGN_BIAS, FOREIGN_WEIGHTS
from fixbot_agent.completing.lines.sureness import sureness
from fixbot_analysis.codemodel import CodeModel
from fixbot_analysis.codemodel.beam import Start, search
from fixbot_analysis.codemodel.manner import Manner
from fixbot_analysis.languages import get
from fixbot_analysis.receivers import GLOBALS
from fixbot_analysis.source import Document

SHOWN_ABROAD = 0.16  # a line less sure than this is not shown: of those in between half are right, as the sureness says too little here

_WINDOW = 24_000  # tokens before the cursor that signals are read from
_LAID_OUT = 12_000  # characters before the cursor whose layout is followed
_TRUST = 0.5  # how far the list of members is believed beside the n-grams
_TOLD = 12  # members that the search hears of
_DECLARING = frozenset(
    [
        "class",
        "const",
        "enum",
        "fn",
        "for",
        "func",
        "function",
        "interface",
        "let",
        "mod",
        "namespace",
        "struct",
        "trait",
        "type",
        "union",
        "val",
        "var",
        "mut",
    ]
)  # a name after one of these is new
_SAYS = re.compile(r"[\w\"'`]")


def foreign_line(
    model: CodeModel,
    document: Document,
    spot: Spotted,
    known: Around,
    items: Sequence[Item],
    stop: Stop,
    least: float = SHOWN_ABROAD,
) -> tuple[Inline, ...]:
    """At most one text for the rest of the line, see :func:`foreign_offers`: the surest, where it is at least `least` sure and parses."""
    offers = foreign_offers(model, document, spot, known, items, stop)
    score, text, _ = max(offers, key=lambda judged: judged[0], default=(0.0, "", {}))
    if not text or score < least or not fits_in(document, spot.word, text, known.symbols):
        return ()
    return (Inline(text, spot.word, score, "codemodel"),)


def foreign_offers(
    model: CodeModel, document: Document, spot: Spotted, known: Around, items: Sequence[Item], stop: Stop
) -> list[tuple[float, str, Mapping[str, float]]]:
    """Rests of the line: how sure each is, its text, and the signals that say so. After a dot each begins with a name, and none is brackets alone."""
    manner = Manner(spot.text[-_LAID_OUT:])
    line = document.line_span(document.line_of(spot.word.start)).start
    written = document.data[line : spot.word.start].decode("utf-8", "replace")
    told = {item.label: item.score for item in items[:_TOLD] if spot.is_selecting and known.held.members}
    start = Start(
        spot.path, spot.before, spot.prefix, told, _TRUST if told else 0.0,
        is_word=spot.prefix in known.names or spot.prefix in known.held.members, breaks=manner.breaks,
    )  # fmt: skip
    beams = search(model, start, _admitting(spot, known), stop)
    found = []
    for beam in beams:
        if not beam.ends or not beam.tokens:
            continue
        last = spot.before[-1] if written.strip() and spot.before else ""
        text = _fitted(spot, manner.write_out(last, beam.tokens), written)
        if text != spot.prefix and _SAYS.search(text.removeprefix(spot.prefix)):
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


def _admitting(spot: Spotted, known: Around) -> Callable[[Sequence[str], str], bool]:
    """Whether a word may follow new tokens: one that the file says, that is defined near, of the language, new, or a member that there can be."""
    keywords = get(spot.language).keywords if spot.language else frozenset[str]()
    words = {*spot.before, *known.names, *keywords, *GLOBALS.get(spot.language, ())}
    only = known.only if spot.is_selecting else None

    def admits(tokens: Sequence[str], word: str) -> bool:
        last = tokens[-1] if tokens else (spot.before[-1] if spot.before else "")
        if not tokens and spot.is_selecting:
            return is_name(word) and (only is None or word in only)
        if spot.selects(last) and not is_name(word):
            return last == "::" or (last == "." and word == "(" and spot.language == "go") or last == "?."
        return not is_name(word) or word in words or spot.selects(last) or last in _DECLARING or word in tokens

    return admits
