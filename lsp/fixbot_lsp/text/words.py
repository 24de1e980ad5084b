"""What can be completed from the open document alone, in the moments when there is no engine."""

import keyword
import re

from fixbot_agent.completing import Completion, Item, ItemKind
from fixbot_analysis.source import Span

_WORD = re.compile(rb"[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*")
_REACH = 100_000  # bytes looked at on each side of the place: a few milliseconds
_MOST = 50


def complete_from_words(data: bytes, offset: int) -> Completion:
    """Words of `data` (UTF-8) that begin like the one before the byte `offset`; the nearest come first.

    After a dot only words that stand after a dot: others are none of anything's members.
    """
    low = max(0, offset - _REACH)
    start = _word_start(data, offset)
    begun, is_member = data[start:offset], data[start - 1 : start] == b"."
    best: dict[bytes, int] = {}
    for match in _WORD.finditer(data, low, min(len(data), offset + _REACH)):
        word = match.group()
        if is_member and data[match.start() - 1 : match.start()] != b".":
            continue
        if match.start() != start and len(word) > max(2, len(begun)) and word.startswith(begun):
            best[word] = min(best.get(word, len(data)), abs(match.start() - offset))
    ranked = sorted(best, key=lambda w: (best[w], w))[:_MOST]
    return Completion((), tuple(_item(word, place) for place, word in enumerate(ranked, 1)), 0.0, Span(start, offset))


def _word_start(data: bytes, offset: int) -> int:
    start = offset
    while start > 0 and (data[start - 1] >= 0x80 or data[start - 1 : start].isalnum() or data[start - 1] == ord("_")):
        start -= 1
    return start


def _item(word: bytes, place: int) -> Item:
    text = word.decode("utf-8", "replace")
    kind = ItemKind.KEYWORD if keyword.iskeyword(text) else ItemKind.TEXT
    return Item(text, kind, 1 / (place + 1), "document", insert_text=text)
