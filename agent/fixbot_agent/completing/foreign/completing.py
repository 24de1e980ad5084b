"""Completion in languages other than Python: members of what is known of a receiver, names, and the rest of the line, from counts and the syntax."""

import time

from fixbot_agent.completing.completion import MOST_ITEMS, MOST_MEMBERS, Completion, Inline, Item
from fixbot_agent.completing.foreign.lines import foreign_line
from fixbot_agent.completing.foreign.names import around, foreign_items
from fixbot_agent.completing.foreign.paths import path_items
from fixbot_agent.completing.foreign.place import spotted
from fixbot_agent.completing.lines.lining import Stop
from fixbot_analysis.codemodel import CodeModel
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document, Position

_LARGEST = 2_000_000  # bytes of a file that is read while somebody waits


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
    if spot.in_literal:
        items = tuple(path_items(index.paths, document, spot, most))
    elif len(document.data) <= _LARGEST:
        known = around(index, document, spot)
        items = tuple(foreign_items(index, model, spot, known, most))
        inline = foreign_line(model, document, spot, known, items, stop) if lines else ()
    return Completion(inline, items, 1000 * (time.perf_counter() - began), spot.word)


def likeliest_line(index: Index, model: CodeModel, document: Document, position: Position) -> Inline | None:
    """Effect: reads facts. The rest of the line that would be shown at `position` if every one were, however unsure."""
    spot = spotted(document, position)
    if spot.in_literal:
        return None
    known = around(index, document, spot)
    items = foreign_items(index, model, spot, known, MOST_ITEMS)
    return next(iter(foreign_line(model, document, spot, known, items, lambda: False, 0.0)), None)
