"""Counts, on the user's machine, what is offered in the editor and what becomes of it; see :mod:`fixbot_lsp.statistics`."""

import asyncio
import itertools
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lsprotocol import types

from fixbot_agent.completing import Inline
from fixbot_agent.settings import Places
from fixbot_lsp.engine.wire import Decided
from fixbot_lsp.statistics.events import Accepted, Event, Shown, Withheld
from fixbot_lsp.statistics.log import Log
from fixbot_lsp.statistics.tracking import Tracker
from fixbot_lsp.text.documents import Documents, OpenDocument, Splice

_REMEMBERED = 256  # predictions
_LOOKS = 5.0  # seconds between two looks at what still stands


@dataclass(frozen=True, slots=True)
class Origin:
    """Which engine an offer comes from (``built-in`` or ``model``), by which model and version of its prompt.

    `prediction` is what the engine calls it, "" for what no model said.
    """

    engine: str = "built-in"
    model: str = ""
    prompt: str = ""
    prediction: str = ""


class Counting:
    """Everything that the features tell of offers. Where counting is switched off, offers get names all the same and nothing is kept."""

    def __init__(self, documents: Documents, decided: Callable[[Decided], None]) -> None:
        """`decided` hears what became of predictions."""
        self._documents, self._decided = documents, decided
        self._predictions: OrderedDict[str, str] = OrderedDict()  # of offers that may still be taken
        self._log = Log(Places.current().state / "statistics")
        self._tracker = Tracker(self._keep, self._text, time.time)
        self._names = itertools.count(1)
        self._run = f"{os.getpid():x}{int(time.time()):x}"
        self._looking: asyncio.Task[None] | None = None
        self.is_on = True

    def offered(self, document: OpenDocument, inline: Inline, origin: Origin, milliseconds: float, way: str) -> str:
        """Effect: count an offer, unless it goes on with the last one; returns its name, by which the client may call it."""
        data = document.text.data if document.text else b""
        there = data[inline.replace.start : inline.replace.end].decode("utf-8", "ignore")
        typed = len(os.path.commonprefix([there, inline.text]))  # noqa: RUF071 - of texts, not of paths
        known = self._tracker.goes_on(document.uri, inline.replace, inline.text, typed)
        if known:
            return known
        name = f"{self._run}-{next(self._names)}"
        event = Shown(
            name, time.time(), str(document.root or ""), document.path or "", document.language, origin.engine, origin.model,
            origin.prompt, way, len(inline.text), round(milliseconds, 1),
        )  # fmt: skip
        self._tracker.shown(event, document.uri, inline.replace, inline.text, typed)
        if origin.prediction:
            self._predictions[name] = origin.prediction
            self._decided(Decided(origin.prediction, is_accepted=False))
            while len(self._predictions) > _REMEMBERED:
                self._predictions.popitem(last=False)
        return name

    def withheld(self, origin: Origin, reason: str) -> None:
        """Effect: count a text that was made and not shown."""
        self._keep(Withheld(time.time(), origin.engine, origin.model, reason))

    def tells(self) -> None:
        """Take it that the client says what was taken, as those do that say what they showed: then edits tell nothing more."""
        self._tracker.tells = True

    def accepted(self, name: str) -> None:
        """Effect: count what the client says was taken; an unknown name says nothing."""
        self._tracker.accepted(name)
        self._look_on()

    def partly(self, name: str, units: int) -> None:
        """Effect: count what the client says was taken in part, `units` of UTF-16 of the text."""
        self._tracker.partly(name, self._tracker.characters(name, units))

    def edited(self, uri: str, splices: Iterable[Splice]) -> None:
        """Effect: see what an edit took."""
        self._tracker.edited(uri, splices)
        self._look_on()

    def closed(self, uri: str) -> None:
        """Forget what was followed in a document that was closed."""
        self._tracker.closed(uri)

    def stop(self) -> None:
        """Effect: look no more."""
        if self._looking is not None:
            self._looking.cancel()

    def _keep(self, event: Event) -> None:
        if isinstance(event, Accepted) and (prediction := self._predictions.pop(event.id, "")):
            self._decided(Decided(prediction, is_accepted=True))
        if self.is_on:
            self._log.write(event)

    def _text(self, uri: str) -> bytes | None:
        document = self._documents.get(uri)
        return document.text.data if document and document.text else None

    def _look_on(self) -> None:
        if self._tracker.following and (self._looking is None or self._looking.done()):
            self._looking = asyncio.get_running_loop().create_task(self._look(), name="counting")

    async def _look(self) -> None:
        while self._tracker.following:
            await asyncio.sleep(_LOOKS)
            self._tracker.look()


def called(item: object) -> str:
    """The name of the offer in a client's notice: ``{item: {command: {arguments: [{id}]}}}``; "" where there is none."""
    command = field_of(item, "command")
    arguments = field_of(command, "arguments")
    first = arguments[0] if isinstance(arguments, list | tuple) and arguments else None
    return str(field_of(first, "id") or "")


def field_of(value: object, name: str) -> object:
    """A field of a message that no type was declared for: pygls hands on dictionaries or objects, as it knows the method or not."""
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


def acceptance(name: str) -> types.Command:
    """What a client calls when the offer `name` was taken."""
    return types.Command("fixbot: accepted", "fixbot.accepted", arguments=[{"id": name}])
