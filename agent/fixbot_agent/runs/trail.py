"""The runs that were kept, read back."""

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fixbot_agent.errors import RunNotFound
from fixbot_agent.runs.run import BLOBS, EVENTS, is_held, opened
from fixbot_agent.schemas import Json

_ID = re.compile(r"\d{8}T\d{9}-[0-9a-f]{6}\Z")
_MOST_NAMED = 5
_INTERRUPTED = 130  # the contract's exit code of a run that a person ended
_LIMIT = 64 << 20  # bytes of one file of a run


@dataclass(frozen=True, slots=True)
class Kept:
    """A run on disk. `root` is the repository it was about; `status` is the report's, "interrupted" for one that a person ended;
    without a report "running" while its process lives, else "unfinished". `seconds` it took, or has been running, or had until it was
    cut short; what passed before it was taken up again does not count.
    """

    id: str
    folder: Path
    command: str = ""
    root: str = ""
    status: str = "unfinished"
    seconds: float = 0.0
    report: Mapping[str, Json] | None = None

    @property
    def patch(self) -> str:
        """Effect: the patch that was found, "" when there is none."""
        return _text(self.folder / "patch.diff")

    def kept(self, name: str) -> Mapping[str, Json] | None:
        """Effect: the JSON object in the file `name` of the run, None when there is none that can be read."""
        return _object(_text(self.folder / name))

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models that were asked, as the report says; of a run without a report as its events do.

        Effect: reads the run.
        """
        told = self.report.get("models") if self.report else None
        rows = told if isinstance(told, list) else [e for e in self.events() if e.get("kind") == "model"]
        return tuple(dict.fromkeys(str(row.get("name")) for row in rows if isinstance(row, Mapping)))

    def events(self) -> Iterator[Mapping[str, Json]]:
        """Effect: yield the events in the order they happened; a line cut short by a crash is left out."""
        for line in _text(self.folder / EVENTS).split("\n"):
            record = _object(line)
            if record is not None:
                yield record

    def worked(self, until: float = 0.0) -> float:
        """Effect: reads the events. Seconds that its processes were at work, one after the other; the last one up to `until` (since 1970), where it lives."""
        spans: list[list[float]] = []
        for event in self.events():
            at = event.get("at")
            if isinstance(at, (int, float)):
                if event.get("kind") in ("started", "resumed") or not spans:
                    spans.append([at, at])
                spans[-1][1] = at
        if spans and until:
            spans[-1][1] = until
        return round(sum(max(last - first, 0.0) for first, last in spans), 1)

    def blobs(self) -> dict[str, Json]:
        """Effect: the contents that events name, by name; one that was cut short by a crash is left out."""
        rows = (_object(line) for line in _text(self.folder / BLOBS).split("\n"))
        return {str(row.get("id")): row.get("value") for row in rows if row is not None}


class Trail:
    """All runs below one folder."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs

    def count(self) -> int:
        """Effect: how many runs there are, without reading them; 0 where that cannot be told."""
        try:
            return sum(_ID.match(p.name) is not None for p in self._runs.iterdir())
        except OSError:
            return 0

    def listed(self) -> list[Kept]:
        """Effect: read every run, the newest first. Raises OSError where there are some that cannot be looked at."""
        try:
            names = [p.name for p in self._runs.iterdir() if _ID.match(p.name)]
        except FileNotFoundError:
            return []
        return [_kept(self._runs / name) for name in sorted(names, reverse=True)]

    def find(self, name: str) -> Kept:
        """Effect: the run whose id is, or begins or ends with, `name`; ``last`` is the newest. Raises RunNotFound."""
        runs = self.listed()
        found = runs[:1] if name == "last" else [r for r in runs if r.id.startswith(name) or r.id.endswith(name)]
        if not name or len(found) != 1:
            what = "is not unique" if len(found) > 1 else "does not exist"
            newest = ", ".join(f"{r.id} ({r.command}, {r.status})" for r in (found or runs)[:_MOST_NAMED])
            hint = f"'fixbot runs list' shows all; the newest: {newest}" if newest else "no runs were kept yet"
            raise RunNotFound(f"the run '{name}' {what}", hint)
        return found[0]

    def of_command(self, command: str, name: str, root: Path) -> Kept:
        """Effect: as :meth:`find`, but ``last`` is the newest of `command` in the project at `root`: what goes on is no other. Raises RunNotFound."""
        if name != "last":
            return self.find(name)
        own = [run for run in self.listed() if run.command == command]
        for run in own:
            if run.root == str(root):
                return run
        others = ", ".join(f"{run.id} (in {run.root})" for run in own[:_MOST_NAMED])
        hint = f"go there, or name the run: {others}" if others else f"no {command} was kept in any project"
        raise RunNotFound(f"no {command} of {root} was kept", hint)


def _kept(folder: Path) -> Kept:
    first = _object(_first_line(folder / EVENTS)) or {}
    report = _object(_text(folder / "report.json"))
    running = report is None and is_held(folder)
    seconds = report.get("seconds") if report else 0.0
    made = Kept(
        id=folder.name,
        folder=folder,
        command=str(first.get("command", "")),
        root=str(first.get("root", "")),
        status=_status(report) if report else "running" if running else "unfinished",
        seconds=float(seconds) if isinstance(seconds, (int, float)) else 0.0,
        report=report,
    )
    return made if report is not None else replace(made, seconds=made.worked(time.time() if running else 0.0))


def _status(report: Mapping[str, Json]) -> str:
    return "interrupted" if report.get("exit_code") == _INTERRUPTED else str(report.get("status", ""))


def _first_line(path: Path) -> str:
    return _data(path, 1 << 20).partition(b"\n")[0].decode("utf-8", "replace")


def _text(path: Path) -> str:
    data = _data(path, _LIMIT + 1)
    return data.decode("utf-8", "surrogateescape") if len(data) <= _LIMIT else ""


def _data(path: Path, most: int) -> bytes:
    """At most `most` bytes of a file; b"" where there is none, and of a pipe, which is not waited for."""
    try:
        with os.fdopen(opened(path, os.O_RDONLY), "rb") as source:
            return source.read(most)
    except OSError:
        return b""


def _object(text: str) -> Mapping[str, Json] | None:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
