"""One question under way: its answer grows in a thread of its own while any number of others wait for it, take from it, or end it."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from fixbot_agent.completing.predicting.asked import Cancel, Prepared
from fixbot_agent.completing.predicting.asking import Text, Texts
from fixbot_agent.completing.predicting.extent import Stopper
from fixbot_agent.errors import ModelError
from fixbot_agent.models.filling import Filling

_LINGER = 1.5  # seconds that an answer goes on for nobody


class Flight:
    """An answer for `prepared`, asked for by `texts`; `is_ahead` where nobody has asked for it yet."""

    def __init__(
        self, prepared: Prepared, texts: Texts, landed: Callable[["Flight"], None], *, is_ahead: bool = False
    ) -> None:
        self.prepared = prepared
        self.is_ahead = is_ahead
        self.began = time.monotonic()
        self.answer: Text | None = None
        self.error = ""
        self.has_ended = self.is_aborted = False
        self._texts, self._landed = texts, landed
        self._filling: Filling | None = None
        self._change = threading.Condition()
        self._waiting = 0

    def start(self) -> "Flight":
        """Effect: ask, in a thread of its own."""
        threading.Thread(target=self._run, name="fixbot-prediction", daemon=True).start()
        return self

    def left_at(self, before: str) -> str | None:
        """The answer so far without what was typed since; None where something else was typed. ``""`` may still become more."""
        at = len(self.prepared.before)
        if not before.startswith(self.prepared.before):
            return None
        typed, text = before[at:], self.answer.text if self.answer else ""
        if text.startswith(typed) and (len(text) > len(typed) or not self.has_ended):
            return text[len(typed) :]
        return "" if not self.has_ended and typed.startswith(text) else None

    def wait(self, until: float, cancel: Cancel, before: str) -> bool:
        """Effect: wait for the end, or `until` (monotonic), or a cancel, or text that is not what was typed; returns whether it ended."""
        cancel.on(self._wake)
        with self._change:
            self._waiting += 1
            while not (self.has_ended or self.is_aborted or cancel.is_set) and self.left_at(before) is not None:
                left = until - time.monotonic()
                if left <= 0:
                    break
                self._change.wait(left)
            self._waiting -= 1
            is_left = cancel.is_set and not self.has_ended and not self._waiting
        if is_left:  # the next keystroke may take it up; else the endpoint is not kept busy for nobody
            leaving = threading.Timer(_LINGER, self._leave)
            leaving.daemon = True
            leaving.start()
        return self.has_ended

    def abort(self) -> None:
        """Effect: end it; the endpoint sees its connection closed."""
        with self._change:
            self.is_aborted = True
            filling = self._filling
            self._change.notify_all()
        if filling is not None:
            filling.abort()

    def _leave(self) -> None:
        with self._change:
            is_left = not self._waiting and not self.has_ended
        if is_left:
            self.abort()

    def _wake(self) -> None:
        with self._change:
            self._change.notify_all()

    def _hold(self, filling: Filling | None) -> bool:
        with self._change:
            self._filling = filling or self._filling
            return not self.is_aborted

    def _run(self) -> None:
        error = ""
        try:
            self._follow()
        except ModelError as broken:
            error = broken.message
        except Exception as broken:  # noqa: BLE001 - whoever waits must be told, whatever broke
            error = f"{type(broken).__name__}: {broken}"
        with self._change:
            self.error, self.has_ended = error, True
        self._landed(self)
        self._wake()

    def _follow(self) -> None:
        here = self.prepared
        stopper = Stopper(here.before, here.after, here.language, here.extent)
        texts = self._texts(here.hole, here.files, self._hold)
        try:
            for answer in texts:
                text, is_all = stopper.cut(answer.text)
                with self._change:
                    self.answer = Text(text, answer.model, answer.way, answer.prompt)
                    self._change.notify_all()
                if is_all or self.is_aborted:
                    return
            self._cut_short()
        finally:
            texts.close()

    def _cut_short(self) -> None:
        """An answer that was as long as it may be ends anywhere: of several lines the last is left out."""
        if self._filling is not None and self._filling.finish == "length" and self.answer and "\n" in self.answer.text:
            with self._change:
                self.answer = replace(self.answer, text=self.answer.text.rpartition("\n")[0])
