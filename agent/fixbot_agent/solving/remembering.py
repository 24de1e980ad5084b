"""Memories of the repository in a solve: those that fit are shown to models, and what was verified is remembered."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from fixbot_agent.memory import Entry, Memory, about, holds
from fixbot_agent.prompts import fenced, visible
from fixbot_agent.schemas import Json
from fixbot_agent.solving.conversing.briefing import Assignment
from fixbot_agent.solving.ground import Ground
from fixbot_agent.solving.job import Job
from fixbot_agent.solving.reporting.report import DOUBTED
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.source.decoding import decode
from fixbot_analysis.symbols import SymbolKind, extract
from fixbot_repair.candidates import Candidate
from fixbot_repair.choosing import Confidence

_SHOWN = 5  # memories
_LESSONS = 3  # of one run
_LONGEST = 200  # characters of one lesson
_USED = "remembered.json"
_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True, slots=True)
class Remembering:
    """The memory of one solve; switched off it knows nothing and keeps nothing."""

    job: Job
    ground: Ground

    @property
    def _memory(self) -> Memory:
        return Memory(self.job.places.memory, self.ground.root)

    def recalled(self, assignment: Assignment) -> list[str]:
        """Effect: reads what is remembered. Lines on what still holds and fits `assignment`, the best first; kept in the run.

        A run that is gone on with, or through again, is told what it was told before.
        """
        if self.job.kept is not None and (stored := self.job.kept.kept(_USED)) is not None:
            return [str(line) for line in cast("Sequence[Json]", stored.get("lines", []))]
        lines = []
        if self.job.settings.memory and not self.job.replays:
            entries = [e for e in self._memory.all() if holds(e, self._read)]
            ranked = sorted(
                ((_fit(e, assignment), -n, e) for n, e in enumerate(entries)), reverse=True, key=lambda r: r[:2]
            )
            lines = [_line(e) for fit, _, e in ranked[:_SHOWN] if fit > 0]
        self.job.run.keep(_USED, {"lines": list(lines)})
        return lines

    def keep(
        self, candidate: Candidate, after: Mapping[str, bytes | None], tests: Sequence[str], lessons: Sequence[str]
    ) -> list[Entry]:
        """Effect: remember a verified fix, and what a model says to have learnt, where that names code that there is. What was kept."""
        if not self.job.settings.memory or self.job.replays or self.job.run.folder is None:
            return []

        def now(path: str) -> bytes | None:
            data = after.get(path, b"") if path in after else None
            return _text(path, data) if data else self._read(path)

        run, day = self.job.run.id, time.strftime("%Y-%m-%d", time.gmtime())
        places = [a for name in _edited(candidate, self._read) if (a := about(name, self._read, now))]
        mended = f"; mended {', '.join(tests[:3])}" if tests else ""
        made = (
            [
                Entry(
                    "fix",
                    f"{visible(candidate.note).rstrip(' .') or 'a fix'}{mended}",
                    run,
                    day,
                    tuple(places),
                    by=candidate.source,
                )
            ]
            if places
            else []
        )
        for lesson in lessons[:_LESSONS]:
            name, _, words = lesson.partition(": ")
            tied = about(name.strip().replace(" ", ""), self._read, now)
            if tied and words.strip():
                kind = "how-to" if words.lower().startswith(("to ", "how to ", "run ", "use ")) else "fact"
                made.append(Entry(kind, visible(words)[:_LONGEST], run, day, (tied,), by=candidate.source))
        try:
            return [self._memory.keep(entry, self.job.run.redact) for entry in made]
        except OSError:
            return []  # what cannot be written is not remembered

    def _read(self, path: str) -> bytes | None:
        try:
            return _text(path, self.ground.workspace.original(path))
        except FixbotError:
            return None


def believed(confidence: Confidence | None) -> bool:
    """Whether a fix that holds is one to remember: a search's that is doubted (`confidence`, None where nothing says) is not.

    Models take a verified fix for how things are done here, and a figure beside it would not keep them from following one
    that is wrong nine times out of ten.
    """
    return confidence is None or confidence.value >= DOUBTED


def told(lines: Sequence[str]) -> str:
    """What a model is told of them."""
    listed = "\n".join(f"- {line}" for line in lines)
    return (
        "Remembered from earlier runs in this repository; the code that it is about has not changed since. The fixes were verified; "
        f"what else a model said there nobody checked, so look before you rely on it:\n{fenced('memory', listed)}\n"
    )


def _text(path: str, data: bytes | None) -> bytes | None:
    try:
        return decode(path, data).data if data is not None else None
    except FixbotError:
        return None


def _line(entry: Entry) -> str:
    where = ", ".join(a.name for a in entry.about)
    verdict = "whose patch was verified" if entry.is_verified else "whose patch was not verified"
    kind = f"a model's word, {verdict}" if entry.is_a_word else entry.kind
    return f"remembered from run {entry.run} ({kind}): {where}: {entry.text}"


def _fit(entry: Entry, assignment: Assignment) -> float:
    """How well a memory fits: it is about a suspicious definition, a suspicious file, or has words of the issue."""
    names, files = set(assignment.places), set(assignment.suspects.files)
    words = set(_WORD.findall(assignment.issue.text.lower())) if assignment.issue else set()
    own = set(_WORD.findall(entry.text.lower()))
    shared = len(words & own) / max(len(own), 1)
    return (
        2.0 * any(a.name in names for a in entry.about)
        + 1.0 * bool(entry.paths & files)
        + (shared if shared > 0.2 else 0.0)
    )


def _edited(candidate: Candidate, read: Callable[[str], bytes | None]) -> list[str]:
    """The innermost definitions that a patch edits, else the files: "path::Class.method"."""
    found: dict[str, None] = {}
    for edit in candidate.patch.edits:
        data = read(edit.path)
        symbols = extract(data).symbols if data is not None and edit.path.endswith(".py") else ()
        inside = [
            s
            for s in symbols
            if s.kind is not SymbolKind.CLASS and s.qualname and s.span.start <= edit.span.start < s.span.end
        ]
        inner = max(inside, key=lambda s: s.span.start, default=None)
        found.setdefault(f"{edit.path}::{inner.qualname}" if inner else edit.path)
    return list(found)
