"""One exchange with a chat endpoint: the request as a body, the answer as it comes, streamed or whole, into a reply."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fixbot_agent.errors import ModelError
from fixbot_agent.models import structured, wire
from fixbot_agent.models.assembling import Assembly
from fixbot_agent.models.dialect import Dialect
from fixbot_agent.models.messages import Message, Reply, Role, ToolCall, ToolSpec, Usage
from fixbot_agent.models.model import Endpoint, Listen, Schema
from fixbot_agent.models.refusing import Broken, Transient, disguised
from fixbot_agent.models.sse import events
from fixbot_agent.models.tokens import Counter

_FILTERED = ("content_filter", "content_filtered", "safety", "recitation", "blocklist", "prohibited_content")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `shape` is the schema that the answer is to fit."""

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    shape: Schema | None = None
    listen: Listen | None = None

    @property
    def spoken(self) -> tuple[Message, ...]:
        """The messages, with the shape in words at the end."""
        if self.shape is None:
            return self.messages
        return (*self.messages[:-1], _with_words(self.messages[-1], self.shape)) if self.messages else ()


def _with_words(last: Message, shape: Schema) -> Message:
    return replace(last, text=f"{last.text}\n\n{structured.request(shape)}" if last.text else structured.request(shape))


def body(
    endpoint: Endpoint, dialect: Dialect, question: Question, messages: Sequence[Message], longest: int, *, sees: bool
) -> dict[str, object]:
    """The request for `question` with `messages` (its own, or what is left of them), as JSON; an answer of at most `longest` tokens."""
    said, offered = wire.request(messages, question.tools, dialect, endpoint.name, sees=sees)
    made: dict[str, object] = {"model": endpoint.model, "messages": said, dialect.limit: longest}
    if dialect.temperature:
        made["temperature"] = endpoint.temperature
    if offered:
        made["tools"] = offered
    if dialect.stream:
        made["stream"] = True
        if dialect.counts:
            made["stream_options"] = {"include_usage": True}
    if question.shape is not None and not offered:
        # A grammar that allows nothing but the shape would forbid a tool call: with tools only words ask for it.
        shape = structured.response_format(question.shape, dialect.format)
        made |= {"response_format": shape} if shape else {}
    return made


def unread(messages: Iterable[Message], *, sees: bool) -> int:
    """How many pictures are not sent."""
    return 0 if sees else sum(len(m.images) for m in messages)


@dataclass(slots=True)
class Reading:
    """An answer that is being read; `first` is when (monotonic clock) its first word came, `is_stream` whether it came in pieces, `size` its bytes."""

    listen: Listen | None = None
    seen: Callable[[], None] = lambda: None  # is called at every piece
    assembly: Assembly = field(default_factory=Assembly)
    first: float | None = None
    is_stream: bool = False
    size: int = 0

    def read(self, pieces: Iterable[bytes]) -> None:
        """Effect: reads `pieces`. Raises Broken where the answer breaks off, ModelError where it is none or an error in disguise."""
        self.assembly.listen = self.listen
        is_ended = False
        for event in events(self._counted(pieces)):
            if event == "[DONE]":
                is_ended = True
                break
            self._take(event)
            is_ended = is_ended or bool(self.assembly.finish) or not self.is_stream
        if not is_ended:
            raise Broken("the answer broke off", "is the endpoint healthy?", self.assembly.characters)

    def _counted(self, pieces: Iterable[bytes]) -> Iterable[bytes]:
        for piece in pieces:
            self.size += len(piece)
            yield piece
        if not self.size:
            raise ModelError("the answer is not valid JSON: it is empty", "is the endpoint healthy?")

    def _take(self, event: str) -> None:
        said = wire.document(event.encode())
        if error := disguised(said):
            raise error
        choices = said.get("choices")
        head = choices[0] if isinstance(choices, list) and choices else None
        self.is_stream = self.is_stream or (isinstance(head, Mapping) and "delta" in head)
        self.assembly.add(said)
        if self.assembly.began:
            self.first = time.monotonic() if self.first is None else self.first
            self.seen()


def reply(reading: Reading, endpoint: Endpoint, sent: int, counter: Counter) -> Reply:
    """What was read, as a reply; `sent` are our own estimate of its tokens, where the endpoint counts none. Raises ModelError for a useless one."""
    assembly = reading.assembly
    calls = tuple(ToolCall(mark, name, wire.well_formed_json(given)) for mark, name, given in assembly.end())
    said = wire.usage(assembly.usage)
    if not said.tokens_in and not said.tokens_out:
        said = Usage(sent, 0, counter.text("x" * assembly.characters), is_estimated=True)
    text, thoughts = wire.well_formed(assembly.text), wire.well_formed(assembly.reasoning)
    made = Reply(text, calls, said, endpoint.name, assembly.finish or "stop", reasoning=thoughts)
    _check(made, assembly.refusal, endpoint)
    return made


def _check(made: Reply, refused: str, endpoint: Endpoint) -> None:
    """Raise ModelError for an answer that says nothing, with why it does not."""
    if made.finish in _FILTERED:
        raise ModelError(
            "the endpoint's filter held the answer back", f"finish_reason is {made.finish}; ask another model"
        )
    if refused and not made.text.strip() and not made.tool_calls:
        raise ModelError(f"the model refused: {' '.join(refused.split())[:200]}", "ask another model")
    if made.finish == "error":  # OpenRouter's word for what broke off behind it
        raise Transient("the answer broke off with an error", "try again later")
    if made.text.strip() or made.tool_calls:
        return
    if made.is_cut:
        thought = "its thoughts took all of them" if made.reasoning else "nothing was said by then"
        raise ModelError(
            f"the answer was cut at {endpoint.max_tokens} tokens: {thought}",
            "allow more with max_tokens in [models.NAME]",
        )
    raise ModelError("the answer is empty", f"finish_reason is {made.finish}")


class Watch:
    """Cuts an answer that has gone quiet: `first` seconds until its first word, `between` seconds from one to the next."""

    def __init__(self, first: float, between: float, cut: Callable[[], None]) -> None:
        self._between, self._cut = between, cut
        self._until = time.monotonic() + first
        self._over = threading.Event()
        self.is_late = False

    def seen(self) -> None:
        """A piece came."""
        self._until = time.monotonic() + self._between

    def __enter__(self) -> "Watch":
        threading.Thread(target=self._run, name="watch", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def _run(self) -> None:
        step = min(max(self._between / 4, 0.02), 1.0)  # until the first word, the end is nearer than it will be then
        while not self._over.wait(max(min(self._until - time.monotonic(), step), 0.01)):
            if time.monotonic() >= self._until:
                self.is_late = True
                self._cut()
                return


def conversation(question: Question, answer: str, problems: list[str]) -> Question:
    """The question put once more, with what was wrong with the answer."""
    told = (*question.spoken, Message(Role.ASSISTANT, answer), Message(Role.USER, structured.repair(problems)))
    return replace(question, messages=told)
