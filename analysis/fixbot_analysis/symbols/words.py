"""Words as search sees them: identifiers taken apart, lower case, the language's own keywords left out."""

import keyword
import re
from collections import Counter
from functools import lru_cache

_TOKEN = re.compile(r"\w+")
# Runs of capitals end before a capitalised word: HTTPServer -> HTTP, Server.
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W0-9_a-zA-Z]+")
_STOP = frozenset({k.lower() for k in keyword.kwlist} | {"self", "cls"})


def split_words(text: str) -> list[str]:
    """Words of `text` in order: ``parseHTTPDate2`` -> parse, http, date; ``解析日期`` -> 解析, 析日, 日期.

    camelCase, snake_case and digits part words; runs of a script without spaces become pairs of characters;
    single characters and Python's keywords are left out.
    """
    return [word for token in _TOKEN.findall(text) for word in _split(token)]


def count_words(text: str) -> Counter[str]:
    """How often each word of `text` occurs."""
    counts: Counter[str] = Counter()
    for token, times in Counter(_TOKEN.findall(text)).items():
        for word in _split(token):
            counts[word] += times
    return counts


@lru_cache(maxsize=50_000)
def _split(token: str) -> tuple[str, ...]:
    words: list[str] = []
    for part in _PART.findall(token):
        if part.isascii():
            words.append(part.lower())
        else:
            words.extend(_pairs(part.lower()))
    return tuple(w for w in words if len(w) > 1 and w not in _STOP)


def _pairs(run: str) -> list[str]:
    """An alphabetic word stays whole (``größe``); a run of ideographs, kana or the like becomes its pairs of characters."""
    if len(run) <= 2 or ord(max(run)) < 0x0E00:  # the scripts before Thai are written with spaces
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)]
