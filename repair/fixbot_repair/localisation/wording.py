"""What failing tests say in words: their names, the values and names in their messages, and what their own lines call."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from fixbot_analysis.symbols import split_words
from fixbot_repair.checks import TestOutcome

_NAME = re.compile(r"[^\W\d]\w+")
_VALUE = re.compile(r"[^\W\d]\w{2,}|\d{2,}|\d+\.\d+")
_RAISED = re.compile(r"^E\s+(.*)$", re.MULTILINE)
_IDENTITY = re.compile(r"::|[\[\]]")
_MOST = 4000  # characters of one message
# Words of Python's own and of pytest's reports, which tell nothing of the project.
_COMMON = frozenset(
    [
        "assert",
        "assertionerror",
        "where",
        "and",
        "not",
        "none",
        "true",
        "false",
        "self",
        "error",
        "typeerror",
        "valueerror",
        "object",
        "has",
        "the",
        "for",
        "with",
        "from",
        "attribute",
        "expected",
        "got",
        "did",
        "raise",
        "raised",
        "test",
        "tests",
        "keyerror",
        "indexerror",
        "attributeerror",
        "nameerror",
        "int",
        "str",
        "list",
        "dict",
        "tuple",
        "set",
        "class",
        "function",
        "method",
        "module",
        "line",
        "return",
        "input",
        "argument",
        "arguments",
        "missing",
        "positional",
        "required",
        "is",
        "are",
    ]
)


def names(text: str) -> frozenset[str]:
    """Names in a piece of code, of two letters or more."""
    return frozenset(_NAME.findall(text))


def said(outcome: TestOutcome) -> frozenset[str]:
    """Names and values in the message of a failure and in what pytest marks as the error."""
    text = f"{outcome.message[:_MOST]}\n" + "\n".join(_RAISED.findall(outcome.detail[-_MOST:]))
    return frozenset(word for word in _VALUE.findall(text) if word.casefold() not in _COMMON)


def values(text: str) -> frozenset[str]:
    """The same kind of words in a piece of code."""
    return frozenset(_VALUE.findall(text))


def words_of_test(test: str) -> frozenset[str]:
    """Words of a test's id: of its file, its class, its function; not what it is parametrised with."""
    path, *inner = _IDENTITY.split(test.partition("[")[0])
    stem = path.rpartition("/")[2].removesuffix(".py")
    return frozenset(w for part in (stem, *inner) for w in split_words(part)) - {"test", "tests"}


def rarity(documents: Iterable[Iterable[str]]) -> dict[str, float]:
    """Word -> 1 / in how many of `documents` it stands."""
    held = Counter(word for each in documents for word in set(each))
    return {word: 1.0 / number for word, number in held.items()}


def agreement(own: Iterable[str], asked: Iterable[frozenset[str]], rare: Mapping[str, float]) -> float:
    """How much of the weight of `own` words the best of `asked` has, 0..1."""
    words = set(own)
    whole = sum(rare.get(w, 1.0) for w in words)
    if not whole:
        return 0.0
    return max((sum(rare.get(w, 1.0) for w in words & each) for each in asked), default=0.0) / whole


def mentions(own: frozenset[str], asked: frozenset[str], rare: Mapping[str, float]) -> float:
    """How telling the words are that both have, 0..1: one that nothing else has is enough."""
    return min(sum(rare.get(word, 0.0) for word in own & asked), 1.0)
