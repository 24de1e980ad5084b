"""Texts to values: numbers, truth, sizes, spans of time, choices."""

import re
from datetime import timedelta
from typing import Callable, Iterable

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
YES = {"1", "yes", "true", "on"}
NO = {"0", "no", "false", "off", ""}


def integer(text: str) -> int:
    """Decimal, or with 0x, 0o, 0b; underscores between digits are allowed."""
    return int(text.strip(), 10 if re.fullmatch(r"[+-]?0\d+", text.strip()) else 0)


def boolean(text: str) -> bool:
    folded = text.strip().lower()
    if folded in YES:
        return True
    if folded in NO:
        return False
    raise ValueError(f"yes or no is wanted, not {text!r}")


def size(text: str) -> int:
    """Bytes: ``10``, ``4k`` (4000), ``4KiB`` (4096), ``1.5 GB``."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a size: {text!r}")
    number, unit, binary = match.groups()
    if binary and not unit:
        raise ValueError(f"not a size: {text!r}")
    power = " kmgt".index(unit.lower()) if unit else 0
    return round(float(number) * (1024 if binary else 1000) ** power)


def span(text: str) -> timedelta:
    """``90`` (seconds), ``1h 30m``, ``2.5d``, ``250ms``."""
    bare = text.strip().lower()
    if re.fullmatch(r"\d+(\.\d+)?", bare):
        return timedelta(seconds=float(bare))
    if not re.fullmatch(rf"({_SPAN.pattern}\s*)+", bare):
        raise ValueError(f"not a span of time: {text!r}")
    return timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in _SPAN.findall(bare)))


def one_of(choices: Iterable[str]) -> Callable[[str], str]:
    allowed = list(choices)

    def choice(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"{text!r} is none of {', '.join(allowed)}")
        return text

    return choice


def list_of(kind: Callable[[str], object]) -> Callable[[object], list]:
    """Converts each item; a single text is cut at its commas."""

    def convert(value) -> list:
        items = value if isinstance(value, list) else [part.strip() for part in value.split(",") if part.strip()]
        return [kind(item) for item in items]

    convert.takes_lists = True
    return convert
