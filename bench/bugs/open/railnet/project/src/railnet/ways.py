"""Ways through a network: the fastest, the ones with the fewest changes, and all that can be reached."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from itertools import count, groupby
from typing import Dict, List, Optional, Set, Tuple

from railnet.network import Network, Track


class NoWay(Exception):
    pass


@dataclass(frozen=True)
class Way:
    start: str
    tracks: Tuple[Track, ...]
    minutes: int

    @property
    def stops(self) -> List[str]:
        return [self.start] + [track.end for track in self.tracks]

    @property
    def legs(self) -> List[Tuple[str, str, str]]:
        """(line, from, to) of each part without a change."""
        found = []
        for line, group in groupby(self.tracks, key=lambda track: track.line):
            tracks = list(group)
            found.append((line, tracks[0].start, tracks[-1].end))
        return found

    @property
    def changes(self) -> int:
        return max(0, len(self.legs) - 1)


def fastest(network: Network, start: str, end: str, avoid: Tuple[str, ...] = ()) -> Way:
    """The fastest way, changes included; of equals the one with fewer changes. Stations to avoid are not passed."""
    network.station(start), network.station(end)
    order = count()
    best: Dict[Tuple[str, str], Tuple[int, int]] = {}
    heap: List[Tuple[int, int, int, str, str, Tuple[Track, ...]]] = [(0, 0, next(order), start, "", ())]
    while heap:
        minutes, changes, _, name, line, tracks = heapq.heappop(heap)
        if name == end:
            return Way(start, tracks, minutes)
        if best.get((name, line), (minutes, changes + 1)) <= (minutes, changes):
            continue
        best[name, line] = (minutes, changes)
        for track in network.tracks(name):
            if track.end in avoid:
                continue
            changing = bool(tracks) and track.line != line
            wait = network.station(name).change if changing else 0
            heapq.heappush(
                heap,
                (minutes + wait + track.minutes, changes + changing, next(order), track.end, track.line, tracks + (track,)),
            )
    raise NoWay(f"no way from {start} to {end}")


def reachable(network: Network, start: str, minutes: Optional[int] = None) -> Dict[str, int]:
    """Minutes to every station that can be reached, changes not counted; only those within a time where one is given."""
    network.station(start)
    done: Dict[str, int] = {}
    heap = [(0, start)]
    while heap:
        time, name = heapq.heappop(heap)
        if name in done:
            continue
        done[name] = time
        for track in network.tracks(name):
            arrival = time + track.minutes
            if track.end not in done and (minutes is None or arrival <= minutes):
                heapq.heappush(heap, (arrival, track.end))
    return done


def fewest_stops(network: Network, start: str, end: str) -> List[str]:
    """Stations of a way with as few stops as there can be; of equals the first by name."""
    network.station(start), network.station(end)
    before: Dict[str, Optional[str]] = {start: None}
    waiting = deque([start])
    while waiting:
        name = waiting.popleft()
        if name == end:
            break
        for other in sorted({track.end for track in network.tracks(name)}):
            if other not in before:
                before[other] = name
                waiting.append(other)
    if end not in before:
        raise NoWay(f"no way from {start} to {end}")
    stops: List[str] = []
    at: Optional[str] = end
    while at is not None:
        stops.append(at)
        at = before[at]
    return stops[::-1]


def parts(network: Network) -> List[Set[str]]:
    """Sets of stations between which one can travel, directions aside; the largest first."""
    neighbours: Dict[str, Set[str]] = {station.name: set() for station in network}
    for track in network.all_tracks():
        neighbours[track.start].add(track.end)
        neighbours[track.end].add(track.start)
    left, found = set(neighbours), []
    while left:
        part, waiting = set(), [min(left)]
        while waiting:
            name = waiting.pop()
            if name not in part:
                part.add(name)
                waiting.extend(neighbours[name] - part)
        left -= part
        found.append(part)
    return sorted(found, key=lambda part: (-len(part), min(part)))
