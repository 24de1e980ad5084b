"""The engine: the child process that owns the index and the code model and answers the server's questions.

Run by the server as ``python -P -m fixbot_lsp.engine``; speaks :mod:`fixbot_lsp.wire` over stdin and stdout, and ends
when its stdin does.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fixbot_agent.workers import Workers
from fixbot_analysis.errors import FixbotError
from fixbot_lsp.inbox import Inbox
from fixbot_lsp.wire import Compile, Compiled, Complete, Completed, Failed, Learnt, Message, Ready, Step, encode

if TYPE_CHECKING:
    from fixbot_analysis.codemodel import CodeModel, Lessons
    from fixbot_analysis.index import Index
    from fixbot_repair.environment import Environment

_AT_ONCE = 0.05  # seconds that a small project may take to sort while questions wait
_MOMENT = 0.1  # seconds between two looks at a sorting under way
_FEW = 50  # files written on disk that are taken in one by one; for more, all of the disk is looked at


class Mouth:
    """Writes whole messages, from any thread."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._lock = out, threading.Lock()

    def say(self, message: Message) -> None:
        """Effect: send `message`."""
        with self._lock:
            self._out.write(encode(message))
            self._out.flush()

    def answer(self, number: int, compute: Callable[[], Message]) -> None:
        """Effect: send what `compute` returns, or that it failed."""
        try:
            self.say(compute())
        except (FixbotError, OSError) as error:
            self.say(Failed(number, str(error)))
        except Exception as error:  # noqa: BLE001 - one odd file must not end the engine for all others
            self.say(Failed(number, f"{type(error).__name__}: {error}"))


class Compilers:
    """Answers Compile questions in a thread of its own, which mostly waits for the compiler's process."""

    def __init__(self, inbox: Inbox, mouth: Mouth) -> None:
        self._inbox, self._mouth = inbox, mouth
        self._found: list[Environment | None] = []

    def run(self) -> None:
        """Effect: answer for ever."""
        while True:
            if (question := self._inbox.take(Compile)) is not None:
                self._mouth.answer(question.id, lambda q=question: self._compiled(q))  # type: ignore[misc]

    def _compiled(self, question: Compile) -> Message:
        from fixbot_repair.checks import run

        buffer = self._inbox.text(question.path)
        if buffer is None or buffer.text is None:
            return Compiled(question.id, ())
        # A document outside of the project is compiled under a name of no meaning: nothing is read from the disk.
        root, path = Path(self._inbox.begin().root or os.sep), question.path if buffer.inside else "document.py"
        overlay = {path: buffer.text.encode()}
        feedback = run(root, [path], only=["compiler"], overlay=overlay, environment=self._environment())
        if feedback.problems:
            return Failed(question.id, "; ".join(feedback.problems))
        return Compiled(question.id, feedback.findings)

    def _environment(self) -> "Environment | None":
        """Effect: the project's Python, looked for once; None: fixbot's own."""
        if not self._found:
            from fixbot_repair.environment import Environment

            root = self._inbox.begin().root
            try:
                self._found.append(Environment.find(Path(root)) if root else None)
            except FixbotError:
                self._found.append(None)
        return self._found[0]


class Engine:
    """Answers completions; between two of them it learns what of the project's code it does not know, file by file."""

    def __init__(self, inbox: Inbox, mouth: Mouth) -> None:
        self._inbox, self._mouth = inbox, mouth
        self._index: Index | None = None
        self._model: CodeModel | None = None  # what answers: holds the open documents until the whole is learnt
        self._steps: Iterator[bool] | None = None
        self._met: set[str] = set()  # files that changed while the whole is being learnt
        self._workers = Workers()

    def run(self) -> None:
        """Effect: open the index, then answer for ever."""
        self._open()
        wait: float | None = None if self._steps is None else 0
        while True:
            question = self._inbox.take(Complete, wait)
            self._take_changes()
            if question is not None:
                self._mouth.answer(question.id, lambda q=question: self._completed(q))  # type: ignore[misc]
            elif self._steps is not None:
                wait = self._step()

    def step(self, what: str, done: int, total: int) -> None:
        """Effect: pass the index's progress on."""
        self._mouth.say(Step(what, done, total))

    def _open(self) -> None:
        begin = self._inbox.begin()
        if not begin.root:
            return
        from fixbot_analysis.codemodel import CodeModel, Lessons
        from fixbot_analysis.index import Index

        overlay = {p: b.text.encode() for p, b in self._inbox.changed().items() if b.text is not None and b.inside}
        cache, began = Path(begin.cache) if begin.cache else None, time.monotonic()
        try:
            with self._workers:
                self._index = Index.open(Path(begin.root), cache, overlay, self._workers, self)
        except (FixbotError, OSError) as error:
            self._mouth.say(Failed(0, f"no index: {error}"))
            return
        self._model = CodeModel()
        for path, data in overlay.items():
            self._model.update(path, data)
        self._mouth.say(Ready(len(self._index.paths), time.monotonic() - began))
        self._steps = self._learn(Lessons(self._index, cache))
        self._step()

    def _step(self) -> float | None:
        """Effect: learn a little; returns how long a question may then be waited for (None: nothing is left to learn)."""
        is_busy = next(self._steps, None) if self._steps is not None else None
        if is_busy is None:
            self._steps = None
            return None
        return _MOMENT if is_busy else 0

    def _learn(self, lessons: "Lessons") -> Iterator[bool]:
        """Effect: learn one file a step, then let the whole take over. Yields whether that goes on by itself meanwhile."""
        from fixbot_analysis.index import settle

        began = time.monotonic()
        for _ in lessons.read():
            yield False
        # Sorting takes seconds for a large project, and only this thread would know of it until the whole takes over.
        sorting = threading.Thread(target=lessons.settle, name="sorting", daemon=True)
        sorting.start()
        sorting.join(_AT_ONCE)
        while sorting.is_alive():
            yield True
        lessons.open_buffers()
        for path in self._met:  # while the whole was learnt
            self._tell(lessons.model, path)
        self._model = lessons.model
        self._met.clear()
        settle()
        self._mouth.say(Learnt(len(self._model.paths), time.monotonic() - began))

    def _take_changes(self) -> None:
        changed, touched = self._inbox.changed(), self._inbox.touched()
        if self._index is None or self._model is None:
            return
        inside = {path: buffer.text for path, buffer in changed.items() if buffer.inside}
        for path, text in inside.items():
            self._index.update(path, text.encode() if text is not None else None)
        self._look(self._index, touched)
        for path in {*inside, *touched}:
            self._tell(self._model, path)
            if self._steps is not None:
                self._met.add(path)

    def _look(self, index: "Index", touched: Collection[str]) -> None:
        """Effect: take in files that were written, made or deleted on disk; no worker is left behind."""
        if len(touched) > _FEW:
            with self._workers:
                index.refresh()
        else:
            for path in sorted(touched):
                index.saved(path)

    def _tell(self, model: "CodeModel", path: str) -> None:
        """Let `model` know `path` as the index does: an open document, a file on disk, or none."""
        if self._index is None or not self._index.digest(path):
            model.forget(path)
        elif path in self._index.tree.overlay:
            model.update(path, self._index.tree.overlay[path])
        else:
            with suppress(FixbotError, OSError):
                model.learn(path, self._index.tree.read(path).data)

    def _completed(self, question: Complete) -> Message:
        if self._index is None or self._model is None:
            return Failed(question.id, "there is no index")
        from fixbot_agent.completing import complete
        from fixbot_analysis.source import Position

        place = Position(question.line, question.column)
        return Completed(question.id, complete(self._index, self._model, question.path, place))


def main() -> None:
    """Effect: serve until stdin ends. Whatever a library prints goes to stderr, not into the protocol."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    inbox, mouth = Inbox(sys.stdin.buffer), Mouth(out)
    inbox.start()
    threading.Thread(target=Compilers(inbox, mouth).run, name="compilers", daemon=True).start()
    Engine(inbox, mouth).run()


if __name__ == "__main__":
    main()
