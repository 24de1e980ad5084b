"""The engine: the child process that owns the indices and code models of all folders and answers the server's questions.

Run by the server as ``python -P -m fixbot_lsp.engine.engine``; speaks :mod:`fixbot_lsp.engine.wire` over stdin and stdout, and ends
when its stdin does.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fixbot_analysis.errors import FixbotError
from fixbot_lsp.engine.inbox import Inbox
from fixbot_lsp.engine.memory import give_back, one_heap
from fixbot_lsp.engine.predictions import Predictions
from fixbot_lsp.engine.project import Project
from fixbot_lsp.engine.wire import Bring, Compile, Compiled, Complete, Failed, Message, Predict, Question, encode

if TYPE_CHECKING:
    from fixbot_repair.environment import Environment

_PAUSE = 0.1  # seconds without an edit after which what was typed is read
_REST = 4.0  # seconds without an edit after which a graph is linked for models' requests: that may take seconds, once a folder
_TIDYING = 20.0  # pauses without an edit after which memory is given back that nothing needs any more
_PATIENCE = 3.0  # times as long as that takes, for large documents


class Mouth:
    """Writes whole messages, from any thread."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._lock = out, threading.Lock()

    def say(self, message: Message) -> None:
        """Effect: send `message`."""
        line = encode(message)
        with self._lock:
            self._out.write(line)
            self._out.flush()

    def answer(self, number: int, compute: Callable[[], Message]) -> None:
        """Effect: send what `compute` returns, or that it failed."""
        self.attempt(number, lambda: self.say(compute()))

    def attempt(self, number: int, work: Callable[[], None]) -> None:
        """Effect: do `work`, which answers by itself; where it fails, say that."""
        try:
            work()
        except (FixbotError, OSError) as error:
            self.say(Failed(number, str(error)))
        except Exception as error:  # noqa: BLE001 - one odd file must not end the engine for all others
            self.say(Failed(number, f"{type(error).__name__}: {error}"))


class Compilers:
    """Answers Compile questions in a thread of its own, which mostly waits for the compiler's process."""

    def __init__(self, inbox: Inbox, mouth: Mouth) -> None:
        self._inbox, self._mouth = inbox, mouth
        self._found: dict[str, Environment | None] = {}

    def run(self) -> None:
        """Effect: answer for ever."""
        while True:
            if (question := self._inbox.take(Compile)) is not None:
                self._mouth.answer(question.id, lambda q=question: self.compiled(q))  # type: ignore[misc]
                self._inbox.done(question)

    def compiled(self, question: Compile) -> Message:
        """Effect: what the compiler says of an open document, or that it cannot be asked."""
        from fixbot_analysis.source.decoding import from_buffer
        from fixbot_repair.checks.all import able, requested
        from fixbot_repair.checks.compiler import Compiler

        held = self._inbox.held(question.uri)
        if held is None:
            return Compiled(question.id, ())
        # A document outside of the project is compiled under a name of no meaning: nothing is read from the disk.
        root, path = Path(held.root or os.sep), held.path if held.root else "document.py"
        documents, overlay = {path: from_buffer(path, held.data)}, {path: held.data}
        # Not checks.run, which names findings by the definitions around them: grammars' parsers are for one thread.
        request = requested(root, documents, overlay, self._environment(held.root), trusted=False, sandbox=None)
        answers = [tool.check(request) for tool in able([Compiler()], request)]
        if problems := [problem for answer in answers for problem in answer.problems]:
            return Failed(question.id, "; ".join(problems))
        return Compiled(question.id, tuple(finding for answer in answers for finding in answer.findings))

    def _environment(self, root: str) -> "Environment | None":
        """Effect: the project's Python, looked for once; None: fixbot's own."""
        if root not in self._found:
            from fixbot_repair.environment import Environment

            try:
                self._found[root] = Environment.find(Path(root)) if root else None
            except FixbotError:
                self._found[root] = None
        return self._found[root]


class Engine:
    """Answers completions; between two of them it reads what was typed, and learns what of the folders' code it does not know."""

    def __init__(self, inbox: Inbox, mouth: Mouth, pause: float = _PAUSE) -> None:
        self._inbox, self._mouth, self._pause = inbox, mouth, pause
        self._projects: dict[str, Project] = {}
        self._predictions = Predictions(mouth.say, inbox.wake)
        inbox.listen(self._predictions.cancel, self._predictions.decided)
        self._unlinked: list[Project] = []  # whose graphs are to be linked once nobody waits
        self._unopened: list[Project] = []
        self._typed = 0.0  # when a document changed last
        self._is_untidy = False  # whether anything was typed or asked since memory was given back
        self._free = 0.0  # seconds that a question may be waited for where something is left to learn

    def run(self) -> None:
        """Effect: answer for ever."""
        while True:
            self.turn(self.patience())

    def turn(self, wait: float | None) -> None:
        """Effect: wait `wait` seconds at most (None: any time) for a question or news; answer, or use the time."""
        question = self._inbox.take(Complete, Bring, Predict, wait=wait)
        has_news = self._take_news() or self._predictions.has_heard
        self._predictions.finish()
        if question is not None:
            self._answer(question)
        elif self._unopened:
            self._open(self._unopened.pop(0))
        elif not has_news:
            self._use_time()

    def patience(self) -> float | None:
        """Seconds that :meth:`turn` may wait; None: there is nothing to do until something comes."""
        waits = [0.0] if self._unopened else []
        if any(project.is_unprepared for project in self._projects.values()):
            waits.append(self._pause)
        if any(project.is_stale for project in self._projects.values()):
            waits.append(max(0.0, self._calm - time.monotonic()))
        if any(project.is_learning for project in self._projects.values()):
            waits.append(self._free)
        elif self._is_untidy:
            waits.append(max(0.0, self._tidying - time.monotonic()))
        elif self._unlinked:
            waits.append(max(0.0, self._typed + _REST - time.monotonic()))
        return min(waits, default=None)

    @property
    def _calm(self) -> float:
        """When nobody will have typed for long enough to read what was: the longer, the more that costs."""
        reading = sum(project.reading for project in self._projects.values())
        return self._typed + max(self._pause, _PATIENCE * reading if self._pause else 0.0)

    @property
    def _tidying(self) -> float:
        """When nobody will have typed for long enough to tidy up."""
        return self._typed + _TIDYING * self._pause

    def _use_time(self) -> None:
        """Effect: read what was typed once nobody types, else learn a little, the folder that was opened last first."""
        self._free = 0.0
        if time.monotonic() >= self._calm:
            for project in self._projects.values():
                project.settle()
        learning = [project for project in self._projects.values() if project.is_learning]
        if learning:
            self._free = learning[-1].learn() or 0.0
        elif unprepared := [project for project in self._projects.values() if project.is_unprepared]:
            unprepared[-1].prepare()
        elif self._is_untidy and time.monotonic() >= self._tidying:
            self._is_untidy = False
            for project in self._projects.values():
                project.tidy()
            give_back()
        elif self._unlinked and time.monotonic() >= self._typed + _REST:
            self._predictions.link(self._unlinked.pop())

    def _open(self, project: Project) -> None:
        project.open(self._look_up)
        if self._projects.get(project.root) is not project:  # the folder was closed meanwhile
            project.close()
            return
        self._predictions.open(project.root)
        self._unlinked.append(project)

    def _look_up(self) -> None:
        """Effect: answer, while one folder is indexed, who asks about another."""
        if (question := self._inbox.take(Complete, Bring, Predict, wait=0)) is not None:
            self._take_news()
            self._answer(question)

    def _take_news(self) -> bool:
        folders, news, touched = self._inbox.folders(), self._inbox.news(), self._inbox.touched()
        for root, is_open in folders.items():
            if is_open:
                self._project(root)
            elif (project := self._projects.pop(root, None)) is not None:
                project.close()
                self._predictions.leave(root)
                self._unlinked = [other for other in self._unlinked if other is not project]
                self._unopened = [other for other in self._unopened if other is not project]
        for (root, path), each in news.items():
            if each.held is None:
                self._predictions.closed(root, path)
            if each.held is not None or root in self._projects:
                self._project(root).take(path, each)
        for root, paths in touched.items():
            if root in self._projects:
                self._projects[root].look(paths)
        if news:
            self._typed, self._is_untidy = time.monotonic(), True
        return bool(folders or news or touched)

    def _project(self, root: str) -> Project:
        """The folder `root`; one that is new is opened at the next occasion."""
        if root not in self._projects:
            cache = self._inbox.begin().cache
            self._projects[root] = Project(root, Path(cache) if cache else None, self._mouth.say)
            self._unopened.append(self._projects[root])
        return self._projects[root]

    def _answer(self, question: Question) -> None:
        held = self._inbox.held(question.uri)
        project = self._projects.get(held.root) if held else None
        if held is None or project is None or self._inbox.is_void(question):
            self._mouth.say(Failed(question.id, "the document has changed"))
        else:
            path, stop = held.path, partial(self._inbox.is_void, question)
            if isinstance(question, Bring):
                self._mouth.answer(question.id, partial(project.brought, question, path))
            elif isinstance(question, Complete):
                self._mouth.answer(question.id, partial(project.completed, question, path, stop))
            elif isinstance(question, Predict):
                self._mouth.attempt(question.id, partial(self._predictions.ask, question, project, path))
        self._inbox.done(question)
        self._is_untidy = True


def main() -> None:
    """Effect: serve until stdin ends. Whatever a library prints goes to stderr, not into the protocol."""
    one_heap()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    mouth = Mouth(out)
    inbox = Inbox(sys.stdin.buffer, lost=mouth.say)
    inbox.start()
    threading.Thread(target=Compilers(inbox, mouth).run, name="compilers", daemon=True).start()
    Engine(inbox, mouth).run()


if __name__ == "__main__":
    main()
