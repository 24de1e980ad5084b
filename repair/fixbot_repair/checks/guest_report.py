"""What the guest tells about one run of tests, read from its pipe into typed values."""

import dataclasses
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from fixbot_repair.checks.finding import TestOutcome, TestStatus

_MOST = 256 << 20  # bytes of messages of one run
_KINDS = frozenset(
    {
        "start",
        "note",
        "collected",
        "uncollected",
        "unready",
        "sentinel",
        "begin",
        "test",
        "loaded",
        "end",
        "stopped",
        "looked",
    }
)
Json = Mapping[str, object]


@dataclass(slots=True)
class GuestReport:
    """One run. `current` is the test that had begun and not ended when the process was gone.

    `collected` is None when collection did not come to its end. `inside` are the project's files that were loaded from
    the workspace, `outside` top-level modules loaded from elsewhere (name -> file). `rejected` counts lines on the pipe
    that were not the guest's.
    """

    python: str = ""
    collected: tuple[str, ...] | None = None
    needs: tuple[str, ...] = ()
    outcomes: dict[str, TestOutcome] = field(default_factory=dict)
    uncollected: dict[str, TestOutcome] = field(default_factory=dict)
    sentinel: str = ""
    current: str = ""
    ended: bool = False
    code: int = 0
    inside: frozenset[str] = frozenset()
    outside: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rejected: int = 0
    stopped: Json = field(default_factory=dict)  # what the debugger saw where it stopped
    looked: Json = field(default_factory=dict)  # what it saw in all

    @classmethod
    def read(cls, data: bytes, word: str) -> "GuestReport":
        """Read everything that came through the pipe; a last line that is cut off is left out."""
        report = cls()
        start = f"{word} ".encode()
        for line in data.split(b"\n"):
            message = _parse(line[len(start) :]) if line.startswith(start) else None
            if message is not None:
                report._take(message)
            elif line:
                report.rejected += 1
        return report

    def _take(self, message: Json) -> None:
        kind = _text(message, "kind")
        if kind in _KINDS:
            getattr(self, f"_on_{kind}")(message)
        else:
            self.rejected += 1

    def _on_start(self, message: Json) -> None:
        self.python = _text(message, "python")
        self.notes += _texts(message, "notes")

    def _on_note(self, message: Json) -> None:
        self.notes.append(_text(message, "text"))

    def _on_collected(self, message: Json) -> None:
        self.collected = _texts(message, "ids")
        self.needs = _texts(message, "needs")

    def _on_uncollected(self, message: Json) -> None:
        outcome = dataclasses.replace(_outcome(message, TestStatus.ERROR), collected=False)
        self.uncollected[outcome.test] = outcome

    def _on_unready(self, message: Json) -> None:
        self.notes.append(f"{_text(message, 'what')}: {_text(message, 'message')}")

    def _on_sentinel(self, message: Json) -> None:
        self.sentinel = _text(message, "status")

    def _on_begin(self, message: Json) -> None:
        self.current = _text(message, "id")

    def _on_test(self, message: Json) -> None:
        self.current = ""
        try:
            outcome = _outcome(message, TestStatus(_text(message, "status")))
        except ValueError:
            self.rejected += 1
        else:
            self.outcomes[outcome.test] = outcome

    def _on_loaded(self, message: Json) -> None:
        self.inside |= frozenset(_texts(message, "inside"))
        outside = message.get("outside")
        if isinstance(outside, dict):
            self.outside.update({str(k): str(v) for k, v in outside.items()})

    def _on_stopped(self, message: Json) -> None:
        self.stopped = message

    def _on_looked(self, message: Json) -> None:
        self.looked = message

    def _on_end(self, message: Json) -> None:
        self.ended = True
        self.code = int(_number(message, "code"))


def _parse(line: bytes) -> Json | None:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return cast("Json", message) if isinstance(message, dict) else None


def _text(message: Json, key: str) -> str:
    value = message.get(key, "")
    return value if isinstance(value, str) else ""


def _texts(message: Json, key: str) -> tuple[str, ...]:
    value = message.get(key)
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def _number(message: Json, key: str) -> float:
    value = message.get(key)
    return float(value) if isinstance(value, int | float) else 0.0


def _outcome(message: Json, status: TestStatus) -> TestOutcome:
    return TestOutcome(
        test=_text(message, "id"),
        status=status,
        seconds=_number(message, "seconds"),
        message=_text(message, "message"),
        detail=_text(message, "detail"),
        output=_text(message, "output"),
        frames=tuple(_frames(message.get("frames"))),
        lines=tuple(_lines(message.get("lines"))),
    )


def _frames(value: object) -> list[tuple[str, int, str]]:
    rows = value if isinstance(value, list) else []
    return [(str(r[0]), int(r[1]), str(r[2])) for r in rows if isinstance(r, list) and len(r) == 3]


def _lines(value: object) -> list[tuple[str, tuple[int, ...]]]:
    table = value if isinstance(value, dict) else {}
    return [(str(k), tuple(n for n in v if isinstance(n, int))) for k, v in table.items() if isinstance(v, list)]


class Pipe:
    """A pipe that a guest writes to and a thread empties, however much comes; a context manager."""

    def __init__(self) -> None:
        self._read, self.write_end = os.pipe()
        os.set_inheritable(self.write_end, True)
        self._parts: list[bytes] = []
        self._open = True
        self.thrown_away = 0
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        size = 0
        while part := os.read(self._read, 1 << 16):
            size += len(part)
            if size <= _MOST:
                self._parts.append(part)
            else:
                self.thrown_away += len(part)
        os.close(self._read)

    def finish(self) -> bytes:
        """Effect: close the writing end and return all that was written (at most 256 MiB)."""
        if self._open:
            self._open = False
            os.close(self.write_end)
            self._thread.join(timeout=10.0)
        return b"".join(self._parts)

    def __enter__(self) -> "Pipe":
        return self

    def __exit__(self, *exc: object) -> None:
        self.finish()
