"""The order of nodes within their layers: where each is near what it is linked to, few lines cross."""

from bisect import bisect_right, insort
from collections.abc import Sequence

Layers = list[list[int]]

_SWEEPS = 12
_WAITS = 4  # sweeps without a gain before giving up
_EXCHANGED = 400  # nodes up to which neighbours are tried the other way round


def ordered(layers: Layers, near: Sequence[Sequence[int]]) -> Layers:
    """The `layers` with their nodes in a better order; `near` are each node's neighbours, all of them in the next layer or the last.

    Barycentres, swept forwards and back (Sugiyama and others 1981), then exchanges of neighbours; the best order seen wins.
    """
    layers = [list(layer) for layer in layers]
    level = {n: at for at, layer in enumerate(layers) for n in layer}
    best, fewest, waited = [list(layer) for layer in layers], _crossings(layers, near, level), 0
    small = len(level) <= _EXCHANGED
    for sweep in range(_SWEEPS):
        if not fewest or waited == _WAITS:
            break
        _sweep(layers, near, forwards=sweep % 2 == 0)
        if small:
            _exchange(layers, near, level)
        now = _crossings(layers, near, level)
        waited = 0 if now < fewest else waited + 1
        if now < fewest:
            best, fewest = [list(layer) for layer in layers], now
    return best


def _sweep(layers: Layers, near: Sequence[Sequence[int]], *, forwards: bool) -> None:
    """Order each layer by the mean place of its neighbours in the layer before it (or behind it)."""
    order = range(1, len(layers)) if forwards else range(len(layers) - 2, -1, -1)
    for at in order:
        before = at - 1 if forwards else at + 1
        place = {n: row for row, n in enumerate(layers[before])}
        own = {n: row for row, n in enumerate(layers[at])}
        scale = len(layers[before]) / max(len(own), 1)

        def mean(node: int, place: dict[int, int] = place, own: dict[int, int] = own, scale: float = scale) -> float:
            rows = [place[n] for n in near[node] if n in place]
            return sum(rows) / len(rows) if rows else own[node] * scale

        layers[at].sort(key=mean)


def _exchange(layers: Layers, near: Sequence[Sequence[int]], level: dict[int, int]) -> None:
    """Swap neighbours in a layer where fewer lines cross then."""
    place = {n: row for layer in layers for row, n in enumerate(layer)}
    for at, layer in enumerate(layers):
        for row in range(len(layer) - 1):
            a, b = layer[row], layer[row + 1]
            now = then = 0
            for side in (at - 1, at + 1):
                first = sorted(place[n] for n in near[a] if level[n] == side)
                second = sorted(place[n] for n in near[b] if level[n] == side)
                now += _inversions(first, second)
                then += _inversions(second, first)
            if then < now:
                layer[row], layer[row + 1] = b, a
                place[a], place[b] = row + 1, row


def _inversions(first: Sequence[int], second: Sequence[int]) -> int:
    """How many lines cross when a node with neighbours at the places `first` lies before one with `second`; both sorted."""
    return sum(len(first) - bisect_right(first, p) for p in second)


def _crossings(layers: Layers, near: Sequence[Sequence[int]], level: dict[int, int]) -> int:
    """How many pairs of lines cross."""
    total = 0
    for at in range(len(layers) - 1):
        place = {n: row for row, n in enumerate(layers[at + 1])}
        seen: list[int] = []
        for node in layers[at]:
            rows = [place[n] for n in near[node] if level[n] == at + 1]
            total += sum(len(seen) - bisect_right(seen, row) for row in rows)
            for row in rows:
                insort(seen, row)
    return total
