"""A text without what nobody who reads it would see: hidden characters, comments of a page."""

import re
import unicodedata

_SHOWS_NOTHING = ("Cf", "Cc", "Co", "Cs", "Cn", "Zl", "Zp")
_KEPT = frozenset("\n\t")
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u115f\u1160\u3164\uffa0\u034f]")
_COMMENT = re.compile(r"<!--(?:(?!-->).)*(?:-->|\Z)", re.DOTALL)


def visible(text: str) -> str:
    """`text` without format, control, private and unassigned characters, variation selectors and blank letters; tabs and LF stay."""
    if text.isascii() and text.isprintable():
        return text
    kept = "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _SHOWS_NOTHING)
    return _VARIANTS.sub("", kept)


def uncommented(text: str) -> str:
    """`text` with its HTML comments emptied; as many lines as before, so that line numbers hold."""
    return _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
