"""How much of an endpoint's model may be asked for now: the limits of the settings and those it tells of, kept across processes."""

import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from fixbot_agent.models.keeping.bucket import Bucket
from fixbot_agent.models.keeping.file import Document, SharedFile, number, signed, table

_LONGEST = 3600.0  # seconds that an endpoint's word is taken for
_OLD = 86400.0  # seconds that anything is kept
_NONE = 1e-3  # seconds that are no waiting
_SPAN = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|us|µs|h|m|s|d)")
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6}


class Limits:
    """One model of one endpoint, by `key` in `file`: `requests` and `tokens` a minute, 0 for no limit. `clock`: seconds since 1970."""

    def __init__(
        self, file: SharedFile, key: str, requests: float = 0, tokens: float = 0, clock: Callable[[], float] = time.time
    ) -> None:
        self._file, self._key, self._clock = file, key, clock
        self._rates = {"requests": float(requests), "tokens": float(tokens)}

    def take(self, tokens: int) -> float:
        """Effect: take one request of `tokens`. Returns 0, or seconds to wait, and then nothing is taken."""
        now = self._clock()
        if not any(self._rates.values()) and self._key not in self._file.read():
            return 0.0
        return self._file.change(lambda kept: self._taken(kept, {"requests": 1, "tokens": tokens}, now))

    def settle(self, tokens: int) -> None:
        """Effect: take `tokens` more than were thought of, or give back where it is below 0."""
        if not tokens or not self._rates["tokens"]:
            return
        now = self._clock()

        def settled(kept: Document) -> None:
            entry = self._entry(kept, now)
            entry["tokens"] = _stored(self._bucket(entry, "tokens", now).less(tokens, now))

        self._file.change(settled)

    def hold(self, seconds: float) -> None:
        """Effect: let nobody ask for `seconds`: the endpoint said so."""
        now = self._clock()

        def held(kept: Document) -> None:
            entry = self._entry(kept, now)
            entry["until"] = max(number(entry.get("until")), now + min(seconds, _LONGEST))

        if seconds > 0:
            self._file.change(held)

    def heard(self, headers: Mapping[str, str]) -> None:
        """Effect: obey what an answer's headers say is left: where that is nothing, nobody asks before there is more."""
        self.hold(rest(headers, self._clock()))

    def _taken(self, kept: Document, wanted: Mapping[str, float], now: float) -> float:
        entry = self._entry(kept, now)
        buckets = {kind: self._bucket(entry, kind, now) for kind, rate in self._rates.items() if rate > 0}
        until = number(entry.get("until"))
        waits = [bucket.wait(wanted[kind], now) for kind, bucket in buckets.items()]
        wait = max([0.0, *waits, until - now if until < now + 2 * _LONGEST else 0.0])
        if wait > _NONE:
            return wait
        for kind, bucket in buckets.items():
            entry[kind] = _stored(bucket.less(wanted[kind], now))
        return 0.0

    def _entry(self, kept: Document, now: float) -> Document:
        for key in [k for k, entry in kept.items() if not 0 <= now - number(table(entry).get("at")) < _OLD]:
            del kept[key]
        entry = kept[self._key] = table(kept.get(self._key))
        entry["at"] = now
        return entry

    def _bucket(self, entry: Document, kind: str, now: float) -> Bucket:
        """The bucket as it is kept; a full one where none is, or one of the future, of a clock that was set since."""
        rate, stored = self._rates[kind], table(entry.get(kind))
        level, at = signed(stored.get("level")), number(stored.get("at"))
        if level is None or not 0 < at <= now + 60:
            return Bucket.full(rate, now)
        return Bucket(rate, max(level, -rate * _LONGEST / 60), at)


def _stored(bucket: Bucket) -> Document:
    return {"level": round(bucket.level, 6), "at": bucket.at}


def rest(headers: Mapping[str, str], now: float) -> float:
    """Seconds for which `headers` (names in small letters) say that nothing is left; 0 where something is, or they do not tell.

    OpenAI's and Groq's name requests and tokens apart, with a span as reset ("6m0s"); gateways' name one, with seconds or a time.
    """
    waits = [0.0]
    for kind in ("-requests", "-tokens", ""):
        left = headers.get(f"x-ratelimit-remaining{kind}", "").strip()
        if left.isascii() and left.isdigit() and int(left[:18]) == 0:
            waits.append(min(span(headers.get(f"x-ratelimit-reset{kind}", ""), now), _LONGEST))
    return max(waits)


def span(text: str, now: float) -> float:
    """Seconds from `now` (since 1970) that `text` spells: "6m0s", "20ms", "12", a time in seconds or milliseconds, an ISO 8601 time; else 0."""
    text = text.strip()[:40]
    try:
        seconds = float(text)
    except ValueError:
        return _spelled(text) or _dated(text, now)
    if not 0 <= seconds < 1e15:
        return 0.0
    since = seconds / 1000 if seconds > 1e11 else seconds
    return max(since - now, 0.0) if since > 1e9 else seconds


def _spelled(text: str) -> float:
    parts = list(_SPAN.finditer(text))
    if not parts or "".join(p[0] for p in parts) != text:
        return 0.0
    return sum(float(p["number"]) * _UNITS[p["unit"]] for p in parts)


def _dated(text: str, now: float) -> float:
    try:
        until = datetime.fromisoformat(text)
    except ValueError:
        return 0.0
    return max(until.timestamp() - now, 0.0) if until.tzinfo else 0.0
