"""What was sent to models, kept where the user can open it: a private file, capped, without keys."""

import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_LARGEST = 2 << 20  # bytes of the file; then it becomes the older of two


@dataclass(frozen=True, slots=True)
class Sent:
    """What went out since the program began: requests, estimated tokens, the time of the last one (ISO 8601, UTC)."""

    requests: int = 0
    tokens: int = 0
    last: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One request. `files` are those whose text it held, `body` what was sent word for word, `outcome` how it ended."""

    model: str
    address: str
    way: str
    files: tuple[str, ...]
    body: Mapping[str, object] = field(repr=False)
    tokens_in: int
    tokens_out: int
    seconds: float
    outcome: str


class Journal:
    """Writes one line a request to `file`; where it cannot be written nothing is lost but the line. For any thread."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.Lock()
        self._sent = Sent()

    @property
    def sent(self) -> Sent:
        """The sums so far."""
        return self._sent

    def write(self, entry: Entry) -> None:
        """Effect: append one line."""
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        said = json.dumps(entry.body, ensure_ascii=False)
        line = json.dumps(
            {
                "at": now, "model": entry.model, "address": entry.address, "way": entry.way, "outcome": entry.outcome,
                "bytes": len(said.encode("utf-8", "replace")), "tokens_in": entry.tokens_in, "tokens_out": entry.tokens_out,
                "seconds": round(entry.seconds, 3), "files": list(entry.files), "body": entry.body,
            },
            ensure_ascii=False,
        )  # fmt: skip
        with self._lock:
            self._sent = Sent(self._sent.requests + 1, self._sent.tokens + entry.tokens_in, now)
            try:
                self._append(line.encode("utf-8", "replace") + b"\n")
            except OSError:
                return

    def _append(self, line: bytes) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.file.exists() and self.file.stat().st_size + len(line) > _LARGEST:
            self.file.replace(self.file.with_name(f"{self.file.name}.1"))
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(self.file, flags, 0o600), "ab") as out:
            out.write(line)
