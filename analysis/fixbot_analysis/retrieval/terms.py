"""Terms: what search counts, in code and in prose alike. Stems of words and of identifiers' parts; identifiers of several parts also whole."""

import re
from collections import Counter
from functools import lru_cache

from fixbot_analysis.symbols.words import split_words

_TOKEN = re.compile(r"\w+")
# In scripts that part no words an identifier touches what stands beside it: 调用parse_date函数.
_RUN = re.compile(r"[\u0e00-\U0010ffff]+|[^\u0e00-\U0010ffff]+")
_VOWEL = re.compile("[aeiouy]")

# What English says in every text and code hardly ever names.
_STOP = frozenset(
    [
        "the",
        "to",
        "of",
        "and",
        "is",
        "in",
        "it",
        "that",
        "this",
        "with",
        "for",
        "on",
        "be",
        "are",
        "as",
        "an",
        "or",
        "if",
        "not",
        "but",
        "was",
        "by",
        "at",
        "from",
        "have",
        "has",
        "can",
        "when",
        "do",
        "does",
        "so",
        "we",
        "you",
        "my",
        "there",
        "would",
        "should",
        "will",
        "which",
        "what",
        "use",
        "using",
        "used",
        "how",
        "than",
        "then",
        "also",
        "some",
        "any",
        "get",
        "got",
        "here",
        "just",
        "like",
        "these",
        "they",
        "its",
        "only",
        "into",
        "all",
    ]
)


def terms_of(text: str) -> list[str]:
    """Terms of `text` in order: ``get_parsed_dates`` -> pars, dat, get_parsed_dates."""
    return [term for token in _TOKEN.findall(text) for term in _terms(token)]


def spellings(text: str) -> dict[str, str]:
    """Each term of `text` as it is first written there: dat -> dates."""
    found: dict[str, str] = {}
    for token in dict.fromkeys(_TOKEN.findall(text)):
        for term in _terms(token):
            found.setdefault(term, token)
        for word in split_words(token):
            if found.get(stem(word)) == token and word != token:
                found[stem(word)] = word
    return found


def count_terms(text: str) -> dict[str, int]:
    """How often each term occurs in `text`."""
    counts: dict[str, int] = {}
    for token, times in Counter(_TOKEN.findall(text)).items():
        for term in _terms(token):
            counts[term] = counts.get(term, 0) + times
    return counts


def stem(word: str) -> str:
    """`word` (lower case) without an English plural, -ing, -ed or final e, so that the forms of a verb or noun meet.

    A light stemmer: one that cut derivations too (-ation, -izer) placed fewer files right.
    """
    if len(word) < 4 or not (word.isascii() and word.isalpha()):
        return word
    word = _singular(word)
    for ending in ("ing", "ed"):
        kept = word.removesuffix(ending)
        if kept != word and len(kept) >= 3 and _VOWEL.search(kept):
            doubled = len(kept) > 3 and kept[-1] == kept[-2] and kept[-1] not in "lsz"
            word = kept[:-1] if doubled else kept
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("sses"):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


@lru_cache(maxsize=100_000)
def _terms(token: str) -> tuple[str, ...]:
    if not token.isascii() and len(runs := _RUN.findall(token)) > 1:
        return tuple(term for run in runs for term in _terms(run))
    parts = split_words(token)
    stems = tuple(stem(part) for part in parts if part not in _STOP)
    whole = token.strip("_").lower()
    return (*stems, whole) if len(parts) > 1 and token.isascii() and not whole.isdigit() else stems
