"""One part of a picture in layers: boxes in columns, and lines that pass between boxes instead of through them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fixbot_analysis.graph.drawing.coordinates import centres
from fixbot_analysis.graph.drawing.crossings import ordered
from fixbot_analysis.graph.drawing.layers import depths, turned
from fixbot_analysis.graph.drawing.picture import Box
from fixbot_analysis.graph.drawing.ways import Point, Way, spread

_GAP_Y, _BEND = 14.0, 7.0  # pixels below a box, and of a line that passes
_GAP_X, _PER_LINE, _WIDEST = 64.0, 2.5, 150.0  # pixels between columns: at least, for each line between them, at most
_SWING = 26.0  # pixels by which a line within one column swings out

# A line's number in the picture, its left and its right end, and whether it leads to the left one.
Link = tuple[int, str, str, bool]
Rectangle = tuple[float, float, float, float]  # left, top, width, height


@dataclass(frozen=True, slots=True)
class Block:
    """Rectangles of boxes by id, ways of lines by number, and the size of it all, in pixels from its own corner."""

    places: Mapping[str, Rectangle]
    ways: Mapping[int, Way]
    width: float
    height: float


def arranged(boxes: Sequence[Box], lines: Iterable[Link], sizes: Mapping[str, tuple[float, float]]) -> Block:
    """Places and ways for `boxes` that hang together; boxes that have a layer keep it."""
    return _Drawing(boxes, [line for line in lines if line[1] != line[2]], sizes).block()


class _Drawing:
    """Boxes are numbers from 0; the points where long lines pass a layer (bends) follow them."""

    def __init__(self, boxes: Sequence[Box], lines: Sequence[Link], sizes: Mapping[str, tuple[float, float]]) -> None:
        self._boxes = boxes
        self._count = len(boxes)
        number = {box.id: i for i, box in enumerate(boxes)}
        self._lines = [(line, number[a], number[b], back) for line, a, b, back in lines]
        self._sizes = [sizes[box.id] for box in boxes]
        self._level = self._levels()
        self._chains = [self._chain(a, b) for _, a, b, _ in self._lines]
        self._near: list[list[int]] = [[] for _ in self._level]
        for chain in self._chains:
            for a, b in pairwise(chain):
                if self._level[a] != self._level[b]:
                    self._near[a].append(b)
                    self._near[b].append(a)

    def _levels(self) -> list[int]:
        """The column of each box."""
        if self._boxes[0].layer is not None:
            fixed = [box.layer or 0 for box in self._boxes]
            rank = {layer: at for at, layer in enumerate(sorted(set(fixed)))}
            return [rank[layer] for layer in fixed]
        weights: dict[tuple[int, int], float] = defaultdict(float)
        for _, a, b, _ in self._lines:
            weights[a, b] += 1
        back = turned(self._count, weights)
        return depths(self._count, sorted({(b, a) if (a, b) in back else (a, b) for a, b in weights}))

    def _chain(self, a: int, b: int) -> list[int]:
        """The line from left to right: its ends, and between them a new bend for each layer that it passes."""
        if self._level[a] > self._level[b]:
            a, b = b, a
        chain = [a]
        for level in range(self._level[a] + 1, self._level[b]):
            chain.append(len(self._level))
            self._level.append(level)
        return [*chain, b]

    def block(self) -> Block:
        """Everything in its place."""
        layers: list[list[int]] = [[] for _ in range(max(self._level) + 1)]
        for node, level in enumerate(self._level):
            layers[level].append(node)
        layers = ordered(layers, self._near)
        bends = len(self._level) - self._count
        heights = [*(h for _, h in self._sizes), *[_BEND] * bends]
        gaps = [_GAP_Y] * self._count + [_BEND] * bends
        middles = centres(layers, self._near, heights, gaps, frozenset(range(self._count, len(self._level))))
        columns = self._columns(layers)
        places = {
            box.id: (columns[self._level[i]][0], middles[i] - heights[i] / 2, columns[self._level[i]][1], heights[i])
            for i, box in enumerate(self._boxes)
        }
        ways = self._ways(columns, middles)
        bottom = max(y + h / 2 for y, h in zip(middles, heights, strict=True))
        return Block(places, ways, sum(columns[-1]) + self._overhang(columns), bottom)

    def _columns(self, layers: Sequence[Sequence[int]]) -> list[tuple[float, float]]:
        """Left side and width of each column."""
        passing = [0] * len(layers)
        for chain in self._chains:
            for node in chain[:-1]:
                passing[self._level[node]] += 1
        found, x = [], 0.0
        for layer, lines in zip(layers, passing, strict=True):
            width = max((self._sizes[n][0] for n in layer if n < self._count), default=0.0)
            found.append((x, width))
            x += width + min(_GAP_X + _PER_LINE * lines, _WIDEST)
        return found

    def _overhang(self, columns: Sequence[tuple[float, float]]) -> float:
        """Room for lines that swing out of the last column."""
        last = len(columns) - 1
        return _SWING if any(self._level[c[0]] == self._level[c[-1]] == last for c in self._chains) else 0.0

    def _ways(self, columns: Sequence[tuple[float, float]], middles: Sequence[float]) -> dict[int, Way]:
        ports = self._ports(middles)
        ways: dict[int, Way] = {}
        for at, ((line, a, b, back), chain) in enumerate(zip(self._lines, self._chains, strict=True)):
            first, last = chain[0], chain[-1]
            same = self._level[first] == self._level[last]
            points: list[Point] = [(sum(columns[self._level[first]]), middles[first] + ports[at, False])]
            for bend in chain[1:-1]:
                left, width = columns[self._level[bend]]
                points += [(left, middles[bend]), (left + width, middles[bend])]
            left, width = columns[self._level[last]]
            points.append((left + width if same else left, middles[last] + ports[at, True]))
            forwards = first == (b if back else a)
            ways[line] = Way(tuple(points if forwards else reversed(points)), _SWING if same else 0.0)
        return ways

    def _ports(self, middles: Sequence[float]) -> dict[tuple[int, bool], float]:
        """Where each line meets its boxes, from their middles: by (place of the line, whether at its right end)."""
        sides: dict[tuple[int, bool], list[tuple[float, int, bool]]] = defaultdict(list)
        for at, chain in enumerate(self._chains):
            same = self._level[chain[0]] == self._level[chain[-1]]
            sides[chain[0], True].append((middles[chain[1]], at, False))
            sides[chain[-1], same].append((middles[chain[-2]], at, True))
        found: dict[tuple[int, bool], float] = {}
        for (node, _), met in sides.items():
            for (_, at, end), offset in zip(sorted(met), spread(len(met), self._sizes[node][1]), strict=True):
                found[at, end] = offset
        return found
