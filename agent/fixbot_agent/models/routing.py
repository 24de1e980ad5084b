"""Who is asked: the models of a role in order; the next one takes over, with the whole conversation, when one fails."""

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass, replace
from typing import Protocol, TypeVar

from fixbot_agent.errors import AllModelsFailed, BudgetSpent, ModelError, UsageFailure
from fixbot_agent.models.calls import Call, Told, answered, failed
from fixbot_agent.models.client import Client
from fixbot_agent.models.handover import handed_over
from fixbot_agent.models.http import is_loopback
from fixbot_agent.models.keeping import Keeping
from fixbot_agent.models.known import Known
from fixbot_agent.models.messages import Message, Reply, ToolSpec, Usage
from fixbot_agent.models.model import Endpoint, Listen, Model, Schema, model_id
from fixbot_agent.models.prices import cost, estimate
from fixbot_agent.models.purse import Purse
from fixbot_agent.models.refusing import Aborted
from fixbot_agent.models.retrying import Crowded, Patience, temporary
from fixbot_agent.models.seat import Seat

E = TypeVar("E", bound=Endpoint)


class Hearing(Model, Protocol):
    """A model of an endpoint, whose answers' headers can be heard."""

    def tell_headers(self, heard: Callable[[Mapping[str, str]], None]) -> None:
        """Effect: from now on, `heard` is told the headers of each answer."""
        ...


Make = Callable[[Endpoint, Mapping[str, str] | None, Known | None], Hearing]
"""Makes the model of an endpoint, with the environment that holds its key and what is known of it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms models are asked: what all processes know of them, who pays, and who hears in a line when another one takes over.

    `hurries`: what they say is welcome and no more, so nothing is waited for that takes longer than a few seconds.
    """

    keeping: Keeping | None = None
    purse: Purse = field(default_factory=Purse)
    tell: Callable[[str], None] = lambda _: None
    hurries: bool = False


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked."""

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]
    schema: Schema | None
    listen: Listen | None


class Chain:
    """A :class:`Model` made of several: the next one takes over when one fails, and stays.

    One that failed for good is not asked again; one that was busy or out of reach is, when the others have failed too.
    `asked` is told of every call, failed ones too; `role` is the piece of work that it is told of.
    """

    def __init__(
        self,
        models: Sequence[Model | Seat],
        asked: Told = lambda _: None,
        role: str = "",
        terms: Terms | None = None,
    ) -> None:
        self._seats = [m if isinstance(m, Seat) else Seat(m) for m in models]
        self._current = self._seats[0] if self._seats else None
        self._asked, self._role, self._terms = asked, role, terms or Terms()
        self._stop = threading.Event()
        self._failures: dict[str, str] = {}
        self._passed: set[str] = set()  # models that were passed over without a request, and told of
        self._last: Call | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, in order."""
        return tuple(s.name for s in self._seats)

    @property
    def name(self) -> str:
        """The name of the model that is asked next; "" when all have failed for good."""
        left = self._left(())
        return left[0].name if left else ""

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        timeout: float = 0,
        *,
        schema: Schema | None = None,
        listen: Listen | None = None,
    ) -> Reply:
        """Effect: ask the first model that works. `timeout` is for all of them together.

        Raises AllModelsFailed when none answers, BudgetSpent where one might pass a limit and no other answers.
        """
        self._stop.clear()
        question = _Question(tuple(messages), tuple(tools), schema, listen)
        patience = Patience(timeout or math.inf, self._stop)
        tried: list[Seat] = []
        barred: BudgetSpent | None = None
        while (seat := self._next(tried)) is not None:
            self._passed_over(seat, tried)
            tried.append(seat)
            patience.has_next = self._terms.hurries or any(not s.error for s in self._left(tried))
            try:
                reply = self._answer(seat, question, patience)
            except Aborted:
                raise
            except BudgetSpent as error:
                barred, seat.error = barred or error, error.message
                self._hands_over(f"the model '{seat.name}' is passed over, as {error.message}", tried)
            except ModelError as error:
                self._failed(seat, error, tried)
            else:
                self._current = seat
                return reply
        if barred is not None:
            raise barred
        raise AllModelsFailed(
            "; ".join(self._failures.values()) or "no model is left", "'fixbot models' shows which of them answer"
        )

    def abort(self) -> None:
        """Effect: end the question under way, from any thread; whoever asked it gets Aborted."""
        self._stop.set()
        for seat in self._seats:
            if callable(abort := getattr(seat.model, "abort", None)):
                abort()

    def _left(self, tried: Sequence[Seat]) -> list[Seat]:
        """Who may be asked, the best first: who spoke last, then the others in their order, then those that do badly now."""
        left = [s for s in self._seats if not s.is_out and s not in tried]
        return sorted(left, key=lambda s: (bool(s.error) or s.breaker.is_open, s is not self._current))

    def _next(self, tried: Sequence[Seat]) -> Seat | None:
        """Who is asked now; where all are to be left alone for a while, the best of them all the same."""
        left = self._left(tried)
        return next((s for s in left if s.breaker.admits()), left[0] if left else None)

    def _answer(self, seat: Seat, question: _Question, patience: Patience) -> Reply:
        """Effect: ask the model of `seat`, and tell of it."""
        sent = handed_over(question.messages, seat.name)
        call = Call(seat.name, tuple(sent), question.tools, self._role, model_id(seat.model), began=time.time())
        tokens = seat.tokens(sent, question.tools)
        try:
            reply = seat.answer(lambda left: self._request(seat, call, question, tokens, left), tokens, patience)
        except ModelError as error:
            if error.tries or not isinstance(error, Crowded):
                self._told(failed(call, error))
            raise
        self._last = answered(call, reply)
        self._told(self._last)
        return reply

    def judged(self, *, verified: bool) -> None:
        """Effect: keep the verifier's last word on what the model did that answered last."""
        if self._last is not None and self._terms.keeping is not None:
            last = self._last
            self._terms.keeping.journal.judged(last.name, last.model, last.prompts, verified=verified)

    def _told(self, call: Call) -> None:
        """Effect: tell who keeps account, and keep how it went."""
        self._asked(call)
        if self._terms.keeping is not None:
            self._terms.keeping.journal.told(call)

    def _request(self, seat: Seat, call: Call, question: _Question, tokens: int, left: float) -> Reply:
        """Effect: one request, paid for whatever comes of it."""
        endpoint = seat.endpoint
        usage, calls = Usage(tokens, is_estimated=True), 1  # where it is cut off, nobody says what it took
        usage = replace(usage, cost=cost(endpoint, usage)) if endpoint else usage
        held = self._terms.purse.hold(seat.name, estimate(endpoint, tokens), min(left, seat.seconds))
        try:
            reply = seat.model.complete(
                call.messages,
                call.tools,
                0 if math.isinf(left) else left,
                schema=question.schema,
                listen=question.listen,
            )
            usage, calls = answered(call, reply).usage, max(len(reply.tries), 1)
        except ModelError as error:
            usage, calls = failed(call, error).usage, max(len(error.tries), 1)
            raise
        except KeyboardInterrupt:  # it was asked, and a report that knows nothing of it would say that no model was
            self._asked(replace(failed(call, ModelError("interrupted before it answered")), usage=usage))
            raise
        finally:
            self._terms.purse.settle(held, usage, calls)
        return reply

    def _failed(self, seat: Seat, error: ModelError, tried: Sequence[Seat]) -> None:
        """Effect: keep why, and tell who takes over."""
        seat.error = self._failures[seat.name] = error.message
        seat.is_out = temporary(error) is None
        self._hands_over(error.message, tried)

    def _hands_over(self, why: str, tried: Sequence[Seat]) -> None:
        """Effect: tell who is asked now instead, and why."""
        left = self._left(tried)
        if left:
            self._terms.tell(f"{why[:200]}; the model '{left[0].name}' takes over")

    def _passed_over(self, taken: Seat, tried: Sequence[Seat]) -> None:
        """Effect: tell, once of each, of models before the one `taken` that are left alone for what they did before this piece of work."""
        for seat in self._seats[: self._seats.index(taken)]:
            known = bool(seat.error) or seat.is_out or seat in tried or seat.name in self._passed
            if not known and (rest := seat.breaker.rest):
                self._passed.add(seat.name)
                why = f", as it failed: {seat.breaker.error[:150]}" if seat.breaker.error else ""
                self._terms.tell(
                    f"the model '{seat.name}' is left alone for {rest:.0f} s{why}; the model '{taken.name}' is asked"
                )


def chain(
    endpoints: Mapping[str, Endpoint],
    names: Sequence[str],
    *,
    offline: bool = False,
    environ: Mapping[str, str] | None = None,
    asked: Told = lambda _: None,
    role: str = "",
    terms: Terms | None = None,
    make: Make = Client,
) -> Chain | None:
    """Return the models `names`, in order, each as `make` has it; None when there are none.

    With `offline` only those on this machine stay. Raises UsageFailure for a name that is not configured.
    """
    chosen = usable(endpoints, names, offline=offline)
    terms = terms or Terms()
    seats = [seated(e, environ, terms.keeping, make) for e in chosen]
    return Chain(seats, asked, role, terms) if seats else None


def seated(
    endpoint: Endpoint,
    environ: Mapping[str, str] | None = None,
    keeping: Keeping | None = None,
    make: Make = Client,
) -> Seat:
    """The model of `endpoint`, in its place; asked again, where that may help, by its seat alone."""
    once = replace(endpoint, retries=0) if is_dataclass(endpoint) else endpoint
    client = make(once, environ, Known(keeping.folder) if keeping else None)
    seat = Seat(client, retries=endpoint.retries, seconds=endpoint.timeout)
    if keeping is not None:
        seat.breaker, seat.slots = keeping.breaker(endpoint), keeping.slots(endpoint)
        seat.limits = keeping.limits(endpoint)
        client.tell_headers(seat.limits.heard)
    return seat


def usable(endpoints: Mapping[str, E], names: Sequence[str], *, offline: bool = False) -> list[E]:
    """The endpoints `names`, in order, each once; with `offline` only those on this machine.

    Raises UsageFailure for a name that is not configured.
    """
    for name in names:
        if name not in endpoints:
            known = ", ".join(endpoints) or "none; add a [models.NAME] table to your settings"
            raise UsageFailure(f"no model '{name}' is configured", f"configured: {known}")
    chosen = [endpoints[n] for n in dict.fromkeys(names)]
    return [e for e in chosen if not offline or is_loopback(e.base_url)]


def built_in(why: str) -> str:
    """The one line that says that models do no more here, and `why`."""
    return f"built-in engines from here: {why}"
