"""One call of a model: the requests that it takes, what each refusal teaches, what each try came to."""

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from fixbot_agent.errors import ModelError, Try
from fixbot_agent.models import chat, structured, wire
from fixbot_agent.models.chat import Question, Reading, Watch
from fixbot_agent.models.dialect import Dialect, learnt
from fixbot_agent.models.http import Ask, Connection
from fixbot_agent.models.known import Known, Learnt
from fixbot_agent.models.listing import context_of
from fixbot_agent.models.messages import Message, Reply, Usage
from fixbot_agent.models.model import Endpoint, Schema, called
from fixbot_agent.models.prices import cost
from fixbot_agent.models.refusing import ContextOverflow, Refused, Transient, Unable
from fixbot_agent.models.retrying import Patience
from fixbot_agent.models.spelt import with_spelt_calls
from fixbot_agent.models.tokens import Sample, features, fit

if TYPE_CHECKING:
    from openai import OpenAI

_MOST_LESSONS = 8  # refusals that one call may learn from
_MOST_SHORTENED = 2  # times that one call may be cut because it overflowed
_SHORTER = 0.7  # of what was sent, where an endpoint says that it is too long but not how long it may be
_LONGER = 1.5  # times the context, what did not fit is taken for where it is not said
_LARGE = 3000  # tokens from which on it is worth a request to know how long the context is
_SURELY = 10  # characters a token, white space aside, that no text has on the whole
_LEAST = 64  # tokens of an answer
_ANSWER = 0.25  # of the context at most, kept free for the answer when a conversation is cut


class _Taken(TypedDict):
    tokens_in: int
    tokens_out: int
    cost: float


class Work:
    """One call: the requests that it takes, and what they came to."""

    def __init__(
        self, endpoint: Endpoint, connection: Connection, known: Known, question: Question, deadline: float
    ) -> None:
        self.endpoint, self.question, self.deadline = endpoint, question, deadline
        self.tries: list[Try] = []
        self.learnt = known.of(endpoint)
        self._connection, self._known = connection, known
        self._sent: dict[str, object] = {}
        self._spoken: Sequence[Message] = question.messages
        self._lessons = self._shortened = 0
        self.is_seeing = False  # whether pictures are sent without anybody knowing that the model sees

    def shaped(self) -> Reply:
        """Effect: an answer whose text is JSON of the shape; put right once by the model itself. Raises ModelError."""
        shape = self.question.shape or {}
        made = self.answered()
        if made.tool_calls:
            return made
        try:
            return _as_json(made, shape)
        except structured.Misfit as misfit:
            # The first answer was paid for, too.
            self.tries[-1] = replace(self.tries[-1], why=misfit.message, **_taken(made.usage))
            self.question = chat.conversation(self.question, made.text, misfit.problems)
        made = self.answered()
        try:
            return _as_json(made, shape)
        except structured.Misfit as misfit:
            self.tries[-1] = replace(self.tries[-1], why=misfit.message, **_taken(made.usage))
            raise

    def answered(self) -> Reply:
        """Effect: ask until there is an answer. Raises ModelError."""
        tried = 0
        while True:
            began = time.monotonic()
            reading = Reading(self.question.listen)
            try:
                made = self._once(reading)
            except ModelError as error:
                error.message = self._connection.hidden(
                    error.message
                )  # an endpoint may repeat the key in an answer of 200, too
                error.args = (error.message,)
                self.tries.append(self._failed(error, reading, time.monotonic() - began))
                if self._mended(error):
                    continue
                if not self._waited(error, tried):
                    raise
                tried += 1
            else:
                self.tries.append(Try("", time.monotonic() - began, **_taken(made.usage)))
                first = reading.first - began if reading.first is not None and reading.is_stream else None
                return replace(made, first_token=first)

    def _once(self, reading: Reading) -> Reply:
        """Effect: one request and its answer."""
        counter, dialect = self.learnt.counter, self.learnt.dialect
        spoken, sees = self.question.spoken, self.sees
        messages = self._spoken = self._fitting(spoken)
        sent = counter.of(messages, self.question.tools)
        body = chat.body(self.endpoint, dialect, self.question, messages, self._longest(sent), sees=sees)
        self._sent = body
        self._exchange(body, reading)
        made = chat.reply(reading, self.endpoint, sent, counter)
        if dialect.spells is not False:
            made = self._with_spelt(made)
        self._remember(reading, made, messages)
        whole = {id(m) for m in messages}
        left_out = sum(id(m) not in whole for m in spoken)
        usage = replace(made.usage, cost=cost(self.endpoint, made.usage))
        return replace(made, usage=usage, unread=chat.unread(messages, sees=sees), left_out=left_out)

    def _exchange(self, body: Mapping[str, object], reading: Reading) -> None:
        """Effect: one request; what comes is read by `reading`. Raises ModelError."""
        left = max(self.deadline - time.monotonic(), 0.1)
        with Watch(left, min(self.endpoint.patience or left, left), self._connection.abort) as watch:
            reading.seen = watch.seen
            try:
                with closing(self._connection.pieces(_ask(body, left), self.deadline)) as pieces:
                    reading.read(pieces)
            except ModelError as error:
                if watch.is_late:
                    what = (
                        "went quiet in the midst of its answer" if reading.assembly.began else "did not answer in time"
                    )
                    raise Transient(
                        f"{called(self.endpoint)} {what}", "is it running? 'fixbot models' tries them all"
                    ) from error
                raise

    @property
    def sees(self) -> bool:
        """Whether pictures are sent."""
        stated = self.is_seeing or "vision" in self.endpoint.abilities or self.learnt.can("vision") is True
        return stated and self.learnt.dialect.images is not False

    @property
    def _context(self) -> int:
        return self.endpoint.window or self.learnt.context

    def _with_spelt(self, made: Reply) -> Reply:
        """Effect: the answer with calls that the server left in its text; a server that was seen to find them itself leaves none there."""
        if made.tool_calls:
            self._speak(replace(self.learnt.dialect, spells=False))
        return with_spelt_calls(made, self.question.tools)

    def _fitting(self, spoken: Sequence[Message]) -> list[Message]:
        """The messages, cut to what the context is known to hold."""
        tools, context = self.question.tools, self._context
        if not context and not self.learnt.said and self.learnt.counter.of(spoken, tools) > _LARGE:
            tokens, said = context_of(self.endpoint, self._connection)
            self._keep(lambda was: was.with_context(tokens, said))
            context = self._context
        if not context:
            return list(spoken)
        reserve = max(min(self.endpoint.max_tokens, int(context * _ANSWER)), _LEAST)
        return fit(spoken, tools, context, reserve, self.learnt.counter)

    def _longest(self, sent: int) -> int:
        """How long the answer may be: servers refuse what would not fit into the context together with the question."""
        context = self._context
        return max(min(self.endpoint.max_tokens, context - sent), _LEAST) if context else self.endpoint.max_tokens

    def _mended(self, error: ModelError) -> bool:
        """Effect: whether asking otherwise may help, by what the endpoint refused; remembered for the next time."""
        if isinstance(error, ContextOverflow) and self._shortened < _MOST_SHORTENED:
            self._shortened += 1
            return self._shorten(error)
        if isinstance(error, Refused) and self._lessons < _MOST_LESSONS:
            better = learnt(self.learnt.dialect, error.said, self._sent)
            if better is not None:
                self._lessons += 1
                self._speak(better)
                if better.tools is False and self.question.tools:
                    raise Unable(error.message, "this model takes no tools; use one that does for this role", "tools")
                return True
        return False

    def _shorten(self, error: ContextOverflow) -> bool:
        """Effect: take in how long the context is, and how the endpoint counts; whether asking with less makes sense."""
        spoken, tools = self._spoken, self.question.tools
        kinds, frames = features(spoken, tools)
        sent = self.learnt.counter.of(spoken, tools)
        limit = error.limit or int(min(sent + self.endpoint.max_tokens, self._context or math.inf) * _SHORTER)
        # Where it is not said how long it was, it was longer than we thought.
        length = error.sent or (int(limit * _LONGER) if sent <= limit else 0)
        counted = [Sample(kinds, frames, length)] if length else []
        if error.limit or counted:

            def changed(was: Learnt) -> Learnt:
                was = was.with_context(error.limit, "the endpoint, when it overflowed")
                return was.with_sample(counted[0]) if counted else was

            self._keep(changed)
        self.learnt = self.learnt.with_context(limit, "what it refused")
        return limit < (self.endpoint.window or math.inf) or bool(counted)

    def _speak(self, dialect: Dialect) -> None:
        """Effect: from now on, speak so to this model."""

        def changed(was: Learnt) -> Learnt:
            made = was.spoken(dialect)
            for name, can in (("tools", dialect.tools), ("vision", dialect.images)):
                made = made.with_ability(name, can=False) if can is False else made
            return made.with_ability("json_schema", can=False) if dialect.format != "json_schema" else made

        self._keep(changed)

    def _waited(self, error: ModelError, tried: int) -> bool:
        """Effect: wait before asking again; False where that is not worth it."""
        left = self.deadline - time.monotonic()
        patience = Patience(left)
        wait = patience.pause(error, tried, left) if tried < self.endpoint.retries else None
        if wait is not None:
            patience.rest(wait)
        return wait is not None

    def _failed(self, error: ModelError, reading: Reading, seconds: float) -> Try:
        """What a try took that brought nothing: where an answer had begun, what was sent was read and what came was written."""
        if not reading.size:
            return Try(error.message, seconds)
        counter = self.learnt.counter
        said = wire.usage(reading.assembly.usage)
        if not said.tokens_in:
            read = counter.of(self.question.spoken, self.question.tools)
            said = Usage(read, 0, counter.text("x" * reading.assembly.characters))
        return Try(error.message, seconds, said.tokens_in, said.tokens_out, cost(self.endpoint, said))

    def _remember(self, reading: Reading, made: Reply, messages: Sequence[Message]) -> None:
        """Effect: keep what an answer shows of its model."""
        learnt_now = self.learnt
        thoughts = reading.assembly.thoughts
        if thoughts and thoughts != learnt_now.dialect.thoughts:
            self._speak(replace(learnt_now.dialect, thoughts=thoughts))
        shown = {"stream": reading.is_stream, "reasoning": bool(made.reasoning), "tools": bool(made.tool_calls)}
        news = [name for name, is_shown in shown.items() if is_shown and learnt_now.can(name) is not True]
        if len(made.tool_calls) > 1 and not learnt_now.can("parallel"):
            news.append("parallel")
        kinds, frames = features(messages, self.question.tools)
        is_counted = not made.usage.is_estimated and not any(m.images or m.reasoning for m in messages)
        sample = Sample(kinds, frames, made.usage.tokens_in) if is_counted and made.usage.tokens_in else None
        if sample is not None and _dropped(messages, made.usage):
            # Ollama cuts what is too long and says nothing: it is told by its count alone.
            seen = made.usage.tokens_in + made.usage.tokens_out
            self._keep(lambda was: was.with_context(seen, "what it counted: the rest was dropped"))
            return
        if not news and (sample is None or sample in learnt_now.samples):
            return

        def changed(was: Learnt) -> Learnt:
            for name in news:
                was = was.with_ability(name, can=True)
            return was.with_sample(sample) if sample else was

        self._keep(changed)

    def _keep(self, alter: Callable[[Learnt], Learnt]) -> None:
        kept = self._known.change(self.endpoint, alter)
        # A context guessed for this call alone is not kept, and must not be lost by what is.
        self.learnt = replace(kept, context=kept.context or self.learnt.context)


def _ask(body: Mapping[str, object], seconds: float) -> Ask:
    def ask(api: "OpenAI") -> object:
        return api.chat.completions.with_streaming_response.create(**body, timeout=seconds)  # type: ignore[call-overload]

    return ask  # type: ignore[return-value]


def _dropped(messages: Sequence[Message], usage: Usage) -> bool:
    """Whether an endpoint counted so little that it cannot have read all: no tokenizer has tokens of so many characters."""
    read = sum(len("".join(m.text.split())) for m in messages)
    return read > _SURELY * max(usage.tokens_in, _LEAST)


def _taken(usage: Usage) -> _Taken:
    return {"tokens_in": usage.tokens_in, "tokens_out": usage.tokens_out, "cost": usage.cost}


def _as_json(made: Reply, shape: Schema) -> Reply:
    """The answer with its JSON as text. Raises Misfit."""
    return replace(made, text=wire.well_formed(json.dumps(structured.read(made.text, shape), ensure_ascii=False)))
