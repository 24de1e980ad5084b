"""What is asked of a model at a place, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event, Lock

from fixbot_agent.models.filling import Hole
from fixbot_analysis.source import Span


class Extent(StrEnum):
    """How much is asked for: the rest of a statement, or of a block."""

    LINE = "line"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one prediction may take: tokens of the request and of the answer; seconds until somebody stops waiting for it."""

    context: int = 3000
    length: int = 256
    line: int = 64  # tokens of the rest of a line
    deadline: float = 2.0
    looking: float = 0.02  # seconds that looking around in other files may take
    patience: float = 20.0  # seconds that an answer may go on for whoever asks next


@dataclass(frozen=True, slots=True)
class Prepared:
    """A place as the engine's thread read it: all that a prediction needs, so that no other thread touches the index.

    `before` and `after` are the whole text around the cursor at the byte `offset` of `data`; `hole` is the part of it that may be sent,
    without secrets. `names` are those in scope (None where they are not known). `why_not` says why nothing may be asked, "" where it may.
    """

    path: str
    data: bytes = field(repr=False)
    offset: int
    language: str
    extent: Extent
    before: str = field(repr=False)
    after: str = field(repr=False)
    hole: Hole = field(repr=False)
    names: frozenset[str] | None = field(default=None, repr=False)
    why_not: str = ""
    retrieval: str = ""  # why nothing of other files is in the hole, "" where something is
    milliseconds: float = 0.0

    @property
    def files(self) -> tuple[str, ...]:
        """Files whose text is in the hole."""
        return (self.path, *(extra.path for extra in self.hole.extras))


@dataclass(frozen=True, slots=True)
class Told:
    """What a model said: `text` as it gave it, which model, by which way, to which wording; `is_ahead` where nobody had asked yet."""

    text: str
    model: str
    way: str
    prompt: str
    is_ahead: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of asking, not yet cleaned; without `told`, `why` says in words what went wrong. `seconds` from question to answer.

    `origin` and `is_part` as in :class:`Prediction`.
    """

    told: Told | None = None
    why: str = ""
    origin: str = ""
    seconds: float = 0.0
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Prediction:
    """Text of a model for the bytes `replace` of the document. `model` is its configured name, `way` how it was asked.

    `origin` says whether it was asked for now (``asked``), was under way (``under way``), was shown before (``again``) or worked out ahead
    (``ahead``). `is_part` where only its first lines had come in time. `seconds` from the question to the answer.
    """

    id: str
    text: str
    replace: Span
    model: str
    way: str
    prompt: str
    origin: str
    seconds: float
    is_part: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A prediction, or in words why there is none: the built-in engine's text is shown then."""

    prediction: Prediction | None
    why: str = ""


class Cancel:
    """Told from any thread that nobody waits any more; whoever waits is woken at once."""

    def __init__(self) -> None:
        self._event = Event()
        self._lock = Lock()
        self._wake: list[Callable[[], None]] = []

    @property
    def is_set(self) -> bool:
        """Whether it was told."""
        return self._event.is_set()

    def set(self) -> None:
        """Effect: tell it."""
        self._event.set()
        with self._lock:
            wake, self._wake = self._wake, []
        for each in wake:
            each()

    def on(self, wake: Callable[[], None]) -> None:
        """Effect: `wake` is called when it is told, at once where it was."""
        with self._lock:
            if not self._event.is_set():
                self._wake.append(wake)
                return
        wake()

    def wait(self, seconds: float) -> bool:
        """Effect: wait so long, or until it is told; returns whether it was."""
        return self._event.wait(max(seconds, 0))
