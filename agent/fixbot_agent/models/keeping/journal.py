"""How models did: one line a call and a verdict, without any text of it; read back as figures."""

import json
import math
import os
import re
import stat
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from fixbot_agent.models.calls import Call
from fixbot_agent.models.keeping.file import number

_LARGEST = 1 << 20  # bytes; beyond, the older half goes
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
MONTH = 30 * 86400.0  # seconds
# Words of errors -> what kind of failure it was: the words themselves are not kept.
_KINDS = (
    (re.compile(r"answered (\d{3})"), ""),
    (re.compile(r"in time|went quiet"), "time"),
    (re.compile(r"cannot be reached"), "unreachable"),
    (re.compile(r"broke off"), "broke off"),
    (re.compile(r"limits are used up|as often at once"), "crowded"),
    (re.compile(r"not what was asked for|not valid JSON|no message|empty|malformed|cut at"), "useless"),
    (re.compile(r"filter|refused:"), "refused"),
    (re.compile(r"context"), "context"),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """How one model did. Seconds are of answered calls; `first` until the first text; `speed` in tokens a second after it.

    A share or percentile of nothing is None. `judged` are patches that the verifier had the last word on, `verified` those that held.
    """

    calls: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    p50: float | None = None
    p95: float | None = None
    first_p50: float | None = None
    first_p95: float | None = None
    speed: float | None = None
    cost: float = 0.0
    judged: int = 0
    verified: int = 0
    by_prompt: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # version -> judged, verified

    @property
    def failed(self) -> int:
        """Calls that brought nothing."""
        return sum(self.failures.values())


class Journal:
    """The log in `path`, private, of at most a megabyte; what cannot be written is not kept."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def told(self, call: Call) -> None:
        """Effect: keep one call."""
        usage = call.usage
        self._write({
            "at": round(call.began, 1), "name": call.name, "model": call.model, "role": call.role,
            "seconds": round(call.seconds, 3), "first": None if call.first_token is None else round(call.first_token, 3),
            "in": usage.tokens_in, "cached": usage.tokens_cached, "out": usage.tokens_out, "cost": usage.cost,
            "tries": len(call.tries), "failure": kind_of(call.error), "prompts": list(call.prompts),
        })  # fmt: skip

    def judged(self, name: str, model: str, prompts: Sequence[str], *, verified: bool) -> None:
        """Effect: keep the verifier's last word on a patch of a model."""
        self._write({
            "at": round(time.time(), 1), "name": name, "model": model, "prompts": list(prompts), "verified": verified,
        })  # fmt: skip

    def figures(self, name: str, model: str, since: float = MONTH, until: float = 0) -> Figures:
        """Effect: reads the log. How the model `name` did from `since` to `until` seconds ago; under another id of its endpoint it was another."""
        begin, end = time.time() - since, time.time() - until + 1  # times are rounded
        rows = [r for r in self._rows() if r.get("name") == name and r.get("model") == model]
        return summed([r for r in rows if begin <= number(r.get("at")) <= end])

    def _rows(self) -> Iterator[Mapping[str, object]]:
        for line in self._data().decode("utf-8", "replace").splitlines():
            with suppress(ValueError, RecursionError):
                row = json.loads(line)
                if isinstance(row, dict):
                    yield row

    def _data(self) -> bytes:
        try:
            with os.fdopen(os.open(self._path, _READ), "rb") as source:
                return source.read(2 * _LARGEST) if stat.S_ISREG(os.fstat(source.fileno()).st_mode) else b""
        except OSError:
            return b""

    def _write(self, row: Mapping[str, object]) -> None:
        line = json.dumps(row).encode() + b"\n"
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._path.exists() and self._path.stat().st_size > _LARGEST:
                self._halve()
            descriptor = os.open(self._path, _APPEND, 0o600)
            try:
                os.write(descriptor, line)  # one write: lines of several processes do not mix
            finally:
                os.close(descriptor)

    def _halve(self) -> None:
        kept = self._data()[-_LARGEST // 2 :].partition(b"\n")[2]
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(kept)
        fresh.replace(self._path)


def kind_of(error: str) -> str:
    """What kind of failure the words of an error are; "" where there are none."""
    for words, kind in _KINDS:
        if found := words.search(error):
            return kind or found[1]
    return "other" if error else ""


def summed(rows: Iterable[Mapping[str, object]]) -> Figures:
    """Figures of rows of the log."""
    calls: list[Mapping[str, object]] = []
    verdicts: list[Mapping[str, object]] = []
    for row in rows:
        (verdicts if "verified" in row else calls).append(row)
    good = [r for r in calls if not r.get("failure")]
    seconds = [number(r.get("seconds")) for r in good]
    first = [number(r["first"]) for r in good if r.get("first") is not None]
    speeds = [
        number(r.get("out")) / (number(r.get("seconds")) - number(r["first"]))
        for r in good
        if r.get("first") is not None and number(r.get("seconds")) - number(r["first"]) > 0.05
    ]
    return Figures(
        len(calls),
        Counter(str(r["failure"])[:20] for r in calls if r.get("failure")),
        percentile(seconds, 0.5),
        percentile(seconds, 0.95),
        percentile(first, 0.5),
        percentile(first, 0.95),
        percentile(speeds, 0.5),
        math.fsum(number(r.get("cost")) for r in calls),
        len(verdicts),
        len([r for r in verdicts if r["verified"] is True]),
        _by_prompt(verdicts),
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest of `values` that at least `share` of them do not pass; None of none."""
    ordered = sorted(values)
    return round(ordered[max(math.ceil(share * len(ordered)) - 1, 0)], 3) if ordered else None


def _by_prompt(verdicts: Sequence[Mapping[str, object]]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for row in verdicts:
        prompts = row.get("prompts")
        for prompt in map(str, prompts if isinstance(prompts, list) else ()):
            judged, verified = found.get(prompt, (0, 0))
            found[prompt] = (judged + 1, verified + (row["verified"] is True))
    return found
