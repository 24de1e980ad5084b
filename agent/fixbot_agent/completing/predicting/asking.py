"""The models of the role in their order: each asked by the way it understands, left alone while it fails, the next one then."""

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial

from fixbot_agent.completing.predicting.asked import Limits
from fixbot_agent.completing.predicting.journal import End, Journal, Note, Request
from fixbot_agent.completing.predicting.paying import Bill, Gate
from fixbot_agent.completing.predicting.promptness import Promptness, Watch
from fixbot_agent.errors import ModelError
from fixbot_agent.models import DayLimits, Keeping, Usage
from fixbot_agent.models.filling import Filler, Filling, Hole, Ways
from fixbot_agent.models.http import load
from fixbot_agent.models.keeping import Breaker
from fixbot_agent.models.model import Endpoint, called
from fixbot_agent.models.refusing import ContextOverflow, Transient
from fixbot_agent.models.retrying import Crowded

_SAFE = 0.8  # of the length that an endpoint says its context has: tokens are estimated
_LEAST = 256  # tokens: a context shorter than this is no context
_NO_WAY = 300.0  # seconds for which a model is left alone that fills no hole

Hold = Callable[[Filling | None], bool]
Texts = Callable[[Hole, tuple[str, ...], Hold], Generator["Text", None, None]]


@dataclass(slots=True)
class _Seat:
    """One endpoint with what is known of it. `room` in tokens becomes smaller when it says that a request was too long."""

    endpoint: Endpoint
    filler: Filler
    room: int
    breaker: Breaker
    gate: Gate
    promptness: Promptness
    finding: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_free(self) -> bool:
        """Whether it may be asked now."""
        return not self.breaker.is_open and not self.gate.closed


@dataclass(frozen=True, slots=True)
class Text:
    """An answer so far, and whose it is."""

    text: str
    model: str
    way: str
    prompt: str


class Models:
    """Asks the first model that works. For any thread.

    `keeping` is what other processes know of the models. Where somebody waits who `insists`, one is asked that others leave alone.
    """

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        limits: Limits,
        ways: Ways,
        journal: Journal,
        environ: Mapping[str, str] | None = None,
        *,
        keeping: Keeping,
        day: DayLimits | None = None,
        insists: bool = False,
    ) -> None:
        self.limits = limits
        self._ways, self._journal, self._environ = ways, journal, environ
        self._seats = []
        for e in endpoints:
            room = min(limits.context, getattr(e, "context", 0) or limits.context)
            breaker, gate = Breaker() if insists else keeping.breaker(e), Gate(e, keeping, day or DayLimits())
            promptness = Promptness(called(e), breaker)
            self._seats.append(_Seat(e, Filler(e, environ), room, breaker, gate, promptness))

    @property
    def first(self) -> Endpoint | None:
        """Who would be asked now; None where nobody is left."""
        return next((s.endpoint for s in self._seats if s.is_free), None)

    @property
    def usual(self) -> float:
        """Seconds after which an answer of who would be asked now is of use; 0 where that is not known."""
        return next((s.promptness.usual for s in self._seats if s.is_free), 0.0)

    @property
    def errors(self) -> tuple[str, ...]:
        """Why models are left alone now."""
        found = (s.breaker.error if s.breaker.is_open else s.gate.closed for s in self._seats)
        return tuple(error for error in found if error)

    def trial(self) -> Texts | None:
        """Effect: whether the first model is to be tried after a rest: what asks it, and it alone, which nobody else does meanwhile."""
        first = next((s for s in self._seats if s.is_free), None)
        if first is None or not first.breaker.is_tried_next or not first.breaker.admits():
            return None
        return partial(self._by, first)

    def texts(self, hole: Hole, files: tuple[str, ...], hold: Hold) -> Generator[Text, None, None]:
        """Effect: asks; yields the answer so far each time that there is more. Raises ModelError where nobody answers.

        `hold` is handed the filling under way, so that another thread can end it, and returns whether it is still wanted.
        """
        failures: list[str] = []
        for seat in self._seats:
            if not seat.breaker.admits():
                failures.append(seat.breaker.error)
                continue
            try:
                yield from self._by(seat, hole, files, hold)
            except ModelError as error:
                if not hold(None):
                    raise
                failures.append(error.message)
            else:
                return
        raise ModelError(
            "; ".join(f for f in failures if f) or "no model is configured",
            "'fixbot models' shows which of them answer",
        )

    def _by(self, seat: _Seat, hole: Hole, files: tuple[str, ...], hold: Hold) -> Generator[Text, None, None]:
        """Effect: asks one; what goes wrong is held against it, unless nobody waits any more: then only that it was late."""
        watch = seat.promptness.watch(self.limits.deadline)
        load()  # the first time takes a second, which is not the model's
        if not seat.endpoint.gguf:  # a file is served by us first
            watch.begin()
        try:
            yield from self._asked(seat, self._way(seat), hole, files, hold, watch)
        except Crowded:
            raise
        except ModelError as error:
            is_passing = isinstance(error, Transient)
            if not hold(None):
                watch.left()
            elif not (is_passing and watch.was_late):
                wait = error.wait if isinstance(error, Transient) else None
                seat.breaker.failed(error.message, wait=wait, for_good=not is_passing)
            raise
        finally:
            watch.close()

    def _way(self, seat: _Seat) -> str:
        """Effect: how it is to be asked, found out where that is not known. Raises Crowded where it cannot be, and leaves it alone."""
        with seat.finding:
            way = self._ways.of(seat.endpoint, seat.filler, self._environ)
        if not way.way:
            why = f"model '{seat.endpoint.name}' fills no hole ({way.why})"[:400]
            seat.breaker.failed(why, wait=_NO_WAY, for_good=True)
            raise Crowded(why)
        return way.way

    def _asked(
        self, seat: _Seat, way: str, hole: Hole, files: tuple[str, ...], hold: Hold, watch: Watch
    ) -> Generator[Text, None, None]:
        for final in (False, True):
            most = self.limits.line if hole.one_line else self.limits.length
            fitting = hole.within(seat.room - most)
            try:
                yield from self._streamed(seat, way, fitting, files, hold, watch)
            except ContextOverflow as error:
                told = int(_SAFE * error.limit) or seat.room
                seat.room = max(min(told, (fitting.tokens + most) * 3 // 4), _LEAST)
                if final:
                    raise
            else:
                return

    def _streamed(
        self, seat: _Seat, way: str, hole: Hole, files: tuple[str, ...], hold: Hold, watch: Watch
    ) -> Generator[Text, None, None]:
        """Effect: one request, once it may be made, and its answer."""
        most = self.limits.line if hole.one_line else self.limits.length
        filling = seat.filler.begin(hole, way, most, self.limits.patience)
        if not hold(filling):
            raise ModelError("nobody waits any more")
        with seat.gate.passed(hole.tokens, most, self.limits.patience) as bill:
            for text in self._heard(seat, filling, files, hold, bill, watch):
                yield Text(text, seat.endpoint.name, way, filling.asked.prompt_version)
            if filling.usage.tokens_in or filling.usage.tokens_out:
                bill.usage = filling.usage

    def _heard(
        self,
        seat: _Seat,
        filling: Filling,
        files: tuple[str, ...],
        hold: Hold,
        bill: Bill,
        watch: Watch,
    ) -> Generator[str, None, None]:
        """Effect: the text so far each time that there is more, written down as it goes, and what it takes by our own count."""
        read = Usage(filling.hole.tokens)

        def sent() -> None:
            bill.usage = read
            watch.sent()
            note.sent()

        note, end, why, text = self._note(seat, filling, files), End.FAILED, "broke", ""
        try:
            with closing(filling.texts(sent)) as texts:
                for text in texts:
                    if text.rpartition("\n")[0].strip():  # a whole line: that can be shown, whether or not more comes
                        watch.of_use()
                    bill.usage = replace(read, tokens_out=len(text) // 4)
                    yield text
            end, why = End.ANSWERED, filling.finish or "stop"
            watch.of_use()
        except GeneratorExit:
            end, why = End.ANSWERED, "enough"
            if hold(None):
                watch.of_use()
            raise
        except ModelError as error:
            end, why = (End.FAILED, error.message) if hold(None) else (End.CUT, "nobody waited any more")
            if end is End.FAILED and not text:  # it was refused
                bill.usage = Usage()
            raise
        finally:
            note.ended(end, why, filling.usage.tokens_in, filling.usage.tokens_out or len(text) // 4)

    def _note(self, seat: _Seat, filling: Filling, files: tuple[str, ...]) -> Note:
        held = {filling.hole.path, *(e.path for e in filling.hole.extras)}
        return self._journal.begin(
            Request(
                seat.endpoint.name, seat.endpoint.base_url, filling.asked.way, tuple(f for f in files if f in held),
                filling.asked.body, filling.hole.tokens,
            )
        )  # fmt: skip
