"""How alike two identifiers are."""

import re
from functools import lru_cache


@lru_cache(maxsize=1 << 14)
def likeness(one: str, other: str) -> float:
    """How alike two identifiers are, 0..1: the share of their words that both have, or of a common beginning."""
    a, b = _words(one), _words(other)
    shared = len(a & b) / max(len(a | b), 1)
    prefix = next((i for i, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), min(len(one), len(other)))
    return max(shared, prefix / max(len(one), len(other), 1))


@lru_cache(maxsize=1 << 12)
def _words(name: str) -> frozenset[str]:
    return frozenset(w.lower() for w in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name))
