"""Words as search sees them: identifiers taken apart, lower case, the language's own keywords left out."""

import keyword
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

_TOKEN = re.compile(r"\w+")
# Runs of capitals end before a capitalised word: HTTPServer -> HTTP, Server.
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# Letters of scripts written with spaces; the scripts from Thai on, which are not; digits.
_RUN = re.compile(r"[^\W\d_\u0e00-\U0010ffff]+|[\u0e00-\U0010ffff]+|\d+")
_STOP = frozenset({k.lower() for k in keyword.kwlist} | {"self", "cls"})


def split_words(text: str) -> list[str]:
    """Words of `text` in order: ``parseHTTPDate2`` -> parse, http, date; ``解析日期`` -> 解析, 析日, 日期.

    camelCase, snake_case and digits part words; runs of a script without spaces become pairs of characters;
    single characters and Python's keywords are left out.
    """
    return [word for token in _TOKEN.findall(text) for word in _split(token)]


def count_words(texts: Iterable[str]) -> dict[str, int]:
    """How often each word occurs in `texts` together."""
    tokens: Counter[str] = Counter()
    for text in texts:
        tokens.update(_TOKEN.findall(text))
    counts: dict[str, int] = {}
    for token, times in tokens.items():
        for word in _split(token):
            counts[word] = counts.get(word, 0) + times
    return counts


@lru_cache(maxsize=50_000)
def _split(token: str) -> tuple[str, ...]:
    words: list[str] = []
    for run in [token] if token.isascii() else _RUN.findall(token):
        if run.isascii():
            words.extend(part.lower() for part in _PART.findall(run))
        elif run[0] < "\u0e00" or len(run) == 2:
            words.append(run.lower())
        else:
            words.extend(run[i : i + 2] for i in range(len(run) - 1))
    return tuple(w for w in words if len(w) > 1 and w not in _STOP)
