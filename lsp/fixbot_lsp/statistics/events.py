"""The events that statistics are made of, and their form on disk: one JSON object a line.

Acceptance alone says little of worth; whether a text stays does. The moments are those of the field's reports (30 s and
5 min after acceptance) and two of our own: the next commit, and 14 days.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import ClassVar

_VERSION = 1
_LARGEST = 1e15  # no number of ours is; what is none at all (NaN) is not smaller either


@dataclass(frozen=True, slots=True)
class Shown:
    """A text was offered. `id` names the offer, `at` is seconds since the epoch.

    `engine` is ``built-in`` or ``model``; `model` and `prompt` (its version) are empty for the former. `way` is ``inline`` or
    ``list``. `project` is the absolute folder, `path` POSIX below it. `characters` counts the text, `milliseconds` from request to answer.
    """

    kind: ClassVar[str] = "shown"
    id: str
    at: float
    project: str
    path: str
    language: str
    engine: str
    model: str
    prompt: str
    way: str
    characters: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Accepted:
    """The whole of the offer `id` was taken; `text` is kept for the question what of it is still there.

    `inferred`: no client said so, an edit looked like it.
    """

    kind: ClassVar[str] = "accepted"
    id: str
    at: float
    text: str
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Partly:
    """The beginning `text` of the offer `id` was taken; a later event of the same offer holds more. `inferred` as of :class:`Accepted`."""

    kind: ClassVar[str] = "partly"
    id: str
    at: float
    text: str
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Survived:
    """`after` seconds from acceptance the share `share` (0..1) of the accepted characters still stood in the document."""

    kind: ClassVar[str] = "survived"
    id: str
    at: float
    after: int
    share: float


@dataclass(frozen=True, slots=True)
class Withheld:
    """A text was made and not shown, for `reason` (a word: ``late``, ``unsure``, ``insecure``, …)."""

    kind: ClassVar[str] = "withheld"
    at: float
    engine: str
    model: str
    reason: str


Event = Shown | Accepted | Partly | Survived | Withheld
_KINDS: Mapping[str, type[Event]] = {cls.kind: cls for cls in (Shown, Accepted, Partly, Survived, Withheld)}


def encode(event: Event) -> bytes:
    """One line."""
    return json.dumps({"v": _VERSION, "kind": event.kind, **asdict(event)}, ensure_ascii=False).encode() + b"\n"


def decode(line: bytes) -> Event | None:
    """The event of a line; None for what is none (half a line, another version, something else's)."""
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(raw, dict) or raw.get("v") != _VERSION:
        return None
    cls = _KINDS.get(str(raw.get("kind")))
    if cls is None:
        return None
    values = {f.name: _valued(raw.get(f.name, False if f.type is bool else None), f.type) for f in fields(cls)}
    return None if any(value is None for value in values.values()) else cls(**values)  # type: ignore[arg-type]  # looked at


def _valued(value: object, kind: object) -> str | float | int | None:
    """`value` where it is of the field's kind, a finite number, a string, true or false; else None."""
    if kind is bool:
        return value if isinstance(value, bool) else None
    if kind is str:
        return value if isinstance(value, str) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
        return None
    return int(value) if kind is int else float(value)
