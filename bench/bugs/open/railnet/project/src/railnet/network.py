"""The network: stations, and tracks between them that take some minutes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, Iterable, Iterator, List, Optional, Set, Tuple


class UnknownStation(KeyError):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"there is no station {self.name!r}"


@dataclass(frozen=True)
class Track:
    start: str
    end: str
    minutes: int
    line: str = ""

    def reversed(self) -> "Track":
        return Track(self.end, self.start, self.minutes, self.line)


@dataclass
class Station:
    name: str
    zone: int = 1
    change: int = 3  # minutes that a change of lines takes
    tracks: List[Track] = field(default_factory=list)


class Network:
    def __init__(self) -> None:
        self._stations: Dict[str, Station] = {}
        self.closed: Set[Tuple[str, str]] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._stations

    def __len__(self) -> int:
        return len(self._stations)

    def __iter__(self) -> Iterator[Station]:
        return iter(self._stations.values())

    def station(self, name: str) -> Station:
        if name not in self._stations:
            raise UnknownStation(name)
        return self._stations[name]

    def add_station(self, name: str, zone: int = 1, change: int = 3) -> Station:
        """A station; one that is there already is only given the new values."""
        station = self._stations.setdefault(name, Station(name))
        station.zone, station.change = zone, change
        return station

    def add_track(self, start: str, end: str, minutes: int, line: str = "", both: bool = True) -> None:
        if minutes < 0:
            raise ValueError("a track cannot take less than no time")
        for name in (start, end):
            if name not in self._stations:
                self.add_station(name)
        track = Track(start, end, minutes, line)
        self._stations[start].tracks.append(track)
        if both:
            self._stations[end].tracks.append(track.reversed())

    def add_line(self, line: str, stops: Iterable[Tuple[str, int]], both: bool = True) -> None:
        """A line: each stop with the minutes since the stop before."""
        before: Optional[str] = None
        for name, minutes in stops:
            if before is None:
                self._stations.setdefault(name, Station(name))
            else:
                self.add_track(before, name, minutes, line, both)
            before = name

    def close(self, one: str, other: str) -> None:
        """No train between two neighbours, in either direction."""
        self.closed.add((one, other))
        self.closed.add((other, one))

    def reopen(self, one: str, other: str) -> None:
        self.closed -= {(one, other), (other, one)}

    def tracks(self, name: str) -> List[Track]:
        """The tracks on which trains leave a station now."""
        return [t for t in self.station(name).tracks if (t.start, t.end) not in self.closed]

    def all_tracks(self) -> Iterator[Track]:
        for station in self:
            yield from self.tracks(station.name)

    def lines(self) -> Dict[str, List[str]]:
        """Stations of each line, in order of name."""
        found: Dict[str, Set[str]] = {}
        for track in self.all_tracks():
            if track.line:
                found.setdefault(track.line, set()).update((track.start, track.end))
        return {line: sorted(names) for line, names in sorted(found.items())}
