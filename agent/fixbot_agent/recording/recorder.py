"""Writing calls of models into the run as they happen: what is asked before it is sent, the answer before anything acts on it."""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixbot_agent.models import Call, Message, Told, ToolSpec
from fixbot_agent.recording.forms import cleaned, of_message, of_reply, of_tool, of_usage
from fixbot_agent.runs import Run
from fixbot_agent.schemas import Json

_REMEMBERED = 16  # earlier requests that a new one may go on from


@dataclass(frozen=True, slots=True)
class Asking:
    """One request about to be made: its `number` in the run (from 1), and digests of its messages, its tools, and all of it."""

    number: int
    role: str
    messages: tuple[str, ...]
    tools: str
    request: str
    prompts: tuple[str, ...] = ()


class Recorder:
    """Keeps calls in `run`, and passes them on: new ones to `told`, those that were kept before to `again`. For any thread.

    `addresses` are the models' base URLs by name, `first` is the number of the next request.
    """

    def __init__(
        self, run: Run, addresses: Mapping[str, str], told: Told, again: Told | None = None, first: int = 1
    ) -> None:
        self._run = run
        self._addresses = addresses
        self._told = told
        self._again = again or told
        self._next = first
        self._asked: list[Asking] = []
        self._cleaned: dict[Message, Message] = {}  # a conversation is sent whole each time
        self._names: dict[Message, str] = {}
        self._here = threading.local()
        self._lock = threading.Lock()

    def clean(self, messages: Sequence[Message]) -> list[Message]:
        """`messages` without keys: what is sent is what is kept."""
        for message in messages:
            if message not in self._cleaned:
                self._cleaned[message] = cleaned(message, self._run.redact)
        return [self._cleaned[m] for m in messages]

    def prepared(self, role: str, messages: Sequence[Message], tools: Sequence[ToolSpec], number: int = 0) -> Asking:
        """Effect: keep messages and tools that are new in the run. The request that they make; a `number` is given it if it has none."""
        with self._lock:
            new = [m for m in messages if m not in self._names]
            (*named, offered) = self._run.blobs([*map(of_message, new), [of_tool(t) for t in tools]])
            self._names.update(zip(new, named, strict=True))
            said = [self._names[m] for m in messages]
        whole = hashlib.blake2b("\n".join([role, *said, offered]).encode(), digest_size=16).hexdigest()
        prompts = tuple(dict.fromkeys(m.prompt for m in messages if m.prompt))
        with self._lock:
            given = number or self._next
            self._next = max(self._next, given + 1)
        return Asking(given, role, tuple(said), offered, whole, prompts)

    def asking(self, asking: Asking) -> None:
        """Effect: write down that `asking` is sent now. Of a conversation that goes on only what is new is named."""
        self._here.number = asking.number
        with self._lock:  # the event that another one goes on from must stand before it
            after, same = self._before(asking)
            self._asked = [*self._asked[1 - _REMEMBERED :], asking]
            self._run.event(
                "ask", ask=asking.number, role=asking.role, request=asking.request, tools=asking.tools, after=after,
                same=same, new=list(asking.messages[same:]), prompts=list(asking.prompts),
            )  # fmt: skip

    def recalled(self, asking: Asking) -> None:
        """Effect: write down that the kept request `asking` came up again, and was answered from what is kept."""
        with self._lock:
            self._asked = [*self._asked[1 - _REMEMBERED :], asking]
        self._run.event("recalled", ask=asking.number, role=asking.role)

    def noted(self, kind: str, **values: Json) -> None:
        """Effect: write any other event."""
        self._run.event(kind, **values)

    def answered(self, call: Call) -> None:
        """Effect: write down how `call` ended, and tell of it. This is the observer that a chain of models is given."""
        reply: Json = of_reply(call.reply) if call.reply else None
        (name,) = self._run.blobs([reply], sync=True) if call.reply else ("",)
        tries: list[Json] = [{"why": t.why, "seconds": round(t.seconds, 3), "cost": t.cost} for t in call.tries]
        self._run.event(
            "model", ask=self._number, role=call.role, name=call.name, model=call.model,
            endpoint=self._addresses.get(call.name, ""), reply=name, error=call.error, **of_usage(call.usage),
            seconds=round(call.seconds, 3), first_token=call.first_token, tries=tries, prompts=list(call.prompts),
            held_key=bool(call.reply) and self._run.clean(reply) != reply,
        )  # fmt: skip
        self._told(call)

    def told(self, call: Call) -> None:
        """Effect: tell of a call that was kept before."""
        self._again(call)

    @property
    def _number(self) -> int:
        with self._lock:
            last = self._asked[-1].number if self._asked else 0
        return int(getattr(self._here, "number", last))

    def _before(self, asking: Asking) -> tuple[int, int]:
        """The earlier request that `asking` shares most messages with, from the first on, and how many these are."""
        shared = [(_shared(a.messages, asking.messages), a.number) for a in self._asked]
        same, number = max(shared, default=(0, 0))
        return (number, same) if same else (0, 0)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
