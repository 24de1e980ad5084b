"""Places for the boxes of a picture and ways for its lines: layers from left to right, part by part."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fixbot_analysis.graph.drawing.layered import Block, arranged
from fixbot_analysis.graph.drawing.looks import look
from fixbot_analysis.graph.drawing.picture import Box, Picture
from fixbot_analysis.graph.drawing.sizes import size

_MARGIN, _APART, _GAP = 28.0, 44.0, 16.0  # pixels: around everything, between parts, between boxes that nothing links
_SHAPE = 1.6  # width by height that is aimed at


@dataclass(frozen=True, slots=True)
class Place:
    """The rectangle of one box, in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each box (by id) goes, the way of each line (by its place in the picture; SVG path data), and the size of the whole, in pixels."""

    places: Mapping[str, Place]
    ways: Mapping[int, str]
    width: float
    height: float


def lay_out(picture: Picture) -> Layout:
    """Places for all boxes, without overlaps; the same for the same picture."""
    sizes = {box.id: size(box) for box in picture.boxes}
    parts = _parts(picture)
    blocks = [arranged(boxes, lines, sizes) for boxes, lines in parts if lines]
    alone = [boxes[0] for boxes, lines in parts if not lines]
    if alone:
        blocks.append(_grid(alone, sizes))
    packed = _packed(blocks)
    loops = {i: _loop(packed.places[e.source]) for i, e in enumerate(picture.lines) if e.source == e.target}
    return Layout(packed.places, {**packed.ways, **loops}, packed.width, packed.height)


def _loop(place: Place) -> str:
    """The way of a line from a box to itself."""
    return f"M{place.x + place.width:.1f} {place.y + 8:.1f}c26 -14 26 {place.height:.1f} 0 {place.height - 16:.1f}"


def _parts(picture: Picture) -> list[tuple[list[Box], list[tuple[int, str, str, bool]]]]:
    """The boxes that hang together, with the lines among them; boxes in columns are one part.

    A line is its place in the picture, the box to its left and the one to its right, and whether it leads to the left one.
    """
    home = {box.id: box.id for box in picture.boxes}

    def root(node: str) -> str:
        while home[node] != node:
            home[node] = home[home[node]]
            node = home[node]
        return node

    for line in picture.lines:
        home[root(line.source)] = root(line.target)
    fixed = [box.id for box in picture.boxes if box.layer is not None]
    for node in fixed[1:]:
        home[root(node)] = root(fixed[0])
    parts: dict[str, tuple[list[Box], list[tuple[int, str, str, bool]]]] = {}
    for box in picture.boxes:
        parts.setdefault(root(box.id), ([], []))[0].append(box)
    for number, line in enumerate(picture.lines):
        back = look(line.kind).upon
        ends = (line.target, line.source) if back else (line.source, line.target)
        parts[root(line.source)][1].append((number, *ends, back))
    return sorted(parts.values(), key=lambda part: -len(part[0]))


def _grid(boxes: Sequence[Box], sizes: Mapping[str, tuple[float, float]]) -> Block:
    """Boxes that nothing links, in as many columns as make a pleasant shape."""
    width = max(sizes[b.id][0] for b in boxes) + _GAP
    height = max(sizes[b.id][1] for b in boxes) + _GAP
    columns = min(max(round(math.sqrt(len(boxes) * height * _SHAPE / width)), 1), len(boxes))
    rows = -(-len(boxes) // columns)
    places = {
        b.id: (at // rows * width, at % rows * height, width - _GAP, sizes[b.id][1]) for at, b in enumerate(boxes)
    }
    return Block(places, {}, columns * width - _GAP, rows * height - _GAP)


def _packed(blocks: Iterable[Block]) -> Layout:
    """The blocks side by side, in rows no wider than makes a pleasant shape."""
    blocks = list(blocks)
    area = sum((b.width + _APART) * (b.height + _APART) for b in blocks)
    widest = max([math.sqrt(area * _SHAPE), *(b.width for b in blocks)], default=0.0)
    places: dict[str, Place] = {}
    ways: dict[int, str] = {}
    x = y = row = right = 0.0
    for block in blocks:
        if x and x + block.width > widest:
            x, y, row = 0.0, y + row + _APART, 0.0
        for node, (left, top, width, height) in block.places.items():
            places[node] = Place(_MARGIN + x + left, _MARGIN + y + top, width, height)
        ways.update({line: way.moved(_MARGIN + x, _MARGIN + y).path for line, way in block.ways.items()})
        right, row = max(right, x + block.width), max(row, block.height)
        x += block.width + _APART
    return Layout(places, ways, right + 2 * _MARGIN, y + row + 2 * _MARGIN)
