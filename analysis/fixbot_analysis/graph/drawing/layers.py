"""Layers for the layered drawing of Sugiyama, Tagawa and Toda (1981): which edges to turn round, and how deep each node lies."""

from collections.abc import Mapping, Sequence

# (source, target) -> weight; nodes are numbers from 0.
Links = Mapping[tuple[int, int], float]


def turned(count: int, links: Links) -> frozenset[tuple[int, int]]:
    """Links to turn round so that no circle is left, of little weight together (Eades, Lin and Smyth 1993, with weights)."""
    place = {node: at for at, node in enumerate(_line(count, links))}
    return frozenset(link for link in links if place[link[0]] > place[link[1]])


def _line(count: int, links: Links) -> list[int]:
    """The nodes in a row along which most of the weight goes forwards."""
    out: list[dict[int, float]] = [{} for _ in range(count)]
    into: list[dict[int, float]] = [{} for _ in range(count)]
    for (source, target), weight in links.items():
        if source != target:
            out[source][target] = into[target][source] = weight
    left = dict.fromkeys(range(count))
    first: list[int] = []
    last: list[int] = []
    ends = [n for n in left if not out[n] or not into[n]]
    while left:
        node = ends.pop() if ends else max(left, key=lambda n: (sum(out[n].values()) - sum(into[n].values()), -n))
        if node not in left:
            continue
        del left[node]
        (first if out[node] or not into[node] else last).append(node)
        for target in out[node]:
            del into[target][node]
        for source in into[node]:
            del out[source][node]
        ends += [n for n in (*out[node], *into[node]) if not out[n] or not into[n]]
        out[node], into[node] = {}, {}
    return first + last[::-1]


def depths(count: int, links: Sequence[tuple[int, int]]) -> list[int]:
    """How many links lead to each node at most; what nothing leads to is moved next to what it leads to. `links` make no circle."""
    out: list[list[int]] = [[] for _ in range(count)]
    into: list[list[int]] = [[] for _ in range(count)]
    for source, target in links:
        out[source].append(target)
        into[target].append(source)
    waiting = [len(i) for i in into]
    order = [n for n in range(count) if not waiting[n]]
    depth = [0] * count
    for here in order:  # grows as it is read
        for target in out[here]:
            depth[target] = max(depth[target], depth[here] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    for here in reversed(order):
        if out[here] and len(into[here]) < len(out[here]):
            depth[here] = max(depth[here], min(depth[t] for t in out[here]) - 1)
    return depth
