"""Weak points: tracks and stations without which the network falls apart; and the cheapest net that holds together."""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Set, Tuple

from railnet.network import Network


def _neighbours(network: Network) -> Dict[str, List[str]]:
    found: Dict[str, Set[str]] = {station.name: set() for station in network}
    for track in network.all_tracks():
        if track.start != track.end:
            found[track.start].add(track.end)
            found[track.end].add(track.start)
    return {name: sorted(others) for name, others in found.items()}


def _walk(network: Network) -> Tuple[Dict[str, int], Dict[str, int], Dict[str, Optional[str]], List[str]]:
    """Depth-first: when each station was met, the earliest met that can be reached from below it, its parent, the order."""
    neighbours = _neighbours(network)
    met: Dict[str, int] = {}
    low: Dict[str, int] = {}
    parent: Dict[str, Optional[str]] = {}
    order: List[str] = []
    for root in sorted(neighbours):
        if root in met:
            continue
        parent[root] = None
        stack: List[Tuple[str, Iterator[str]]] = [(root, iter(neighbours[root]))]
        met[root] = low[root] = len(met)
        order.append(root)
        while stack:
            name, others = stack[-1]
            for other in others:
                if other not in met:
                    parent[other] = name
                    met[other] = low[other] = len(met)
                    order.append(other)
                    stack.append((other, iter(neighbours[other])))
                    break
                if other != parent[name]:
                    low[name] = min(low[name], met[other])
            else:
                stack.pop()
                above = parent[name]
                if above is not None:
                    low[above] = min(low[above], low[name])
    return met, low, parent, order


def bridges(network: Network) -> List[Tuple[str, str]]:
    """Pairs of neighbours that are connected by nothing else, each in order of name."""
    met, low, parent, order = _walk(network)
    found = []
    for name in order:
        above = parent[name]
        if above is not None and low[name] > met[above]:
            found.append((min(name, above), max(name, above)))
    return sorted(found)


def hubs(network: Network) -> List[str]:
    """Stations without which some others could not reach each other."""
    met, low, parent, order = _walk(network)
    children: Dict[str, int] = {}
    found: Set[str] = set()
    for name in order:
        above = parent[name]
        if above is None:
            continue
        children[above] = children.get(above, 0) + 1
        if parent[above] is not None and low[name] >= met[above]:
            found.add(above)
    found.update(name for name, many in children.items() if parent[name] is None and many > 1)
    return sorted(found)


def backbone(network: Network) -> Tuple[int, List[Tuple[str, str]]]:
    """Minutes and pairs of the cheapest tracks that hold each part together (Kruskal)."""
    leader = {station.name: station.name for station in network}

    def find(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    total, chosen = 0, []
    tracks = {(t.minutes, min(t.start, t.end), max(t.start, t.end)) for t in network.all_tracks()}
    for minutes, one, other in sorted(tracks):
        if find(one) != find(other):
            leader[find(one)] = find(other)
            total += minutes
            chosen.append((one, other))
    return total, sorted(chosen)
