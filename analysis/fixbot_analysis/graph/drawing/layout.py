"""Places for the boxes of a picture: layers from left to right, ordered to cross few lines.

The layered method of Sugiyama, Tagawa and Toda (1981), with barycentres for the order within a layer.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixbot_analysis.graph.drawing.picture import Picture

_CHARACTER = 7.2  # width of one character, in pixels
_HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 34, 90, 14, 24  # pixels
_ROWS = 24  # boxes of one column; a fuller layer takes several
_SWEEPS = 6
_NARROWEST, _WIDEST = 8, 48  # characters of a label


@dataclass(frozen=True, slots=True)
class Place:
    """The rectangle of one box, in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each box (by id) goes, and the size of the whole, in pixels."""

    places: Mapping[str, Place]
    width: float
    height: float


def lay_out(picture: Picture) -> Layout:
    """Places for all boxes, without overlaps; the same for the same picture."""
    ids = [box.id for box in picture.boxes]
    links = sorted({(line.source, line.target) for line in picture.lines if line.source != line.target})
    columns = [part for layer in _ordered(_layers(ids, links), links) for part in _split(layer)]
    labels = {box.id: box.label for box in picture.boxes}
    tallest = max((len(c) for c in columns), default=0)
    places: dict[str, Place] = {}
    x = float(_MARGIN)
    for column in columns:
        width = _CHARACTER * min(max(len(labels[i]) for i in column), _WIDEST) + 20
        width = max(width, _CHARACTER * _NARROWEST + 20)
        top = _MARGIN + (tallest - len(column)) * (_HEIGHT + _GAP_Y) / 2
        for row, each in enumerate(column):
            places[each] = Place(x, top + row * (_HEIGHT + _GAP_Y), width, _HEIGHT)
        x += width + _GAP_X
    return Layout(places, max(x - _GAP_X, 0) + _MARGIN, tallest * (_HEIGHT + _GAP_Y) - _GAP_Y + 2 * _MARGIN)


def _layers(ids: Sequence[str], links: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Each box right of all that lead to it, but for the lines that close a circle."""
    forward = _without_circles(ids, links)
    depth = dict.fromkeys(ids, 0)
    incoming: dict[str, int] = dict.fromkeys(ids, 0)
    for targets in forward.values():
        for target in targets:
            incoming[target] += 1
    ready = [i for i in ids if not incoming[i]]
    for here in ready:  # grows as it is read
        for target in forward[here]:
            depth[target] = max(depth[target], depth[here] + 1)
            incoming[target] -= 1
            if not incoming[target]:
                ready.append(target)
    layers: dict[int, list[str]] = defaultdict(list)
    for each in ids:
        layers[depth[each]].append(each)
    return [layers[d] for d in sorted(layers)]


def _without_circles(ids: Sequence[str], links: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """The links by source, less those that lead back to a box whose search is not finished."""
    out: dict[str, list[str]] = {i: [] for i in ids}
    for source, target in links:
        out[source].append(target)
    kept: dict[str, list[str]] = {i: [] for i in ids}
    state: dict[str, int] = {}  # 1: being searched, 2: finished
    for start in (i for i in ids if i not in state):
        state[start] = 1
        stack = [(start, iter(out[start]))]
        while stack:
            here, rest = stack[-1]
            target = next(rest, "")
            if not target:
                state[here] = 2
                stack.pop()
            elif state.get(target) != 1:
                kept[here].append(target)
                if target not in state:
                    state[target] = 1
                    stack.append((target, iter(out[target])))
    return kept


def _ordered(layers: list[list[str]], links: Sequence[tuple[str, str]]) -> list[list[str]]:
    """The layers with their boxes near what they are linked to."""
    near: dict[str, list[str]] = defaultdict(list)
    for source, target in links:
        near[source].append(target)
        near[target].append(source)
    for sweep in range(_SWEEPS):
        place = {each: row / len(layer) for layer in layers for row, each in enumerate(layer)}
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            layer.sort(key=lambda i: (sum(place[n] for n in near[i]) / len(near[i]) if near[i] else place[i], i))
            place.update({each: row / len(layer) for row, each in enumerate(layer)})
    return layers


def _split(layer: list[str]) -> list[list[str]]:
    columns = -(-len(layer) // _ROWS)
    size = -(-len(layer) // columns)
    return [layer[i : i + size] for i in range(0, len(layer), size)]
