"""What the server says of itself, for a status bar: what it is doing, which engine answers, what was sent to models."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lsprotocol import types

from fixbot_lsp.engine.link import Stopped
from fixbot_lsp.engine.wire import Failed, Learnt, Models, Ready, Sent, Step

METHOD = "fixbot/status"
_UNTRUSTED = "no model is asked: the workspace is not trusted (in the editor, or by 'fixbot trust')"
Heard = Ready | Learnt | Step | Failed | Models | Sent | Stopped


@dataclass(frozen=True, slots=True)
class Status:
    """`state` is one of starting, indexing, learning, ready, searching, stopped; `trusted` is None where the editor knows no trust."""

    state: str = "starting"
    engine: str = "built-in"
    model: str | None = None
    detail: str = ""
    trusted: bool | None = None
    may_ask: bool = True  # whether models may be asked where the editor knows no trust: what the terminal's trust says
    requests: int = 0
    tokens: int = 0
    last: str | None = None

    def message(self) -> dict[str, object]:
        """As the notice ``fixbot/status`` and the command ``fixbot.status`` tell it."""
        sent = {"requests": self.requests, "tokens": self.tokens, "last": self.last}
        plain: dict[str, object] = {
            "state": self.state,
            "engine": self.engine,
            "model": self.model,
            "detail": self.detail,
        }
        if self.model and not (self.may_ask if self.trusted is None else self.trusted):
            plain |= {"engine": "built-in", "model": None, "detail": self.detail or _UNTRUSTED}
        return {**plain, "trusted": self.trusted, "sent": sent}


@dataclass(slots=True)
class Statuses:
    """The status as it is now; `tell` hears of each change, once :attr:`is_wanted`."""

    tell: Callable[[dict[str, object]], None]
    is_wanted: bool = False
    now: Status = Status()
    _busy: dict[str, str] = field(default_factory=dict)  # folder -> what is being done for it
    _degraded: str = ""  # why the built-in engine answers where a model would

    def heard(self, message: Heard) -> None:
        """Effect: take in what the engine said of a folder."""
        if isinstance(message, Step):
            self._busy[message.root] = "indexing"
        elif isinstance(message, Ready) and message.root:
            self._busy[message.root] = "learning"
            self.set(detail="")
        elif isinstance(message, Learnt):
            self._busy.pop(message.root, None)
        elif isinstance(message, Models):
            self.set(engine="model", model=message.names[0], may_ask=message.trusted)
        elif isinstance(message, Sent):
            self._sent(message)
        elif isinstance(message, Failed):
            self._busy.clear()
            self.set(detail=message.why)
        elif isinstance(message, Stopped):
            self._busy.clear()
            self.set(state="stopped", detail=message.why)
            return
        self._set_state()

    def _set_state(self, **changes: str) -> None:
        states = set(self._busy.values())
        self.set(state="indexing" if "indexing" in states else "learning" if states else "ready", **changes)

    def _sent(self, message: Sent) -> None:
        """Effect: tell what went out; where all models are left alone for a while, the built-in engine answers."""
        engine = "model" if message.model else "built-in"
        if message.why or self.now.detail == self._degraded:  # what else is said there is more urgent
            self.set(detail=message.why)
        self._degraded = message.why
        self.set(engine=engine, model=message.model or None)
        self.set(requests=message.requests, tokens=message.tokens, last=message.last or None)

    def searching(self, is_on: bool) -> None:
        """Effect: tell that a fix is being looked for, or no longer."""
        if is_on:
            self.set(state="searching", detail="a verified fix is looked for")
        else:
            self._set_state(detail="")

    def set(self, **changes: str | int | bool | None) -> None:
        """Effect: change fields of the status."""
        before, self.now = self.now, replace(self.now, **changes)  # type: ignore[arg-type]  # each field's own type
        if self.is_wanted and self.now != before:
            self.tell(self.now.message())


def wants_status(capabilities: types.ClientCapabilities) -> bool:
    """Whether the client asked to be told (``experimental.fixbotStatus``)."""
    experimental = capabilities.experimental
    if isinstance(experimental, dict):
        return experimental.get("fixbotStatus") is True
    return getattr(experimental, "fixbotStatus", None) is True
