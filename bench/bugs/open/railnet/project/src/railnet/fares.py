"""What a way costs: by zones, with a day's cap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, List

from railnet.network import Network
from railnet.ways import Way


@dataclass(frozen=True)
class Fares:
    base: int = 150  # cents for one zone
    step: int = 80  # for each further one
    cap: int = 900  # a day
    child: int = 50  # per cent of the price


def zones(network: Network, way: Way) -> List[int]:
    """The zones that a way touches, in order of number."""
    return sorted({network.station(name).zone for name in way.stops})


def price(network: Network, way: Way, fares: Fares = Fares(), child: bool = False) -> int:
    """Cents; nothing for a way that goes nowhere. A child's price is rounded up to five cents."""
    if not way.tracks:
        return 0
    touched = zones(network, way)
    full = fares.base + fares.step * (len(touched) - 1)
    if not child:
        return full
    part = full * fares.child // 100
    return part + -part % 5


def day_total(prices: Iterable[int], fares: Fares = Fares()) -> int:
    return min(sum(prices), fares.cap)


def statement(network: Network, ways: Dict[str, List[Way]], fares: Fares = Fares()) -> List[str]:
    """A line for each day, and the sum: what is charged, and what the cap saved."""
    lines, whole = [], 0
    for day, taken in sorted(ways.items()):
        prices = [price(network, way, fares) for way in taken]
        charged = day_total(prices, fares)
        whole += charged
        saved = sum(prices) - charged
        lines.append(f"{day}  {charged / 100:8.2f}" + (f"  ({saved / 100:.2f} saved)" if saved else ""))
    return lines + [f"sum         {whole / 100:8.2f}"]
