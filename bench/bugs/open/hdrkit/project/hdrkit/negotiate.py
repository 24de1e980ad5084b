"""Content negotiation: what of the offered a client likes best."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Sequence, Tuple

from .headers import parse_options, split_quoted


@dataclass(frozen=True)
class MediaRange:
    """One member of an ``Accept`` field."""

    type: str
    subtype: str
    params: Dict[str, str] = field(default_factory=dict)
    quality: float = 1.0

    @property
    def specificity(self) -> Tuple[bool, bool, int]:
        return (self.type != "*", self.subtype != "*", len(self.params))

    def matches(self, type_: str, subtype: str, params: Dict[str, str]) -> bool:
        if self.type not in ("*", type_) or self.subtype not in ("*", subtype):
            return False
        return all(params.get(key) == text for key, text in self.params.items())


def _quality(text: str) -> Optional[float]:
    """A weight between 0 and 1, None where it is malformed."""
    try:
        quality = float(text)
    except ValueError:
        return None
    return quality if 0.0 <= quality <= 1.0 else None


def parse_accept(header: str) -> List[MediaRange]:
    """The media ranges of an ``Accept`` field in their order.

    A lone ``*``, which some old clients send, stands for ``*/*``. Members that are no media
    range, or whose weight is malformed, are passed over.
    """
    ranges: List[MediaRange] = []
    for member in split_quoted(header, ","):
        media, params = parse_options(member)
        quality = _quality(params.pop("q", "1"))
        if quality is None:
            continue
        if media == "*":
            media = "*/*"
        type_, slash, subtype = media.lower().partition("/")
        if not slash:
            continue
        ranges.append(MediaRange(type_.strip(), subtype.strip(), params, quality))
    return ranges


def best_match(
    header: Optional[str], offers: Sequence[str], default: Optional[str] = None
) -> Optional[str]:
    """The offer with the highest weight; among equals the one offered first.

    The weight of an offer is that of the most specific range that matches it. Without a header
    everything is as good.
    """
    if not header or not header.strip():
        return offers[0] if offers else default
    ranges = parse_accept(header)
    best, best_quality = default, 0.0
    for offer in offers:
        media, params = parse_options(offer)
        type_, _, subtype = media.lower().partition("/")
        fitting = [r for r in ranges if r.matches(type_, subtype, params)]
        if not fitting:
            continue
        quality = max(fitting, key=lambda r: r.specificity).quality
        if quality > best_quality:
            best, best_quality = offer, quality
    return best


def _weights(header: str) -> List[Tuple[str, float]]:
    weights: List[Tuple[str, float]] = []
    for member in split_quoted(header, ","):
        name, params = parse_options(member)
        quality = _quality(params.get("q", "1"))
        if quality is not None:
            weights.append((name.lower(), quality))
    return weights


def best_encoding(header: Optional[str], offers: Sequence[str]) -> str:
    """The content coding to use; ``identity`` where no offer is accepted."""
    if header is None:
        return "identity"
    weights = dict(reversed(_weights(header)))
    best, best_quality = "identity", 0.0
    for offer in offers:
        quality = weights.get(offer.lower(), weights.get("*", 0.0))
        if quality > best_quality:
            best, best_quality = offer, quality
    return best
