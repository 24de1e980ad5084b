"""Where along its layer each node goes: near its neighbours, in the given order, with nothing overlapping."""

from collections.abc import Mapping, Sequence

_SWEEPS = 8
_STRAIGHT = {0: 1.0, 1: 3.0, 2: 9.0}  # weight of a link by how many of its ends are bends: long lines are kept straight
_ALONE = 0.01  # weight of staying where it is


def centres(
    layers: Sequence[Sequence[int]],
    near: Sequence[Sequence[int]],
    sizes: Sequence[float],
    gaps: Sequence[float],
    bends: frozenset[int],
) -> list[float]:
    """The middle of each node along its layer, in pixels from 0; `sizes` and `gaps` (below it) are each node's, `bends` are no nodes but points of lines.

    Layer by layer the sum of squared distances to the neighbours is made least, under the order: pool adjacent
    violators (Barlow and others 1972), swept forwards and back.
    """
    place = [0.0] * len(sizes)
    for layer in layers:
        offsets = _offsets(layer, sizes, gaps)
        middle = offsets[-1] / 2 if offsets else 0.0
        for node, offset in zip(layer, offsets, strict=True):
            place[node] = offset - middle
    level = {n: at for at, layer in enumerate(layers) for n in layer}
    for sweep in range(_SWEEPS):
        forwards = sweep % 2 == 0
        for at, layer in enumerate(layers) if forwards else reversed(list(enumerate(layers))):
            sides = (at - 1, at + 1) if sweep >= _SWEEPS - 2 else ((at - 1,) if forwards else (at + 1,))
            _settle(layer, near, place, level, sides, _offsets(layer, sizes, gaps), bends)
    top = min((place[n] - sizes[n] / 2 for n in range(len(sizes))), default=0.0)
    return [p - top for p in place]


def _offsets(layer: Sequence[int], sizes: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """How far each node must be from the first one at least."""
    found, at = [], 0.0
    for before, node in zip([None, *layer], layer, strict=False):
        if before is not None:
            at += (sizes[before] + sizes[node]) / 2 + min(gaps[before], gaps[node])
        found.append(at)
    return found


def _settle(
    layer: Sequence[int],
    near: Sequence[Sequence[int]],
    place: list[float],
    level: Mapping[int, int],
    sides: tuple[int, ...],
    offsets: Sequence[float],
    bends: frozenset[int],
) -> None:
    """Move the nodes of one layer as near to their neighbours on `sides` as the order and their sizes let them."""
    wanted, weights = [], []
    for node in layer:
        pull = total = 0.0
        for other in near[node]:
            if level[other] in sides:
                weight = _STRAIGHT[(node in bends) + (other in bends)]
                pull += weight * place[other]
                total += weight
        wanted.append(pull / total if total else place[node])
        weights.append(total or _ALONE)
    fitted = _rising([w - o for w, o in zip(wanted, offsets, strict=True)], weights)
    for node, value, offset in zip(layer, fitted, offsets, strict=True):
        place[node] = value + offset


def _rising(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The nearest sequence (weighted least squares) that never falls."""
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many
    for value, weight in zip(values, weights, strict=True):
        block = (value, weight, 1)
        while blocks and blocks[-1][0] > block[0]:
            mean, heavy, many = blocks.pop()
            whole = heavy + block[1]
            block = ((mean * heavy + block[0] * block[1]) / whole, whole, many + block[2])
        blocks.append(block)
    return [mean for mean, _, many in blocks for _ in range(many)]
