"""Lines after a suggested one: gone on with statement by statement while all of it together is sure, and no further than the block."""

from collections.abc import Iterable
from dataclasses import dataclass

from fixbot_agent.completing.cursor.bindings import bound, parameters
from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.lines.admitting import Admitting
from fixbot_agent.completing.lines.lining import Offer, Spot, Stop, signals_of
from fixbot_agent.completing.lines.parsing import still_parses
from fixbot_agent.completing.lines.sureness import BLOCK_SHOWN, sureness
from fixbot_analysis.codemodel import CodeModel, write_out
from fixbot_analysis.codemodel.beam import Start, chances_after, search
from fixbot_analysis.codemodel.tokens import DEDENT, INDENT, NEWLINE
from fixbot_analysis.source import Document

_MOST = 8  # lines


@dataclass(slots=True)
class _Growing:
    tokens: list[str]
    text: str
    indents: list[str]
    sure: float


def following_lines(
    model: CodeModel, document: Document, place: Place, offer: Offer, sure: float, names: Iterable[str], stop: Stop
) -> tuple[str, float]:
    """The text of `offer`, which is `sure` so much, with the lines after it that are sure together with it; and how sure they are.

    None is indented less than the line itself, and the file parses with all of them.
    """
    margin = _margin(document, place)
    grown = _Growing([*place.before, *offer.tokens], offer.text, [margin], sure)
    told = [(grown.text, sure)]
    known = {*names}
    for _ in range(_MOST):
        line = " ".join(grown.tokens[-80:])
        known.update((*bound(line), *parameters(line)))
        if stop() or not _grow(model, document, place, grown, known, stop):
            break
        told.append((grown.text, grown.sure))
    while len(told) > 1 and not still_parses(document, place.word, told[-1][0]):
        told.pop()
    while len(told) > 1 and told[-1][0].endswith(":"):
        told.pop()
    return told[-1]


def _grow(model: CodeModel, document: Document, place: Place, grown: _Growing, known: set[str], stop: Stop) -> bool:
    """Add one line; whether that is sure."""
    tokens, indents, sure = [*grown.tokens, NEWLINE], list(grown.indents), grown.sure
    if grown.tokens[-1] == ":":
        tokens.append(INDENT)
        indents.append(indents[-1] + _unit(document))
    else:
        while (leaving := chances_after(model, place.path, tokens).get(DEDENT, 0.0)) > 1 - BLOCK_SHOWN:
            if leaving < BLOCK_SHOWN or len(indents) == 1:
                return False
            tokens.append(DEDENT)
            indents.pop()
            sure *= leaving
        sure *= 1 - leaving
    beams = search(model, Start(place.path, tokens), Admitting(tokens, known), stop)
    best = next((beam for beam in beams if beam.ends and beam.tokens), None)
    if best is None:
        return False
    text = write_out(tokens, best.tokens)
    if text in _lines_so_far(document, place, grown):
        return False
    above = document.data[: place.word.start] + f"{grown.text}\n".encode()
    sure *= sureness(signals_of(Spot(tokens, "", above, ""), best, text, beams))
    if sure < BLOCK_SHOWN or not Admitting(tokens, known).all_known(best.tokens):
        return False
    grown.tokens, grown.indents, grown.sure = [*tokens, *best.tokens], indents, sure
    grown.text += f"\n{indents[-1]}{text}"
    return True


def _lines_so_far(document: Document, place: Place, grown: _Growing) -> set[str]:
    """The suggestion's lines, without blanks around, and the line of the cursor: what is repeated word for word says nothing new."""
    span = document.line_span(document.line_of(place.word.start))
    whole = document.data[span.start : place.word.start].decode("utf-8", "replace") + grown.text
    return {line.strip() for line in whole.split("\n")}


def _margin(document: Document, place: Place) -> str:
    """The blanks that the line of the cursor begins with."""
    span = document.line_span(document.line_of(place.word.start))
    line = document.data[span.start : place.word.start].decode("utf-8", "replace")
    return line[: len(line) - len(line.lstrip())]


def _unit(document: Document) -> str:
    """What one step of indentation is written as in the file."""
    for line in document.data[:20_000].split(b"\n"):
        blanks = line[: len(line) - len(line.lstrip(b" \t"))]
        if blanks and line.strip() and len(blanks) <= 8 and not line.lstrip().startswith((b"*", b")")):
            return blanks.decode()
    return "    "
