"""The way of a line from box to box: smooth bends between points that it must pass level."""

from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Way:
    """Pairs of points: the line goes straight and level within a pair, and bends from one pair to the next. In pixels.

    `around` (pixels) is how far it swings out to the right where it leads back to the same column, 0 elsewhere.
    """

    points: tuple[Point, ...]
    around: float = 0.0

    def moved(self, x: float, y: float) -> "Way":
        """The same way from another origin."""
        return Way(tuple((px + x, py + y) for px, py in self.points), self.around)

    @property
    def path(self) -> str:
        """SVG path data."""
        (x, y), *rest = self.points
        parts = [f"M{x:.1f} {y:.1f}"]
        if self.around:
            (tx, ty) = rest[-1]
            far = max(x, tx) + self.around
            return f"{parts[0]}C{far:.1f} {y:.1f} {far:.1f} {ty:.1f} {tx:.1f} {ty:.1f}"
        for number, (px, py) in enumerate(rest):
            if number % 2:
                parts.append(f"H{px:.1f}" if px != x else "")
            else:
                middle = (x + px) / 2
                parts.append(f"C{middle:.1f} {y:.1f} {middle:.1f} {py:.1f} {px:.1f} {py:.1f}")
            x, y = px, py
        return "".join(parts)


def spread(count: int, height: float) -> Sequence[float]:
    """Where `count` lines meet the side of a box of that `height`, from its middle, in pixels."""
    room = max(height - 12.0, 0.0)
    step = min(room / count, 12.0) if count else 0.0
    return [(at - (count - 1) / 2) * step for at in range(count)]
