"""One folder as the engine knows it: the index, the code model that is learnt meanwhile, and the open documents over both."""

import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from fixbot_agent.workers import Workers
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.source import Position, language_of
from fixbot_lsp.engine.inbox import News
from fixbot_lsp.engine.live import Live, Recent
from fixbot_lsp.engine.memory import give_back
from fixbot_lsp.engine.wire import Bring, Brought, Complete, Completed, Cut, Failed, Learnt, Message, Ready, Step

if TYPE_CHECKING:
    from fixbot_analysis.codemodel import CodeModel, Lessons
    from fixbot_analysis.index import Index

_AT_ONCE = 0.05  # seconds that a small project may take to sort while questions wait
_MOMENT = 0.1  # seconds between two looks at a sorting under way
_FEW = 50  # files written on disk that are taken in one by one; for more, all of the disk is looked at
# Seconds that a question waits for its document to be read again, where what was typed stands on its own line. At 200 places of Django .02
# gave the same items but at two, where names of the line under way count, and answers of 8 ms (p95 27) instead of 6 (15).
_AFFORDABLE = 0.003
_WORKERS = (
    1 if (os.cpu_count() or 1) <= 2 else 2
)  # each takes 40 MB while a folder is read; somebody works on this machine meanwhile
_PREPARING = 0.01  # seconds of looking through what imports could bring, between two looks for a question
_FORGETTING = 0.98  # of what reading a byte took, a reading later
_A_BYTE = 0.5e-6  # seconds that reading a byte of source takes, until it was measured

T = TypeVar("T")
R = TypeVar("R")


def _position(data: bytes, offset: int) -> Position:
    """The place of a byte, without looking where each of thousands of lines begins."""
    begin = data.rfind(b"\n", 0, offset) + 1
    return Position(data.count(b"\n", 0, offset), len(data[begin:offset].decode("utf-8", "ignore")))


class Attentive:
    """An executor that looks up between two items: while one folder is indexed, others are answered for."""

    def __init__(self, workers: Workers, look_up: Callable[[], None]) -> None:
        self._workers, self._look_up = workers, look_up

    def map(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Effect: yield ``function(item)`` for every item, in order."""
        for result in self._workers.map(function, items):
            self._look_up()
            yield result


class Project:
    """The folder `root`, or without one the documents that lie in none. For one thread; what it finds out is said through `say`."""

    def __init__(self, root: str, cache: Path | None, say: Callable[[Message], None]) -> None:
        self.root, self._cache, self._say = root, cache, say
        self._live: dict[str, Live] = {}
        self._index: Index | None = None
        self._model: CodeModel | None = None  # what answers: holds the open documents until the whole is learnt
        self._steps: Iterator[bool] | None = None
        self._met: set[str] = set()  # files that changed while the whole is being learnt
        self._a_byte = _A_BYTE
        self._recent = Recent()
        self._is_prepared = False
        self._workers = Workers(_WORKERS)

    @property
    def is_ready(self) -> bool:
        """Whether there is an index."""
        return self._index is not None

    @property
    def is_learning(self) -> bool:
        """Whether :meth:`step` has something to do."""
        return self._steps is not None

    @property
    def is_stale(self) -> bool:
        """Whether :meth:`settle` has something to do."""
        return self.is_ready and any(live.is_stale for live in self._live.values())

    @property
    def reading(self) -> float:
        """Seconds that :meth:`settle` is likely to take."""
        return self._a_byte * sum(len(live.held.data) for live in self._live.values() if live.is_stale)

    @property
    def is_unprepared(self) -> bool:
        """Whether :meth:`prepare` has something to do."""
        return self.is_ready and not self._is_prepared

    def live(self, path: str) -> Live | None:
        """The open document `path`."""
        return self._live.get(path)

    def step(self, what: str, done: int, total: int) -> None:
        """Effect: pass the index's progress on."""
        self._say(Step(self.root, what, done, total))

    def open(self, look_up: Callable[[], None]) -> None:
        """Effect: open the index; `look_up` is called between two files that are read."""
        from fixbot_analysis.codemodel import CodeModel, Lessons
        from fixbot_analysis.index import Index

        began = time.monotonic()
        overlay = {path: live.held.data for path, live in self._live.items()}
        try:
            with self._workers:
                index = Index.open(self._folder(), self._cache, overlay, Attentive(self._workers, look_up), self)
        except (FixbotError, OSError) as error:
            self._say(Failed(0, f"no index of {self.root or 'single files'}: {error}"))
            return
        self._index, self._model = index, CodeModel()
        for path, live in self._live.items():  # what was typed meanwhile is read when it is asked for
            if live.held.data == overlay.get(path):
                live.was_read()
            self._count(path, live)
        self._say(Ready(self.root, len(index.paths), time.monotonic() - began))
        if self.root:
            self._steps = self._learn(Lessons(index, self._cache))
            self.learn()

    def close(self) -> None:
        """Effect: let go of the index."""
        if self._index is not None:
            self._index.close()

    def take(self, path: str, news: News) -> None:
        """Take in what became of the open document `path`: its text and counts; the index reads it later."""
        if news.held is None:
            self._live.pop(path, None)
            if self._index is not None:
                self._index.update(path, None)
                self._learn_from_index(path)
            return
        live = self._live.get(path)
        if live is None:
            live = self._live[path] = Live(news.held)
        live.take(news.held, news.edit)
        if news.edit is not None:
            self._recent.typed(news.held.data, news.edit)
        self._count(path, live)

    def look(self, touched: Collection[str]) -> None:
        """Effect: take in files that were written, made or deleted on disk; no worker is left behind."""
        if self._index is None:
            return
        if len(touched) > _FEW:
            with self._workers:
                self._index.refresh()
        else:
            for path in sorted(touched):
                self._index.saved(path)
        self._is_prepared = False
        for path in touched:
            self._learn_from_index(path)

    def settle(self, asked: str = "", offset: int = 0) -> None:
        """Effect: let the index read what was typed.

        Where the document `asked` is large and all that was typed stands on the line of the byte `offset`, only its text is laid
        over the index, whose facts of the lines before hold.
        """
        if self._index is None:
            return
        for path, live in self._live.items():
            if not live.is_stale:
                continue
            data = live.held.data
            if path == asked and len(data) * self._a_byte > _AFFORDABLE and live.is_typed_at(offset):
                self._index.tree = self._index.tree.with_overlay({**self._index.tree.overlay, path: data})
                continue
            began = time.thread_time()
            self._index.update(path, data)
            self._is_prepared = False
            live.was_read()
            if len(data) > 1000:
                # Where the text is broken all of it is read, else only what was edited: one dear reading outweighs many cheap ones.
                self._a_byte = max((time.thread_time() - began) / len(data), _FORGETTING * self._a_byte)
            if not self._index.digest(path) and self._model is not None:
                self._model.forget(path)

    def learn(self) -> float | None:
        """Effect: learn a little; returns how long a question may then be waited for (None: nothing is left to learn)."""
        is_busy = next(self._steps, None) if self._steps is not None else None
        if is_busy is None:
            self._steps = None
            return None
        return _MOMENT if is_busy else 0

    def tidy(self) -> None:
        """Effect: sort what was typed some time ago in with the rest, so that it takes less memory and questions go on fast."""
        if self._model is not None and self._steps is None:
            self._model.tidy()

    def prepare(self) -> None:
        """Effect: look, while nobody waits, through some of what imports could bring; ends soon, and is to be called again."""
        if self._index is not None:
            from fixbot_agent.completing import complete, prepare  # noqa: F401 - the first question need not wait for its modules

            self._is_prepared = prepare(self._index, _PREPARING)

    @property
    def index(self) -> "Index | None":
        """The index; None before it stands."""
        return self._index

    def place(self, path: str, offset: int) -> Position:
        """Effect: let the index read what was typed. The byte `offset` of the open document `path` as the house counts places."""
        self.settle(path, offset)
        return _position(self._live[path].held.data, offset)

    def completed(self, question: Complete, path: str, stop: Callable[[], bool]) -> Message:
        """Effect: the answer to a question about the open document `path`; `stop` says when nobody waits for it any more."""
        if self._index is None or self._model is None:
            return Failed(question.id, "there is no index")
        from fixbot_agent.completing import complete

        place = self.place(path, question.offset)
        index, model, recent = self._index, self._model, tuple(self._recent)
        found = complete(index, model, path, place, recent=recent, stop=stop, lines=question.lines)
        return Completed(question.id, found)

    def brought(self, question: Bring, path: str) -> Message:
        """Effect: what an import changes in the open document `path`, and what is said of what it brings."""
        if self._index is None:
            return Failed(question.id, "there is no index")
        from fixbot_agent.completing import explain, import_edits

        self.settle()
        edits = import_edits(self._index, path, question.statement)
        place = _position(self._live[path].held.data, question.offset)
        doc = explain(self._index, path, place, question.label, question.statement)
        return Brought(question.id, tuple(Cut(e.span.start, e.span.end, e.text) for e in edits), doc)

    def _folder(self) -> Path:
        """Effect: the folder to index: an empty one stands for documents that lie in none."""
        if self.root:
            return Path(self.root)
        if self._cache is None:
            raise FixbotError("single files need a cache folder")
        empty = self._cache / "alone"
        empty.mkdir(parents=True, exist_ok=True)
        return empty

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
        self._model = lessons.model
        for path in self._met:  # while the whole was learnt
            if path not in self._live:
                self._learn_from_index(path)
        for path, live in self._live.items():
            self._count(path, live)
        self._met.clear()
        settle()
        give_back()
        self._say(Learnt(self.root, len(self._model.paths), time.monotonic() - began))

    def _count(self, path: str, live: Live) -> None:
        """Count an open document as it is now."""
        if self._model is not None and language_of(path):
            self._model.update(path, live.held.data)

    def _learn_from_index(self, path: str) -> None:
        """Let the model know a file that is not open as the index does, or that there is none."""
        if self._index is None or self._model is None or path in self._live:
            return
        if self._steps is not None:
            self._met.add(path)
        if not self._index.digest(path):
            self._model.forget(path)
            return
        with suppress(FixbotError, OSError):
            self._model.learn(path, self._index.tree.read(path).data)
