"""A text without what nobody who reads it would see: hidden characters, comments of a page."""

import re
import unicodedata
from functools import lru_cache

_SHOWS_NOTHING = frozenset({"Cf", "Cc", "Co", "Cs", "Cn", "Zl", "Zp"})
# Letters and marks by category that are blank all the same: fillers, joiners, variation selectors.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SUSPECT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|[^\x00-\x7f]")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def visible(text: str) -> str:
    """`text` without format, control, private and unassigned characters and blank letters; tabs and LF stay."""
    return _SUSPECT.sub(_shown, text)


def uncommented(text: str) -> str:
    """`text` with its HTML comments emptied; as many lines as before, so that line numbers hold."""
    return _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text) if "<!--" in text else text


def _shown(found: re.Match[str]) -> str:
    return found[0] if _is_shown(found[0]) else ""


@lru_cache(maxsize=4096)
def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in _SHOWS_NOTHING and not _BLANK.match(char)
