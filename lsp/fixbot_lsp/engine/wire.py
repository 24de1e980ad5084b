"""What the server and its engine say to each other: one JSON object a line, each a dataclass of this module."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast, get_args

from fixbot_agent.completing import Completion, Inline
from fixbot_lsp.engine.shapes import fields_of, structure
from fixbot_lsp.errors import ChildFailed
from fixbot_repair.checks import Finding


@dataclass(frozen=True, slots=True)
class Begin:
    """To the engine, first: indices are kept below the folder `cache`; "" keeps none."""

    cache: str


@dataclass(frozen=True, slots=True)
class Prepare:
    """To the engine: index the folder `root` now, before a document of it is opened."""

    root: str


@dataclass(frozen=True, slots=True)
class Leave:
    """To the engine: the folder `root` was closed."""

    root: str


@dataclass(frozen=True, slots=True)
class Opened:
    """To the engine: the document `uri` reads `text`, which was changed `revision` times.

    `path` is POSIX and relative to the folder `root`; without a root it is a name of the document's own. `language` is the editor's word.
    """

    uri: str
    root: str
    path: str
    language: str
    revision: int
    text: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Bytes `start` to `end` of a text were replaced by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Edited:
    """To the engine: the document `uri`, until then at the revision before `revision`, was cut, in this order."""

    uri: str
    revision: int
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """To the engine: what the disk says of the document `uri` counts again."""

    uri: str


@dataclass(frozen=True, slots=True)
class Touched:
    """To the engine: the files `paths` of the folder `root` were written, made or deleted on disk."""

    root: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Complete:
    """To the engine: what belongs at the byte `offset` of the document `uri` as it was at `revision`? The rest of its line, too, where `lines`."""

    id: int
    uri: str
    revision: int
    offset: int
    lines: bool = True


@dataclass(frozen=True, slots=True)
class Bring:
    """To the engine: what does the import `statement` change in the document `uri` as it was at `revision`, and what is the item `label`?

    The word that the item is for begins at the byte `offset`. Without a statement only the second is asked.
    """

    id: int
    uri: str
    revision: int
    statement: str
    label: str = ""
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Compile:
    """To the engine: does the open document `uri` compile?"""

    id: int
    uri: str


@dataclass(frozen=True, slots=True)
class Predict:
    """To the engine: what would a model write at the byte `offset` of the document `uri` as it was at `revision`?

    `is_invoked`: the user asked for it. `trusted` is the editor's word on the workspace; None: it knows no such thing.
    """

    id: int
    uri: str
    revision: int
    offset: int
    is_invoked: bool
    trusted: bool | None


@dataclass(frozen=True, slots=True)
class Decided:
    """To the engine: the prediction `name` is on the screen, or was taken."""

    name: str
    is_accepted: bool


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
class Brought:
    """From the engine: the answer to a :class:`Bring`; the cuts are all of the text as it was asked about, `doc` is a docstring."""

    id: int
    cuts: tuple[Cut, ...]
    doc: str = ""


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
class Predicted:
    """From the engine: the answer to a :class:`Predict`. Without `inline`, `why` says why there is none.

    `name` is what :class:`Decided` calls it; `model` and `prompt` (its version) say where it comes from.
    """

    id: int
    inline: Inline | None
    why: str
    name: str = ""
    model: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Models:
    """From the engine: the models `names`, in this order, complete in the folder `root`, which the user trusts in the terminal or not."""

    root: str
    names: tuple[str, ...]
    trusted: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """From the engine: what went out so far: requests, tokens (estimated), when the last did (ISO 8601; "" never). `model` would be asked now.

    Where none would be, `why` says in a line that the built-in engines answer, and why.
    """

    model: str
    requests: int
    tokens: int
    last: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """From the engine: it does not know the text of `uri` as it was before an edit; it has to be sent whole."""

    uri: str


@dataclass(frozen=True, slots=True)
class Ready:
    """From the engine: the index of `root` stands; `files` were read, which took `seconds`."""

    root: str
    files: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """From the engine: the code model of `root` knows all `files`, which took `seconds`."""

    root: str
    files: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Step:
    """From the engine: `done` of `total` (0: not known) steps of `what`, in the folder `root`."""

    root: str
    what: str
    done: int
    total: int


Question = Complete | Bring | Compile | Predict
ToEngine = Begin | Prepare | Leave | Opened | Edited | Closed | Touched | Question | Cancel | Decided
Message = ToEngine | Completed | Brought | Compiled | Predicted | Failed | Lost | Ready | Learnt | Step | Models | Sent
_KINDS: Mapping[str, type] = {kind.__name__: kind for kind in get_args(Message)}


def encode(message: Message) -> bytes:
    """One line of JSON with its LF."""
    shown = {"is": type(message).__name__, **fields_of(message)}
    body = json.dumps(shown, ensure_ascii=True, separators=(",", ":"), default=fields_of)
    return body.encode() + b"\n"


def decode(line: bytes) -> Message:
    """The message of one line. Raises ChildFailed when it is none."""
    try:
        raw = json.loads(line)
        return cast("Message", structure(raw, _KINDS[raw["is"]]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ChildFailed(f"an unreadable message: {line[:80]!r} ({error!r})") from error
