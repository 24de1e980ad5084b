"""Groups of nodes that are linked among themselves more than chance would have it.

Louvain's method (Blondel and others, "Fast unfolding of communities in large networks", 2008), and after it the
one promise of Leiden's (Traag and others, 2019) that matters to a reader: each group hangs together.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

# Node -> neighbour -> weight, the same both ways.
Weighted = Sequence[Mapping[int, float]]

_ROUNDS = 30  # of moving nodes at one level; settled long before
_LEAST = 1e-9  # gain that is worth a move


def communities(links: Weighted, resolution: float = 1.0) -> list[list[int]]:
    """The nodes 0 … n-1 in groups, by modularity; more `resolution` makes smaller groups. The same for the same input.

    Each group is connected and sorted; groups go by their first node.
    """
    groups = [[n] for n in range(len(links))]
    level: list[dict[int, float]] = [dict(sorted(row.items())) for row in links]
    while True:
        home = _moved(level, resolution)
        names = {h: i for i, h in enumerate(dict.fromkeys(home))}
        if len(names) == len(level):
            break
        merged: list[list[int]] = [[] for _ in names]
        for node, where in enumerate(home):
            merged[names[where]].extend(groups[node])
        groups = merged
        level = _aggregated(level, [names[h] for h in home])
    return sorted(part for group in groups for part in _connected(sorted(group), links))


def _moved(links: Weighted, resolution: float) -> list[int]:
    """The group of each node once none gains by moving to a neighbour's group."""
    home = list(range(len(links)))
    degree = [sum(row.values()) + row.get(n, 0.0) for n, row in enumerate(links)]
    total = list(degree)
    everything = sum(degree) or 1.0
    for _ in range(_ROUNDS):
        moves = 0
        for node, row in enumerate(links):
            near: dict[int, float] = defaultdict(float)
            near[home[node]] += 0.0
            for other, weight in row.items():
                if other != node:
                    near[home[other]] += weight
            own = home[node]
            total[own] -= degree[node]
            share = resolution * degree[node] / everything
            best = max(near, key=lambda g: (near[g] - share * total[g], g == own, -g))
            if near[best] - share * total[best] <= near[own] - share * total[own] + _LEAST:
                best = own
            home[node] = best
            total[best] += degree[node]
            moves += best != own
        if not moves:
            break
    return home


def _aggregated(links: Weighted, home: Sequence[int]) -> list[dict[int, float]]:
    """The graph of groups; what is linked within a group becomes a link of the group to itself."""
    found: list[dict[int, float]] = [defaultdict(float) for _ in range(max(home) + 1)]
    for node, row in enumerate(links):
        for other, weight in row.items():
            inside = home[node] == home[other] and node != other
            found[home[node]][home[other]] += weight / 2 if inside else weight
    return [dict(sorted(row.items())) for row in found]


def _connected(group: Sequence[int], links: Weighted) -> list[list[int]]:
    """The group in parts that hang together."""
    left, parts = set(group), []
    for first in group:
        if first in left:
            left.discard(first)
            part = [first]
            for here in part:  # grows as it is read
                near = sorted(left.intersection(links[here]))
                left.difference_update(near)
                part.extend(near)
            parts.append(sorted(part))
    return parts
