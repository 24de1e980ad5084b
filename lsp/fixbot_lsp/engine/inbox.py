"""The engine's ear: a thread that reads messages, so that what was cancelled is never computed and a gone parent is noticed.

It keeps each open document's text in step with the server's, and what changed since it was last looked at as one edit.
"""

import os
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO, TypeVar

from fixbot_lsp.engine.wire import (
    Begin,
    Cancel,
    Closed,
    Compile,
    Complete,
    Cut,
    Decided,
    Edited,
    Leave,
    Lost,
    Message,
    Opened,
    Prepare,
    Question,
    Touched,
    decode,
)
from fixbot_lsp.errors import ChildFailed

Q = TypeVar("Q", bound=Question)
Where = tuple[str, str]  # the root of a folder ("": none), and a path in it


def leave() -> None:
    """Effect: end this process at once; the index on disk survives that."""
    os._exit(0)


@dataclass(frozen=True, slots=True)
class Held:
    """An open document as it is now: `data` is UTF-8."""

    uri: str
    root: str
    path: str
    language: str
    revision: int
    data: bytes

    @property
    def where(self) -> Where:
        """What names the document among all that the engine knows."""
        return self.root, self.path

    def cut(self, cuts: tuple[Cut, ...], revision: int) -> tuple["Held", "Edit"]:
        """The document after `cuts`, and what they are together. Raises ChildFailed where they do not fit."""
        data, edit = self.data, Edit(0, 0, 0)
        for number, each in enumerate(cuts):
            if not 0 <= each.start <= each.end <= len(data):
                raise ChildFailed(f"an edit of bytes {each.start} to {each.end} of {len(data)}")
            new = each.text.encode("utf-8", "replace")
            data = data[: each.start] + new + data[each.end :]
            this = Edit(each.start, each.end, each.start + len(new))
            edit = edit.then(this) if number else this
        return Held(self.uri, self.root, self.path, self.language, revision, data), edit


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes `start` to `old_end` were replaced by what now stands in `start` to `new_end`."""

    start: int
    old_end: int
    new_end: int

    def then(self, other: "Edit") -> "Edit":
        """Both as one: what lies between them counts as replaced, too."""
        middle = max(self.new_end, other.old_end)
        return Edit(
            min(self.start, other.start),
            self.old_end + middle - self.new_end,
            middle + other.new_end - other.old_end,
        )


@dataclass(frozen=True, slots=True)
class News:
    """What became of a document: it reads `held` after `edit` of what it read before; no edit: it was sent whole; neither: closed."""

    held: Held | None
    edit: Edit | None = None


class Inbox:
    """Messages that wait: what changed in each document, and the questions that nobody took back.

    `gone` is called, from the reading thread, when the other end is closed; `lost` when a document's text has to be sent again.
    """

    def __init__(
        self,
        stream: BinaryIO,
        gone: Callable[[], None] = leave,
        lost: Callable[[Lost], None] = lambda _: None,
    ) -> None:
        self._stream, self._gone, self._lost = stream, gone, lost
        self._arrived = threading.Condition()
        self._begin: Begin | None = None
        self._held: dict[str, Held] = {}
        self._news: dict[Where, News] = {}
        self._touched: dict[str, set[str]] = {}
        self._folders: dict[str, bool] = {}  # root -> whether it is open
        self._questions: dict[int, Question] = {}
        self._running: set[int] = set()
        self._was_woken = False
        self._cancelled: Callable[[int], None] = lambda _: None
        self._decided: Callable[[Decided], None] = lambda _: None

    def listen(self, cancelled: Callable[[int], None], decided: Callable[[Decided], None]) -> None:
        """Call `cancelled` and `decided`, in the reading thread, as soon as such a message comes; neither may wait."""
        self._cancelled, self._decided = cancelled, decided

    def wake(self) -> None:
        """Effect: let whoever waits in :meth:`take` look around; from any thread."""
        with self._arrived:
            self._was_woken = True
            self._arrived.notify_all()

    def start(self) -> None:
        """Effect: begin to read."""
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    def begin(self) -> Begin:
        """Effect: wait for the first message and return it."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._begin is not None)
            assert self._begin is not None
            return self._begin

    def held(self, uri: str) -> Held | None:
        """The open document `uri` as it is now."""
        with self._arrived:
            return self._held.get(uri)

    def news(self) -> Mapping[Where, News]:
        """Documents that changed since the last call."""
        with self._arrived:
            taken, self._news = self._news, {}
            return taken

    def touched(self) -> Mapping[str, frozenset[str]]:
        """Files that were written, made or deleted on disk since the last call, by folder."""
        with self._arrived:
            taken, self._touched = self._touched, {}
            return {root: frozenset(paths) for root, paths in taken.items()}

    def folders(self) -> Mapping[str, bool]:
        """Folders that were opened (True) or closed since the last call."""
        with self._arrived:
            taken, self._folders = self._folders, {}
            return taken

    def take(self, *kinds: type[Q], wait: float | None = None) -> Q | None:
        """Effect: take the oldest question of `kinds`, which may take `wait` seconds to come (None: any time).

        None when none came, or, while waiting for completions, when there is news of a document, a file or a folder.
        """
        with self._arrived:
            news = Complete in kinds
            self._arrived.wait_for(lambda: self._waiting(kinds) or (news and self._has_news()), wait)
            found = self._waiting(kinds)
            self._was_woken = self._was_woken and not news
            if found is not None:
                del self._questions[found.id]
                self._running.add(found.id)
            return found

    def is_void(self, question: Question) -> bool:
        """Whether nobody waits for the answer to a question that was taken: it was taken back, or its document has changed since."""
        if question.id not in self._running:
            return True
        if isinstance(question, Compile):
            return False
        held = self._held.get(question.uri)  # one look at a dictionary: asked hundreds of times while somebody waits
        return held is None or held.revision != question.revision

    def done(self, question: Question) -> None:
        """Note that a question was answered."""
        with self._arrived:
            self._running.discard(question.id)

    def _has_news(self) -> bool:
        return bool(self._news or self._touched or self._folders or self._was_woken)

    def _waiting(self, kinds: tuple[type[Q], ...]) -> Q | None:
        return next((q for q in self._questions.values() if isinstance(q, kinds)), None)

    def _read(self) -> None:
        for line in self._stream:
            try:
                self.receive(decode(line))
            except ChildFailed as error:
                sys.stderr.write(f"fixbot engine: {error}\n")
        self._gone()

    def receive(self, message: Message) -> None:
        """Effect: take one message in."""
        with self._arrived:
            if isinstance(message, Begin):
                self._begin = message
            elif isinstance(message, Cancel):
                self._questions.pop(message.id, None)
                self._running.discard(message.id)
                self._cancelled(message.id)
            elif isinstance(message, Decided):
                self._decided(message)
            elif isinstance(message, Question):
                self._questions[message.id] = message
            elif isinstance(message, Prepare | Leave):
                self._folders[message.root] = isinstance(message, Prepare)
            elif isinstance(message, Touched):
                self._touched.setdefault(message.root, set()).update(message.paths)
            else:
                self._receive_text(message)
            self._arrived.notify_all()

    def _receive_text(self, message: Message) -> None:
        if isinstance(message, Opened):
            self._put(
                Held(message.uri, message.root, message.path, message.language, message.revision, message.text.encode())
            )
        elif isinstance(message, Closed):
            if (before := self._held.pop(message.uri, None)) is not None:
                self._news[before.where] = News(None)
        elif isinstance(message, Edited):
            self._edit(message)

    def _put(self, held: Held) -> None:
        before = self._held.get(held.uri)
        if before is not None and before.where != held.where:
            self._news[before.where] = News(None)
        self._held[held.uri] = held
        self._news[held.where] = News(held)

    def _edit(self, message: Edited) -> None:
        try:
            after, edit = self._cut(message)
        except ChildFailed:
            # Asked for once: what comes before the whole text arrives is passed over.
            if self._held.pop(message.uri, None) is not None:
                self._lost(Lost(message.uri))
            return
        self._held[message.uri] = after
        earlier = self._news.get(after.where)
        if earlier is None or earlier.held is None:
            self._news[after.where] = News(after, edit)
        else:
            self._news[after.where] = News(after, earlier.edit.then(edit) if earlier.edit else None)

    def _cut(self, message: Edited) -> tuple[Held, Edit]:
        held = self._held.get(message.uri)
        if held is None or held.revision + 1 != message.revision:
            raise ChildFailed(f"an edit of {message.uri} was missed")
        return held.cut(message.cuts, message.revision)
