"""Questions about a place on their way to the engine: asked once whoever asks, and taken back when nobody waits any more."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from fixbot_agent.completing import Completion
from fixbot_lsp.engine.link import Link
from fixbot_lsp.errors import ChildFailed, Outdated
from fixbot_lsp.text.documents import OpenDocument

log = logging.getLogger(__name__)
T = TypeVar("T")
_PATIENCE = 1.5  # seconds; after that the open document has to do
_AT_FIRST, _TIMES = 0.3, 3  # the same for the first few questions in a folder, while the engine may still be loading


@dataclass(slots=True)
class _Question:
    """One question that the engine works on, and how many wait for its answer."""

    revision: int
    offset: int
    task: "asyncio.Task[Completion | None]"
    waiting: int = 0


class Asking:
    """What editors ask more than once at one place is one question to the engine.

    A list does not wait for a text for the rest of the line: that is a question of its own, unless the list shows such a text.
    """

    def __init__(self) -> None:
        self._questions: dict[tuple[str, bool], _Question] = {}  # by document, with lines or without: the newest
        self._asked: Counter[Path | None] = Counter()  # questions by folder, until the engine has answered one
        self._newest: dict[
            tuple[str, str], asyncio.Future[None]
        ] = {}  # by document and method: done when a newer one came

    async def until_edited(self, document: OpenDocument, method: str, work: Coroutine[object, object, T]) -> T:
        """Effect: what `work` comes to. An edit of the document, or a newer call with the same `method`, ends it: Outdated is raised."""
        ended, task = self._latest(document, method), asyncio.create_task(work, name=method)
        try:
            await _either(task, ended)
            if ended.done():
                raise Outdated("the document or the place has changed since")
            return task.result()
        finally:
            task.cancel()
            self._leave(document, method, ended)

    async def completion(
        self, link: Link, document: OpenDocument, offset: int, method: str, *, lines: bool = True
    ) -> Completion | None:
        """Effect: what belongs at the byte `offset`, without the rest of the line unless `lines`; None where the engine has no answer in time.

        A newer call with the same `method` for the document ends this one, and so does an edit: Outdated is raised.
        """
        revision, ended = document.revision, self._latest(document, method)
        question = self._question(link, document, offset, lines=lines)
        question.waiting += 1
        try:
            await _either(question.task, ended)
            if ended.done() or document.revision != revision:
                raise Outdated("the document or the place has changed since")
            return question.task.result()
        finally:
            question.waiting -= 1
            if not question.waiting:
                question.task.cancel()
                if self._questions.get((document.uri, lines)) is question:
                    del self._questions[document.uri, lines]
            self._leave(document, method, ended)

    def _latest(self, document: OpenDocument, method: str) -> "asyncio.Future[None]":
        """What is done when nobody asks `method` for the document as it is now any more; the one before it is done."""
        key = (document.uri, method)
        if (before := self._newest.get(key)) is not None and not before.done():
            before.set_result(None)
        ended = self._newest[key] = asyncio.get_running_loop().create_future()
        return ended

    def _leave(self, document: OpenDocument, method: str, ended: "asyncio.Future[None]") -> None:
        if self._newest.get((document.uri, method)) is ended:
            del self._newest[document.uri, method]

    def edited(self, uri: str) -> None:
        """End what waits for an answer about the document as it was."""
        for (asked, _), ended in self._newest.items():
            if asked == uri and not ended.done():
                ended.set_result(None)

    def _question(self, link: Link, document: OpenDocument, offset: int, *, lines: bool) -> _Question:
        known = self._questions.get((document.uri, lines))
        if known is not None and (known.revision, known.offset) == (document.revision, offset):
            return known
        task = asyncio.create_task(self._ask(link, document, offset, lines=lines), name="question")
        asked = self._questions[document.uri, lines] = _Question(document.revision, offset, task)
        return asked

    async def _ask(self, link: Link, document: OpenDocument, offset: int, *, lines: bool) -> Completion | None:
        root = document.root
        self._asked[root] += 1
        patience = _AT_FIRST if self._asked[root] <= _TIMES else _PATIENCE
        with contextlib.suppress(TimeoutError):
            try:
                asked = link.complete(document.uri, document.revision, offset, lines=lines)
                answer = await asyncio.wait_for(asked, patience)
            except ChildFailed as error:
                log.debug("no answer from the engine: %s", error)
            else:
                self._asked[root] += _TIMES
                return answer.completion
        return None


async def _either(one: "asyncio.Future[T]", other: "asyncio.Future[None]") -> None:
    """Wait for the end of one of them."""
    both: tuple[asyncio.Future[Any], ...] = (one, other)
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
