"""How a name goes on with what was typed: as its beginning, whatever the case, or as the beginnings of its words (``gcf``: get_config_file)."""

import re
from enum import IntEnum
from functools import lru_cache

_SHORTEST = 2  # letters that may stand for words
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Match(IntEnum):
    """How well a name fits, the best first."""

    EXACT = 0
    CASELESS = 1
    WORDS = 2


def match(name: str, prefix: str) -> Match | None:
    """How `name` goes on with `prefix`; None where it does not."""
    if name.startswith(prefix):
        return Match.EXACT
    if name[: len(prefix)].lower() == prefix.lower():
        return Match.CASELESS
    fits = len(prefix) >= _SHORTEST and _words_of(prefix).match(_HUMP.sub("_", name).lower())
    return Match.WORDS if fits else None


@lru_cache(64)
def _words_of(prefix: str) -> re.Pattern[str]:
    """Each letter goes on in the same word, or begins a later one; words are parted by ``_``."""
    letters = (re.escape(letter) for letter in prefix.lower() if letter != "_")
    return re.compile("_*" + "(?:[^_]*_(?:.*_)?)?".join(letters))
