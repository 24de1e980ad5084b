"""What the server and its engine say to each other: one JSON object a line, each a dataclass of this module."""

import json
import types
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from enum import Enum
from typing import TypeVar, Union, cast, get_args, get_origin, get_type_hints

from fixbot_agent.completing import Completion
from fixbot_lsp.errors import ChildFailed
from fixbot_repair.checks import Finding


@dataclass(frozen=True, slots=True)
class Begin:
    """To the engine, first: index the folder `root`, keep the index below `cache`; no root, no index."""

    root: str
    cache: str


@dataclass(frozen=True, slots=True)
class Buffer:
    """To the engine: the open document `path` now reads `text`; None: closed, the disk counts.

    `path` is POSIX and relative to the root, or for a document that is not `inside` it any name of its own.
    """

    path: str
    text: str | None
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Touched:
    """To the engine: the files `paths` were written, made or deleted on disk, by the editor or by somebody else."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Complete:
    """To the engine: what belongs at `line` and `column` (both from 0, in characters) of `path`?"""

    id: int
    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Compile:
    """To the engine: does the open document `path` compile?"""

    id: int
    path: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """To the engine: nobody waits for the answer to `id` any more."""

    id: int


@dataclass(frozen=True, slots=True)
class Completed:
    """From the engine: the answer to a :class:`Complete`."""

    id: int
    completion: Completion


@dataclass(frozen=True, slots=True)
class Compiled:
    """From the engine: the answer to a :class:`Compile`."""

    id: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """From the engine: `id` could not be answered, or (id 0) the index could not be built."""

    id: int
    why: str


@dataclass(frozen=True, slots=True)
class Ready:
    """From the engine: the index stands; `files` were read, which took `seconds`."""

    files: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """From the engine: the code model knows all `files`, which took `seconds`."""

    files: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Step:
    """From the engine: `done` of `total` (0: not known) steps of `what`."""

    what: str
    done: int
    total: int


Message = Begin | Buffer | Touched | Complete | Compile | Cancel | Completed | Compiled | Failed | Ready | Learnt | Step
T = TypeVar("T")
_KINDS: Mapping[str, type] = {kind.__name__: kind for kind in get_args(Message)}


def encode(message: Message) -> bytes:
    """One line of JSON with its LF."""
    body = json.dumps({"is": type(message).__name__, **asdict(message)}, ensure_ascii=True, separators=(",", ":"))
    return body.encode() + b"\n"


def decode(line: bytes) -> Message:
    """The message of one line. Raises ChildFailed when it is none."""
    try:
        raw = json.loads(line)
        return cast("Message", structure(raw, _KINDS[raw["is"]]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ChildFailed(f"an unreadable message: {line[:80]!r} ({error!r})") from error


def structure(raw: object, kind: type[T]) -> T:
    """The dataclass `kind` that `raw` (JSON) stands for; keys it has no field for are passed over.

    Raises TypeError or ValueError when `raw` has another shape.
    """
    return cast("T", _structure(raw, kind))


def _structure(raw: object, kind: object) -> object:
    if isinstance(kind, type) and is_dataclass(kind):
        if not isinstance(raw, Mapping):
            raise TypeError(f"{kind.__name__} must be an object")
        hints = get_type_hints(kind)
        return kind(**{f.name: _structure(raw[f.name], hints[f.name]) for f in fields(kind) if f.name in raw})
    if get_origin(kind) is tuple:
        if not isinstance(raw, list):
            raise TypeError("a list was expected")
        return tuple(_structure(item, get_args(kind)[0]) for item in raw)
    if get_origin(kind) in (Union, types.UnionType):
        return None if raw is None else _structure(raw, get_args(kind)[0])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(raw)
    if not isinstance(kind, type) or not isinstance(raw, (kind, int) if kind is float else kind):
        raise TypeError(f"{raw!r} is no {kind}")
    return raw
