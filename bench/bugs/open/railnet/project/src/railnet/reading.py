"""Reads a network from text.

    station Harbour zone=2 change=5
    line U1: Harbour 4 Market 3 "Old Town"
    line R2 (one way): Market 9 Airport
    closed Market - "Old Town"
"""

from __future__ import annotations

import re
import shlex
from typing import List, Tuple

from railnet.network import Network

_LINE = re.compile(r"line\s+(?P<name>\S+?)\s*(?P<one>\(one way\))?\s*:\s*(?P<stops>.+)")


class FormatError(ValueError):
    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"line {number}: {why}")
        self.number = number


def read_network(text: str) -> Network:
    network = Network()
    later: List[Tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        word = line.split()[0]
        try:
            if word == "station":
                _station(network, line)
            elif word == "line":
                _line(network, line)
            elif word == "closed":
                later.append((number, line))
            else:
                raise ValueError(f"{word!r} is not known")
        except ValueError as error:
            raise FormatError(number, str(error)) from error
    for number, line in later:
        words = shlex.split(line)
        if len(words) != 4 or words[2] != "-":
            raise FormatError(number, "closed ONE - OTHER is wanted")
        missing = [name for name in words[1::2] if name not in network]
        if missing:
            raise FormatError(number, f"there is no station {missing[0]!r}")
        network.close(words[1], words[3])
    return network


def _station(network: Network, line: str) -> None:
    words = shlex.split(line)
    if len(words) < 2:
        raise ValueError("a name is wanted")
    values = {}
    for word in words[2:]:
        key, sign, value = word.partition("=")
        if key not in ("zone", "change") or not sign:
            raise ValueError(f"{word!r} is not known")
        values[key] = int(value)
    network.add_station(words[1], **values)


def _line(network: Network, line: str) -> None:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError("line NAME: STATION MINUTES STATION … is wanted")
    words = shlex.split(match.group("stops"))
    if len(words) < 3 or len(words) % 2 == 0:
        raise ValueError("stations with minutes between them are wanted")
    minutes = [0] + [int(word) for word in words[1::2]]
    network.add_line(match.group("name"), zip(words[::2], minutes), both=not match.group("one"))
