"""Leaves an endpoint's model alone that has failed, for a while that grows; then one request tries again. Processes share what they met."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from fixbot_agent.models.keeping.file import Document, SharedFile, number, table

_FEW = 3  # failures in a row that may be chance
_FIRST, _LONGEST = 5.0, 300.0  # seconds
_TRYING = 15.0  # seconds in which nobody else tries
_FADING = 600.0  # seconds after which few failures are none in a row any more
_OLD = 86400.0  # seconds that anything is kept
_SHORT = 300  # characters of an error
_OFTEN = 1.0  # seconds in which a success need not be told twice


@dataclass(frozen=True, slots=True)
class _Record:
    """What was met. `at` and `until` in seconds since 1970: the last failure, and the end of the rest."""

    failures: int = 0
    until: float = 0.0
    error: str = ""
    at: float = 0.0

    def faded(self, now: float) -> "_Record":
        """As it counts at `now`; a record of the future, of a clock that was set since, counts for nothing."""
        from_elsewhere = self.at > now + 60 or self.until > now + _LONGEST + 60
        if from_elsewhere or (self.failures < _FEW and now - self.at > _FADING):
            return _Record()
        return self

    def after_failure(self, now: float, error: str, wait: float, least: int) -> "_Record":
        """As it is after one failure more, which counts as `least` in a row."""
        failures = min(max(self.failures + 1, least), 1000)
        rest = _FIRST * 2 ** min(failures - _FEW, 8) if failures >= _FEW else 0.0
        return _Record(failures, now + min(max(rest, wait), _LONGEST), error[:_SHORT], now)


class Breaker:
    """One model of one endpoint, by `key` in `file`; without one it is this process's alone. `clock`: seconds since 1970. For any thread."""

    def __init__(self, file: SharedFile | None = None, key: str = "", clock: Callable[[], float] = time.time) -> None:
        self._file, self._key, self._clock = file, key, clock
        self._own = _Record()  # what concerns this process alone: another may have another key
        self._told = 0.0  # when a success was told
        self._lock = threading.Lock()

    @property
    def error(self) -> str:
        """Why it is left alone, or was; "" where nothing failed."""
        return self._worst(self._clock()).error

    @property
    def rest(self) -> float:
        """Seconds for which it is left alone now."""
        now = self._clock()
        return max(self._worst(now).until - now, 0.0)

    @property
    def is_open(self) -> bool:
        """Whether it is left alone now."""
        return self.rest > 0

    @property
    def is_tried_next(self) -> bool:
        """Whether it has rested, so that who asks now tries whether it is well."""
        now = self._clock()
        worst = max(self._own.faded(now), self._shared(now), key=lambda r: r.failures)
        return worst.failures >= _FEW and not self.is_open

    def admits(self, trying: float = _TRYING) -> bool:
        """Effect: whether it may be asked now; after a rest one may, and the others wait up to `trying` seconds for how that went."""
        with self._lock:
            now = self._clock()
            if now < self._worst(now).until:
                return False
            if self._own.faded(now).failures >= _FEW:
                self._own = replace(self._own, until=now + trying)
            if self._shared(now).failures < _FEW:
                return True
            assert self._file is not None
            return self._file.change(lambda kept: self._claimed(kept, now, trying))

    def succeeded(self) -> None:
        """Effect: it answered."""
        with self._lock:
            now = self._clock()
            self._own = _Record()
            if self._file is None or 0 <= now - self._told < _OFTEN:
                return
            self._told = now
            if self._key in self._file.read():
                self._file.change(lambda kept: kept.pop(self._key, None))

    def failed(self, error: str, *, wait: float | None = None, for_good: bool = False) -> None:
        """Effect: it failed; `wait` is what it asked for in seconds, `for_good` where asking again the same changes nothing.

        Of what is for good other processes hear nothing: their key or request may be another.
        """
        with self._lock:
            now = self._clock()
            self._told = 0.0
            if for_good or self._file is None:
                self._own = self._own.faded(now).after_failure(now, error, wait or 0.0, _FEW if for_good else 0)
            else:
                self._file.change(lambda kept: self._kept(kept, now, error, wait or 0.0))

    def _worst(self, now: float) -> _Record:
        return max(self._own.faded(now), self._shared(now), key=lambda r: r.until)

    def _shared(self, now: float) -> _Record:
        return _read(self._file.read().get(self._key), now) if self._file else _Record()

    def _claimed(self, kept: Document, now: float, trying: float) -> bool:
        """Whether it is us who may try: another process may have been quicker."""
        record = _read(kept.get(self._key), now)
        if now < record.until:
            return False
        kept[self._key] = asdict(replace(record, until=now + min(trying, _LONGEST), at=now))
        return True

    def _kept(self, kept: Document, now: float, error: str, wait: float) -> None:
        kept[self._key] = asdict(_read(kept.get(self._key), now).after_failure(now, error, wait, 0))
        for key in [k for k, entry in kept.items() if not 0 <= now - number(table(entry).get("at")) < _OLD]:
            del kept[key]


def _read(entry: object, now: float) -> _Record:
    fields = table(entry)
    error = fields.get("error")
    record = _Record(
        int(min(number(fields.get("failures")), 1000)),
        number(fields.get("until")),
        error[:_SHORT].encode("utf-8", "replace").decode() if isinstance(error, str) else "",
        number(fields.get("at")),
    )
    return record.faded(now)
