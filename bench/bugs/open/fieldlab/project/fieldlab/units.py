"""Values with units as people write them: ``12.5 km/h``, ``3e-2 m``."""
from __future__ import annotations

import re
from typing import Dict, Tuple

_VALUE = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z°%/²]*)\s*")

# unit: (kind, factor to the first unit of the kind, offset)
UNITS: Dict[str, Tuple[str, float, float]] = {
    "m": ("length", 1.0, 0.0),
    "km": ("length", 1000.0, 0.0),
    "cm": ("length", 0.01, 0.0),
    "mi": ("length", 1609.344, 0.0),
    "s": ("time", 1.0, 0.0),
    "min": ("time", 60.0, 0.0),
    "h": ("time", 3600.0, 0.0),
    "K": ("temperature", 1.0, 0.0),
    "°C": ("temperature", 1.0, 273.15),
    "°F": ("temperature", 5 / 9, 459.67 * 5 / 9),
    "m/s": ("speed", 1.0, 0.0),
    "km/h": ("speed", 1 / 3.6, 0.0),
    "": ("number", 1.0, 0.0),
    "%": ("number", 0.01, 0.0),
}


class UnitError(ValueError):
    pass


def parse(text: str) -> Tuple[float, str]:
    match = _VALUE.fullmatch(text.replace(",", "."))
    if match is None or match.group(2) not in UNITS:
        raise UnitError(f"not a value: {text!r}")
    return float(match.group(1)), match.group(2)


def convert(value: float, unit: str, wanted: str) -> float:
    for name in (unit, wanted):
        if name not in UNITS:
            raise UnitError(f"there is no unit {name!r}")
    kind, factor, offset = UNITS[unit]
    other_kind, other_factor, other_offset = UNITS[wanted]
    if kind != other_kind:
        raise UnitError(f"{unit} is a {kind}, {wanted} a {other_kind}")
    return (value * factor + offset - other_offset) / other_factor


def difference(value: float, unit: str, wanted: str) -> float:
    """A difference, such as of two temperatures: without the offsets."""
    return convert(value, unit, wanted) - convert(0.0, unit, wanted)


def rounded(value: float, digits: int = 3) -> str:
    """So many digits that count: 0.0012346 as "0.00123", 123456 as "123000"."""
    if value == 0:
        return "0"
    text = f"{value:.{digits - 1}e}"
    return f"{float(text):.{max(0, digits - 1 - int(text.partition('e')[2]))}f}"
