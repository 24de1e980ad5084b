"""The table of jobs: ``minute hour day month weekday name [key=value ...]``, settings as ``NAME = value`` above."""

import re
import shlex
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Dict, List

from .schedule import NAMED, FieldError, Schedule

_SETTING = re.compile(r"([a-z_]+)\s*=\s*(.*)")
_SPAN = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class TableError(Exception):
    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


@dataclass
class Entry:
    name: str
    schedule: Schedule
    retries: int = 0
    wait: timedelta = timedelta(minutes=1)
    tags: List[str] = field(default_factory=list)
    options: Dict[str, str] = field(default_factory=dict)


def parse_span(text: str) -> timedelta:
    """``90s``, ``1h30m``, ``2d``; a bare number is seconds."""
    if text.isdigit():
        return timedelta(seconds=int(text))
    if not text or not re.fullmatch(r"(\d+[smhd])+", text):
        raise ValueError(f"not a span of time: {text!r}")
    parts = {}
    for number, unit in _SPAN.findall(text):
        parts[_UNITS[unit]] = parts.get(_UNITS[unit], 0) + int(number)
    return timedelta(**parts)


def read_table(text: str) -> List[Entry]:
    settings: Dict[str, str] = {}
    entries: List[Entry] = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        setting = _SETTING.fullmatch(line)
        try:
            if setting:
                settings[setting.group(1)] = setting.group(2)
            else:
                entries.append(_entry(line, settings))
        except ValueError as error:
            raise TableError(number, str(error)) from error
    names = [entry.name for entry in entries]
    for name in names:
        if names.count(name) > 1:
            raise TableError(0, f"two jobs are called {name}")
    return entries


def _entry(line: str, settings: Dict[str, str]) -> Entry:
    words = shlex.split(line, comments=True)
    width = 1 if words[0].lower() in NAMED else 5
    if len(words) <= width:
        raise FieldError("a schedule and a name are wanted")
    entry = Entry(words[width], Schedule.parse(" ".join(words[:width])))
    given = dict(settings)
    for word in words[width + 1 :]:
        key, sign, value = word.partition("=")
        if not sign:
            raise ValueError(f"key=value wanted, not {word!r}")
        given[key] = value
    entry.retries = int(given.pop("retries", entry.retries))
    if "wait" in given:
        entry.wait = parse_span(given.pop("wait"))
    entry.tags = [tag for tag in given.pop("tags", "").split(",") if tag]
    entry.options = given
    return entry
