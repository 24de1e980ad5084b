"""Completions by a model: prepared and cleaned where the index is, asked for in any thread, remembered, worked out ahead."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from itertools import count

from fixbot_agent.completing.cleaning import Cleaned, Draft
from fixbot_agent.completing.predicting.asked import Answer, Cancel, Extent, Heard, Prediction, Prepared, Told
from fixbot_agent.completing.predicting.asking import Models
from fixbot_agent.completing.predicting.flight import Flight
from fixbot_agent.completing.predicting.pace import Pace
from fixbot_agent.completing.predicting.preparing import followed, prepare
from fixbot_agent.completing.predicting.remembered import Remembered
from fixbot_agent.completing.predicting.sending import HIDDEN, Clearance
from fixbot_agent.models.http import is_loopback
from fixbot_analysis.graph import DependencyGraph
from fixbot_analysis.index import Index
from fixbot_analysis.source import Position

_SHOWN = 50  # predictions that may still be accepted
_NOTHING = "the model has nothing to add"
_LATE = 1.25  # of a model's usual time
_AGAIN = 2  # times that a flight which went elsewhere is replaced for one question


class Predictor:
    """What the terminal and the language server's engine share.

    :meth:`prepare` and :meth:`finish` run in the index's thread: some 30 ms, some 5 ms. :meth:`predict` runs in one of its own, does the
    network, and returns at once when its `cancel` is set; it parses nothing, as grammars' parsers are for one thread. One question a
    file is under way at a time; while the user types what it answers, it goes on. The other methods are for any thread.
    """

    def __init__(self, models: Models, clearance: Clearance, clean: Callable[[Draft], Cleaned]) -> None:
        self.pace = Pace()
        self._models, self._clearance, self._clean = models, clearance, clean
        self._remembered = Remembered()
        self._graph: DependencyGraph | None = None
        self._flights: dict[str, Flight] = {}
        self._trial: Flight | None = None  # what tries a model that has rested, while nobody waits for it
        self._shown: OrderedDict[str, tuple[Prepared, Prediction]] = OrderedDict()
        self._numbers = count(1)
        self._lock = threading.Lock()

    @property
    def model(self) -> str | None:
        """Who would be asked now; None where all are left alone for a while, :attr:`trouble` says why."""
        first = self._models.first
        return first.name if first else None

    @property
    def trouble(self) -> str:
        """Why models are left alone now; "" where none is."""
        return "; ".join(self._models.errors)

    @property
    def searching(self) -> bool:
        """Whether a question is under way that somebody waits for."""
        with self._lock:
            return any(not f.has_ended and not f.is_ahead for f in self._flights.values())

    def link(self, index: Index) -> None:
        """Effect: link the project's graph as it is now, in the index's thread, when nobody waits: a large project's takes seconds.

        Until the first time nothing of other files is in a request; later an old graph does for the files that did not change.
        """
        self._graph = index.graph

    def prepare(self, index: Index, path: str, position: Position, *, trusted: bool) -> Prepared:
        """Effect: reads through the index. What to ask at `position` of the text that the index holds; counts as a keystroke."""
        self.pace.typed()
        limits = self._models.limits
        return prepare(index, path, position, self._clearance, limits, trusted=trusted, graph=self._graph)

    def predict(self, prepared: Prepared, cancel: Cancel, *, invoked: bool = False) -> Heard:
        """Effect: asks a model, or takes what it answered before. Never raises; `why` says why there is nothing.

        `invoked` where the user asked for it, who then need not wait for a pause in typing.
        """
        began = time.monotonic()
        if prepared.why_not:
            return Heard(why=prepared.why_not)
        for _ in range(_AGAIN):
            if told := self._remembered.find(prepared.path, prepared.before, prepared.after):
                return _heard(told, "ahead" if told.is_ahead else "again", began)
            flight, is_new = self._joined(prepared), False
            if flight is None:
                if not invoked and cancel.wait(self.pace.wait):
                    return Heard(why="cancelled")
                self._try(prepared)
                flight, is_new = self._started(prepared)
            has_ended = flight.wait(self._until(flight, invoked=invoked), cancel, prepared.before)
            if cancel.is_set:
                return Heard(why="cancelled")
            if flight.left_at(prepared.before) is not None or (has_ended and flight.error):
                return self._landing(prepared, flight, "asked" if is_new else "under way", began)
        return Heard(why="the text changed")

    def finish(
        self, prepared: Prepared, heard: Heard, members: Callable[[str], Collection[str] | None] | None = None
    ) -> Answer:
        """What was heard, cleaned for the place; in the index's thread.

        `members` gives all members of a receiver as written, None where they are not wholly known: others are refused.
        """
        if heard.told is None:
            return Answer(None, heard.why)
        if HIDDEN in heard.told.text:
            return Answer(None, "not shown: it repeats what stands for a secret")
        names = prepared.names
        draft = Draft(
            prepared.path,
            prepared.data,
            prepared.offset,
            heard.told.text,
            prepared.language,
            prepared.extent is Extent.BLOCK,
            names=None if names is None else lambda: names,
            members=members,
            context="".join(e.text for e in prepared.hole.extras),
        )
        cleaned = self._clean(draft)
        if cleaned.text is None:
            return Answer(None, f"not shown: {cleaned.reason or cleaned.step} {cleaned.detail}".rstrip())
        told = heard.told
        prediction = Prediction(
            f"m{next(self._numbers)}",
            cleaned.text,
            cleaned.replace,
            told.model,
            told.way,
            told.prompt,
            heard.origin,
            heard.seconds,
            heard.is_part,
            cleaned.notes,
        )
        with self._lock:
            self._shown[prediction.id] = (prepared, prediction)
            while len(self._shown) > _SHOWN:
                self._shown.popitem(last=False)
        return Answer(prediction)

    def shown(self, number: str) -> None:
        """A prediction is on the screen: what would follow is worked out ahead where that costs nobody anything."""
        first = self._models.first
        if first is not None and is_loopback(first.base_url) and not (first.price_in or first.price_out):
            self._ahead(number)

    def accepted(self, number: str) -> None:
        """A prediction was taken: what follows is worked out before it is asked for."""
        self._ahead(number)

    def forget(self, path: str) -> None:
        """Effect: end what is under way for a file, and forget what was answered there (it was closed)."""
        with self._lock:
            flight = self._flights.pop(path, None)
        if flight is not None:
            flight.abort()
        self._remembered.forget(path)

    def close(self) -> None:
        """Effect: end everything under way."""
        with self._lock:
            flights, self._flights = [*self._flights.values(), *([self._trial] if self._trial else [])], {}
        for flight in flights:
            flight.abort()

    def _until(self, flight: Flight, *, invoked: bool) -> float:
        """Until when an answer is waited for (monotonic); not at all where a slow model's is not to be expected by then.

        It goes on all the same, and is used where it still fits when it has come.
        """
        now, deadline = time.monotonic(), self._models.limits.deadline
        if invoked or (flight.answer and "\n" in flight.answer.text):
            return now + deadline
        due = flight.began + max(deadline, _LATE * self._models.usual)
        return due if due <= now + deadline else now

    def _try(self, prepared: Prepared) -> None:
        """Effect: where a model has rested, ask it beside what is answered now; the next keystroke does not end that."""
        asks = self._models.trial()
        if asks is None:
            return
        trial = Flight(prepared, asks, self._landed, is_ahead=True)
        with self._lock:
            earlier, self._trial = self._trial, trial
        if earlier is not None:
            earlier.abort()
        trial.start()

    def _joined(self, prepared: Prepared) -> Flight | None:
        """The flight whose answer is being typed; one that goes elsewhere is ended, and those that nobody has asked for."""
        with self._lock:
            flight = self._flights.get(prepared.path)
            if flight is not None and (flight.is_aborted or flight.error or not self._fits(flight, prepared)):
                del self._flights[prepared.path]
                ended, flight = [flight], None
            else:
                ended = []
            idle = [p for p, f in self._flights.items() if f.is_ahead and f is not flight]
            ended += [self._flights.pop(p) for p in idle]
            if flight is not None:
                flight.is_ahead = False
        for each in ended:
            each.abort()
        return flight

    def _fits(self, flight: Flight, prepared: Prepared) -> bool:
        below = flight.prepared.after.partition("\n")[2] == prepared.after.partition("\n")[2]
        return below and flight.left_at(prepared.before) is not None

    def _started(self, prepared: Prepared, *, is_ahead: bool = False) -> tuple[Flight, bool]:
        """A new flight, or the one that another thread has started meanwhile."""
        with self._lock:
            known = self._flights.get(prepared.path)
            if known is not None and not known.is_aborted and not known.has_ended and self._fits(known, prepared):
                return known, False
            flight = self._flights[prepared.path] = Flight(
                prepared, self._models.texts, self._landed, is_ahead=is_ahead
            )
        if known is not None:
            known.abort()
        return flight.start(), True

    def _landed(self, flight: Flight) -> None:
        """A flight ended: what it brought is remembered; a part of an answer only as far as its lines are whole."""
        answer = flight.answer
        if flight.error or flight.is_aborted:
            return
        here = flight.prepared
        told = (
            Told(answer.text, answer.model, answer.way, answer.prompt, flight.is_ahead)
            if answer
            else Told("", "", "", "")
        )
        self._remembered.keep(here.path, here.before, here.after, told)
        if not flight.is_ahead:
            self.pace.answered(time.monotonic() - flight.began)

    def _landing(self, prepared: Prepared, flight: Flight, origin: str, began: float) -> Heard:
        """What a flight has for `prepared` now: all, or in time only its first lines."""
        answer, text = flight.answer, flight.left_at(prepared.before) or ""
        whole = flight.has_ended and not flight.error
        if not whole:
            text = text.rpartition("\n")[0]
        if answer is None or (not text.strip() and not whole):
            return Heard(why=flight.error or (_NOTHING if whole else "the model is late"))
        return _heard(Told(text, answer.model, answer.way, answer.prompt), origin, began, is_part=not whole)

    def _ahead(self, number: str) -> None:
        with self._lock:
            known = self._shown.get(number)
            is_busy = any(not f.has_ended for f in self._flights.values())
        if known is None or is_busy or self._models.first is None:
            return
        prepared, prediction = known
        then = followed(prepared, prediction.text, prediction.replace, self._clearance)
        if self._remembered.find(then.path, then.before, then.after) is None:
            self._started(then, is_ahead=True)


def _heard(told: Told, origin: str, began: float, *, is_part: bool = False) -> Heard:
    if not told.text.strip():
        return Heard(why=_NOTHING)
    return Heard(told, "", origin, time.monotonic() - began, is_part)
