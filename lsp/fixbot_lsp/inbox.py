"""The engine's ear: a thread that reads messages, so that what was cancelled is never computed and a gone parent is noticed."""

import os
import sys
import threading
from collections.abc import Callable, Mapping
from typing import BinaryIO, TypeVar

from fixbot_lsp.errors import ChildFailed
from fixbot_lsp.wire import Begin, Buffer, Cancel, Compile, Complete, Touched, decode

Question = TypeVar("Question", Complete, Compile)


def leave() -> None:
    """Effect: end this process at once; the index on disk survives that."""
    os._exit(0)


class Inbox:
    """Messages that wait: the latest text of each document, and the questions that nobody took back.

    `gone` is called, from the reading thread, when the other end is closed.
    """

    def __init__(self, stream: BinaryIO, gone: Callable[[], None] = leave) -> None:
        self._stream, self._gone = stream, gone
        self._arrived = threading.Condition()
        self._begin: Begin | None = None
        self._texts: dict[str, Buffer] = {}
        self._changed: dict[str, Buffer] = {}
        self._touched: set[str] = set()
        self._questions: dict[int, Complete | Compile] = {}

    def start(self) -> None:
        """Effect: begin to read."""
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    def begin(self) -> Begin:
        """Effect: wait for the first message and return it."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._begin is not None)
            assert self._begin is not None
            return self._begin

    def text(self, path: str) -> Buffer | None:
        """The open document `path` as it is now."""
        with self._arrived:
            return self._texts.get(path)

    def changed(self) -> Mapping[str, Buffer]:
        """Documents that changed since the last call."""
        with self._arrived:
            taken, self._changed = self._changed, {}
            return taken

    def touched(self) -> frozenset[str]:
        """Files that were written, made or deleted on disk since the last call."""
        with self._arrived:
            taken, self._touched = frozenset(self._touched), set()
            return taken

    def take(self, kind: type[Question], wait: float | None = None) -> Question | None:
        """Effect: take the oldest question of `kind`, which may take `wait` seconds to come (None: any time).

        None when none came, or, while waiting for completions, when a document or a file changed.
        """
        with self._arrived:
            news = issubclass(kind, Complete)
            self._arrived.wait_for(lambda: self._waiting(kind) or (news and (self._changed or self._touched)), wait)
            found = self._waiting(kind)
            if found is not None:
                del self._questions[found.id]
            return found

    def _waiting(self, kind: type[Question]) -> Question | None:
        return next((q for q in self._questions.values() if isinstance(q, kind)), None)

    def _read(self) -> None:
        for line in self._stream:
            try:
                self._receive(line)
            except ChildFailed as error:
                sys.stderr.write(f"fixbot engine: {error}\n")
        self._gone()

    def _receive(self, line: bytes) -> None:
        message = decode(line)
        with self._arrived:
            if isinstance(message, Begin):
                self._begin = message
            elif isinstance(message, Buffer):
                self._texts[message.path] = self._changed[message.path] = message
                if message.text is None:
                    del self._texts[message.path]
            elif isinstance(message, Touched):
                self._touched.update(message.paths)
            elif isinstance(message, Cancel):
                self._questions.pop(message.id, None)
            elif isinstance(message, Complete | Compile):
                self._questions[message.id] = message
            self._arrived.notify_all()
