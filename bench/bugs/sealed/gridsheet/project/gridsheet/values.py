"""What a cell can hold: None, a number, a text, True or False, or an error."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Union

CYCLE, DIV, NAME, REF, VALUE, NUM = "#CYCLE!", "#DIV/0!", "#NAME?", "#REF!", "#VALUE!", "#NUM!"


@dataclass(frozen=True)
class CellError(Exception):
    code: str

    def __str__(self) -> str:
        return self.code


Value = Union[None, float, str, bool, CellError]


def number(value: Value) -> float:
    """A value as a number: nothing is 0, texts that look like numbers are these. Raises CellError."""
    if isinstance(value, CellError):
        raise value
    if value is None:
        return 0.0
    if isinstance(value, (bool, int, float)):
        return float(value)
    try:
        found = float(value.strip())
    except ValueError:
        raise CellError(VALUE)
    if not math.isfinite(found):
        raise CellError(VALUE)
    return found


def text(value: Value) -> str:
    """A value as people see it."""
    if isinstance(value, CellError):
        raise value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) else f"{value:.10g}"


def truth(value: Value) -> bool:
    if isinstance(value, str):
        if value.upper() in ("TRUE", "FALSE"):
            return value.upper() == "TRUE"
        raise CellError(VALUE)
    return number(value) != 0


def typed(entry: str) -> Value:
    """What somebody typed into a cell, where it is no formula."""
    bare = entry.strip()
    if not bare:
        return None
    if bare.upper() in ("TRUE", "FALSE"):
        return bare.upper() == "TRUE"
    if bare.startswith("'"):
        return bare[1:]
    try:
        if bare.endswith("%"):
            found = float(bare[:-1].replace(",", "")) / 100
        else:
            found = float(bare.replace(",", ""))
    except ValueError:
        return entry
    return found if math.isfinite(found) else entry
