"""What was sent to models, kept where the user can open it: a private file, capped, without keys."""

import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

_LARGEST = 2 << 20  # bytes of the file; then it becomes the older of two


@dataclass(frozen=True, slots=True)
class Sent:
    """What left since the program began: requests, tokens (estimated until the endpoint counts them), the time of the last (ISO 8601, UTC)."""

    requests: int = 0
    tokens: int = 0
    last: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `files` are those whose text it holds, `body` what is sent word for word, `tokens` an estimate."""

    model: str
    address: str
    way: str
    files: tuple[str, ...]
    body: Mapping[str, object] = field(repr=False)
    tokens: int


class End(StrEnum):
    """What came of a request that left."""

    ANSWERED = "answered"
    FAILED = "failed"
    CUT = "cut"  # by us, while the answer was on its way


class Journal:
    """Writes lines of JSON to `file`: of a request its text once it left (``sent``), and what came of it; of one that found no connection only
    that (``not sent``). Where it cannot be written nothing is lost but the line. For any thread.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.Lock()
        self._sent = Sent()
        self._told: Callable[[], None] = lambda: None

    @property
    def sent(self) -> Sent:
        """The sums so far."""
        return self._sent

    def listen(self, told: Callable[[], None]) -> None:
        """`told` is called whenever a request left, from the thread that sends it."""
        self._told = told

    def begin(self, request: Request) -> "Note":
        """The note of a request that is about to be made. Nothing is written yet."""
        return Note(self, request)

    def left(self, request: Request, number: str) -> None:
        """Effect: count a request, and write down what it held."""
        now, said = _now(), json.dumps(request.body, ensure_ascii=False)
        line = {
            **_head("sent", number, request, now), "bytes": len(said.encode("utf-8", "replace")), "tokens_in": request.tokens,
            "files": list(request.files), "body": request.body,
        }  # fmt: skip
        with self._lock:
            self._sent = Sent(self._sent.requests + 1, self._sent.tokens + request.tokens, now)
            self._write(line)
        with suppress(OSError):  # who listens has gone
            self._told()

    def ended(self, request: Request, number: str, event: str, tokens: int, **what: object) -> None:
        """Effect: write down what came of a request; `tokens` is what the count so far lacks."""
        with self._lock:
            self._sent = Sent(self._sent.requests, self._sent.tokens + tokens, self._sent.last)
            self._write({**_head(event, number, request, _now()), **what})

    def _write(self, line: Mapping[str, object]) -> None:
        with suppress(OSError):
            self._append(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n")

    def _append(self, line: bytes) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.file.exists() and self.file.stat().st_size + len(line) > _LARGEST:
            self.file.replace(self.file.with_name(f"{self.file.name}.1"))
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(self.file, flags, 0o600), "ab+") as out:
            size = out.seek(0, os.SEEK_END)
            out.seek(max(size - 1, 0))
            out.write(line if out.read(1) in (b"", b"\n") else b"\n" + line)  # what a full disk cut short stays alone


class Note:
    """One request in the journal: :meth:`sent` when it left, then :meth:`ended`."""

    def __init__(self, journal: Journal, request: Request) -> None:
        self._journal, self._request = journal, request
        self._number = secrets.token_hex(4)
        self._began = time.monotonic()
        self._has_left = False

    def sent(self) -> None:
        """Effect: write that it left."""
        self._has_left = True
        self._journal.left(self._request, self._number)

    def ended(self, end: End, why: str, tokens_in: int, tokens_out: int) -> None:
        """Effect: write what came of it; where it did not leave, that. `tokens_in` as the endpoint counted them, 0 where it did not."""
        seconds = round(time.monotonic() - self._began, 3)
        if not self._has_left:
            self._journal.ended(self._request, self._number, "not sent", 0, outcome=why, seconds=seconds)
            return
        counted = tokens_in or self._request.tokens
        self._journal.ended(
            self._request, self._number, end, counted - self._request.tokens,
            outcome=why, tokens_in=counted, tokens_out=tokens_out, seconds=seconds,
        )  # fmt: skip


def _head(event: str, number: str, request: Request, now: str) -> dict[str, object]:
    return {
        "at": now, "event": event, "request": number, "model": request.model, "address": request.address, "way": request.way,
    }  # fmt: skip


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
