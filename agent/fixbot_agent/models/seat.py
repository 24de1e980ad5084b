"""One model of a chain: asked when its endpoint is well and not too busy, and again a few times where that may help."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count

from fixbot_agent.errors import BudgetSpent, ModelError, Try
from fixbot_agent.models.keeping import Breaker, Limits, Slots
from fixbot_agent.models.known import Known
from fixbot_agent.models.messages import Message, Reply, ToolSpec
from fixbot_agent.models.model import Endpoint, Model
from fixbot_agent.models.refusing import ContextOverflow
from fixbot_agent.models.retrying import Crowded, Patience, temporary
from fixbot_agent.models.tokens import Counter

Ask = Callable[[float], Reply]  # seconds that the answer may take


@dataclass(slots=True, eq=False)
class Seat:
    """`model`, with what all processes know of it. `retries` times it is asked again, `seconds` all its tries may take together."""

    model: Model
    breaker: Breaker = field(default_factory=Breaker)
    limits: Limits | None = None
    slots: Slots | None = None
    retries: int = 0
    seconds: float = math.inf
    is_out: bool = False  # it will not answer in this piece of work
    error: str = ""  # why it failed last

    @property
    def name(self) -> str:
        """The configured name."""
        return self.model.name

    @property
    def endpoint(self) -> Endpoint | None:
        """What is known of it; None for a model that is no endpoint's."""
        found: Endpoint | None = getattr(self.model, "endpoint", None)
        return found

    def tokens(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> int:
        """Effect: reads what is known of the model. About the most tokens that it reads a request as."""
        known, endpoint, counter = getattr(self.model, "known", None), self.endpoint, Counter()
        if isinstance(known, Known) and endpoint is not None:
            counter = known.of(endpoint).counter
        return counter.of(messages, tools)

    def answer(self, ask: Ask, tokens: int, patience: Patience) -> Reply:
        """Effect: `ask`, which may take `tokens`, until there is an answer or it is no use; the answer, or error, tells of all tries.

        Raises ModelError; BudgetSpent where `ask` does so before anything failed.
        """
        began, asked = time.monotonic(), 0.0
        tries: tuple[Try, ...] = ()
        last: ModelError | None = None
        for tried in count():
            left = min(patience.left, self.seconds - asked)
            started = time.monotonic()
            try:
                with self._turn(tokens, patience):
                    started = time.monotonic()
                    reply = ask(left)
            except BudgetSpent:
                if last is None:
                    raise
                raise last from None
            except ModelError as error:
                took = time.monotonic() - started
                last, asked = error, asked + took
                tries = error.tries = (*tries, *self._tries(error, took))
                self._failed(error)
                wait = patience.pause(error, tried, self.seconds - asked) if tried < self.retries else None
                if wait is None:
                    raise
                patience.rest(wait)
            else:
                self._answered(reply, tokens)
                return replace(reply, tries=(*tries, *reply.tries), seconds=time.monotonic() - began)
        raise AssertionError("unreachable")

    @contextmanager
    def _turn(self, tokens: int, patience: Patience) -> Iterator[None]:
        """Effect: wait until one more request may be made, and hold a place while it is. Raises Crowded where the waiting is not worth it."""
        while self.limits is not None and (wait := self.limits.take(tokens)):
            if wait > patience.worth:
                raise Crowded(
                    f"model '{self.name}' may not be asked for {wait:.0f} s: its limits are used up",
                    "see requests_per_minute and tokens_per_minute in [models.NAME]",
                    wait,
                )
            patience.rest(wait)
        if self.slots is None:
            yield
            return
        with self.slots.taken(time.monotonic() + patience.worth, patience.rest) as is_ours:
            if not is_ours:
                raise Crowded(
                    f"model '{self.name}' is asked as often at once as it may be", "see parallel in [models.NAME]"
                )
            yield

    def _tries(self, error: ModelError, seconds: float) -> tuple[Try, ...]:
        return () if isinstance(error, Crowded) else error.tries or (Try(error.message, seconds),)

    def _failed(self, error: ModelError) -> None:
        """Effect: tell the others. What only this request did wrong says nothing of the endpoint."""
        transient = temporary(error)
        if transient is None or isinstance(transient, (Crowded, ContextOverflow)):
            return
        if transient.wait is not None and self.limits is not None:  # it is well, and says when it may be asked again
            self.limits.hold(min(transient.wait, 60.0))
        else:
            self.breaker.failed(error.message, wait=transient.wait)

    def _answered(self, reply: Reply, tokens: int) -> None:
        self.error = ""
        self.breaker.succeeded()
        if self.limits is not None:
            self.limits.settle(reply.usage.tokens_in + reply.usage.tokens_out - tokens)
