"""Byte ranges of a content whose size is known."""
from __future__ import annotations

import re
from typing import Iterable, List, Optional, Tuple

Span = Tuple[int, int]

_SPEC = re.compile(r"(\d*)\s*-\s*(\d*)", re.ASCII)


class RangeNotSatisfiable(ValueError):
    """No part of the asked ranges lies within the content (status 416)."""

    def __init__(self, size: int) -> None:
        super().__init__("no satisfiable range in %d bytes" % size)
        self.size = size

    @property
    def content_range(self) -> str:
        return "bytes */%d" % self.size


def parse_range(header: str, size: int) -> Optional[List[Span]]:
    """The asked spans as ``(start, stop)``, ``stop`` being one past the last byte.

    None where the header is malformed or in another unit, so that all is to be sent. Spans that
    lie outside are left out; if none remains, RangeNotSatisfiable is raised.
    """
    unit, equals, text = header.partition("=")
    if not equals or unit.strip().lower() != "bytes":
        return None
    specs = [part.strip() for part in text.split(",") if part.strip()]
    if not specs:
        return None
    spans: List[Span] = []
    for spec in specs:
        found = _SPEC.fullmatch(spec)
        if found is None or spec == "-":
            return None
        first, last = found.groups()
        if not first and not last:
            return None
        if not first:
            start, stop = max(size - int(last), 0), size
        else:
            start = int(first)
            if last and int(last) < start:
                return None
            stop = min(int(last) + 1, size) if last else size
        if start < stop:
            spans.append((start, stop))
    if not spans:
        raise RangeNotSatisfiable(size)
    return spans


def coalesce(spans: Iterable[Span], gap: int = 0) -> List[Span]:
    """The spans in order, those that overlap, touch, or lie within ``gap`` bytes being joined."""
    joined: List[Span] = []
    for start, stop in sorted(spans):
        if joined and start <= joined[-1][1] + gap:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((start, stop))
    return joined


def content_range(span: Span, size: Optional[int]) -> str:
    """The value of ``Content-Range`` for one span."""
    start, stop = span
    return "bytes %d-%d/%s" % (start, stop - 1, "*" if size is None else size)
