"""Calls of models read back from a run that was kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fixbot_agent.models import Call, Message, Reply, Try, Usage
from fixbot_agent.recording.forms import as_row, as_rows, message_of, number, reply_of, usage_of, whole
from fixbot_agent.runs import Kept
from fixbot_agent.schemas import Json


@dataclass(frozen=True, slots=True)
class Answer:
    """How one call ended: with a `reply`, or with the `error` that says why not. `at` in seconds since 1970.

    `held_key`: keys were taken out of the answer, so it is not word for word what was said.
    """

    at: float
    name: str
    model: str
    endpoint: str
    reply: Reply | None
    error: str
    usage: Usage
    seconds: float
    first_token: float | None
    tries: tuple[Mapping[str, Json], ...] = ()
    held_key: bool = False


@dataclass(slots=True)
class Ask:
    """One request: digests of its messages and of all of it; the calls that it took, the last one the answer if there was one."""

    number: int
    role: str
    at: float
    request: str
    tools: str
    messages: tuple[str, ...]
    prompts: tuple[str, ...] = ()
    answers: list[Answer] = field(default_factory=list)
    recalled: int = 0  # times that it was answered again from what is kept
    fresh: int = 0  # of its messages, those from this one on are new

    @property
    def reply(self) -> Reply | None:
        """The answer; None when there was none."""
        return next((a.reply for a in reversed(self.answers) if a.reply is not None), None)

    @property
    def held_key(self) -> bool:
        """Whether keys were taken out of the answer."""
        return any(a.held_key for a in self.answers)

    def calls(self) -> list[Call]:
        """The calls that it took, for whoever keeps account."""
        return [
            Call(
                a.name,
                role=self.role,
                model=a.model,
                reply=a.reply,
                error=a.error,
                usage=a.usage,
                began=a.at,
                seconds=a.seconds,
                tries=tuple(Try(str(t.get("why", "")), number(t.get("seconds"))) for t in a.tries),
            )
            for a in self.answers
        ]


@dataclass(frozen=True, slots=True)
class Exchanges:
    """All requests of a run that still count, in order, with the contents that they name."""

    asks: tuple[Ask, ...]
    blobs: Mapping[str, Json]
    last: int = 0  # the highest number that was given

    @classmethod
    def read(cls, kept: Kept) -> "Exchanges":
        """Effect: reads the run. Its requests; those that it went back behind are left out."""
        blobs, asks, last = kept.blobs(), dict[int, Ask](), 0
        for event in kept.events():
            asked, kind = whole(event.get("ask")), event.get("kind")
            last = max(last, asked)
            if kind == "ask":
                asks[asked] = _ask(event, asks)
            elif kind == "model" and asked in asks:
                asks[asked].answers.append(_answer(event, blobs))
            elif kind == "recalled" and asked in asks:
                asks[asked].recalled += 1
            elif kind == "anew":
                role = event.get("role")
                asks = {n: a for n, a in asks.items() if n < asked or a.role != role}
        return cls(tuple(asks[n] for n in sorted(asks)), blobs, last)

    def message(self, name: str) -> Message:
        """The message of that digest; one that says so where it was not kept."""
        return message_of(self.blobs.get(name, {"text": "(not kept)"}))


def _ask(event: Mapping[str, Json], asks: Mapping[int, Ask]) -> Ask:
    before, same = asks.get(whole(event.get("after"))), whole(event.get("same"))
    new = tuple(map(str, _listed(event.get("new"))))
    head = before.messages[:same] if before else ()
    return Ask(
        number=whole(event.get("ask")),
        role=str(event.get("role", "")),
        at=number(event.get("at")),
        request=str(event.get("request", "")),
        tools=str(event.get("tools", "")),
        messages=(*head, *new),
        prompts=tuple(map(str, _listed(event.get("prompts")))),
        fresh=len(head),
    )


def _answer(event: Mapping[str, Json], blobs: Mapping[str, Json]) -> Answer:
    usage, seconds = usage_of(event), number(event.get("seconds"))
    kept = blobs.get(str(event.get("reply")))
    first = event.get("first_token")
    return Answer(
        at=number(event.get("at")),
        name=str(event.get("name", "")),
        model=str(event.get("model", "")),
        endpoint=str(event.get("endpoint", "")),
        reply=reply_of(kept, usage, seconds) if as_row(kept) else None,
        error=str(event.get("error", "")),
        usage=usage,
        seconds=seconds,
        first_token=number(first) if first is not None else None,
        tries=tuple(as_rows(event.get("tries"))),
        held_key=event.get("held_key") is True,
    )


def _listed(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list) else []
