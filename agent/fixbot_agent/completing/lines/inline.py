"""The rest of the line, and lines after it: shown only where it is sure enough, the file still parses and every name is known."""

from collections.abc import Sequence

from fixbot_agent.completing.completion import Inline, Item
from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.cursor.scope import in_scope
from fixbot_agent.completing.lines.blocks import following_lines
from fixbot_agent.completing.lines.lining import Offer, Stop, offers
from fixbot_agent.completing.lines.parsing import still_parses
from fixbot_agent.completing.lines.sure_weights import BEGINNING_BIAS, BEGINNING_WEIGHTS
from fixbot_agent.completing.lines.sureness import BLOCK_SHOWN, SHOWN, SHOWN_BEGINNING, sureness
from fixbot_analysis.codemodel import CodeModel
from fixbot_analysis.source import Document
from fixbot_analysis.symbols import FileFacts

_LARGEST = 2_000_000  # bytes of a file that is read while somebody waits


def rest_of_line(
    model: CodeModel,
    document: Document,
    facts: FileFacts,
    place: Place,
    items: Sequence[Item] = (),
    stop: Stop = lambda: False,
) -> tuple[Inline, ...]:
    """At most one text that goes on from the word under way: the line, with what follows it where that is sure, or a sure beginning.

    `items` are what is offered for the word, best first; `stop` says between two steps that nobody waits any more.
    """
    if len(document.data) > _LARGEST or place.naming_module or place.in_field or place.in_literal:
        return ()
    names = {word: name for word, name in in_scope(document, facts, place).items() if name.role != "later"}
    found = offers(model, document, place, names, items, stop)
    sure = [(sureness(offer.signals), offer) for offer in found if offer.ends]
    score, best = max(sure, key=lambda judged: judged[0], default=(0.0, None))
    if best is not None and score >= SHOWN and still_parses(document, place.word, best.text):
        text = best.text
        if score >= BLOCK_SHOWN and not place.rest.strip():
            text, score = following_lines(model, document, place, best, score, names, stop)
        return (Inline(text, place.word, score, "codemodel"),)
    return _beginning(place, found)


def _beginning(place: Place, found: Sequence[Offer]) -> tuple[Inline, ...]:
    """The beginning of a line that saves most of those that are sure."""
    if place.rest.strip():
        return ()
    sure = [(sureness(each.signals, BEGINNING_WEIGHTS, BEGINNING_BIAS), each) for each in found if not each.ends]
    shown = [(score * len(offer.text), score, offer) for score, offer in sure if score >= SHOWN_BEGINNING]
    if not shown:
        return ()
    _, score, offer = max(shown, key=lambda judged: judged[0])
    return (Inline(offer.text, place.word, score, "codemodel"),)
