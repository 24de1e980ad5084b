"""An open document as the engine keeps it: whether what the index read of it still holds; what was typed."""

import re
from collections.abc import Iterator

from fixbot_lsp.engine.inbox import Edit, Held

_WORD = re.compile(rb"[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*")
_TYPED = 400  # bytes; what is longer was pasted, or made by a program
_REMEMBERED = 60  # words
_AROUND = 80  # bytes before and behind an edit that a word may reach


class Recent:
    """The words that were typed last, in whatever file."""

    def __init__(self) -> None:
        self._words: list[str] = []  # the latest first

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def typed(self, data: bytes, edit: Edit) -> None:
        """Note the words that `edit` touched in the text `data` after it."""
        if edit.new_end - edit.start > _TYPED or edit.new_end == edit.start:
            return
        low = max(0, edit.start - _AROUND)
        for match in _WORD.finditer(data, low, min(len(data), edit.new_end + _AROUND)):
            if match.end() >= edit.start and match.start() <= edit.new_end:
                self._note(match.group().decode("utf-8", "replace"))

    def _note(self, word: str) -> None:
        if self._words and word.startswith(self._words[0]):
            del self._words[0]  # the same word, a letter further
        self._words = [word, *(w for w in self._words if w != word)][:_REMEMBERED]


class Live:
    """One open document; for one thread."""

    def __init__(self, held: Held) -> None:
        self.held = held
        self._read: bytes | None = None  # the text that the index has facts of
        self._since: Edit | None = None  # what was changed of it

    @property
    def is_stale(self) -> bool:
        """Whether the index has read another text than this."""
        return self._read is None or self._since is not None

    def take(self, held: Held, edit: Edit | None) -> None:
        """The document now reads `held`, after `edit`, or as it was sent whole."""
        self.held = held
        if edit is None:
            self._read = self._since = None
            return
        self._since = self._since.then(edit) if self._since else edit

    def was_read(self) -> None:
        """Note that the index has read the text as it is now."""
        self._read, self._since = self.held.data, None

    def is_typed_at(self, offset: int) -> bool:
        """Whether all that the index has not read stands on the line of the byte `offset`, and no line came or went."""
        since, now = self._since, self.held.data
        if self._read is None or since is None:
            return self._read is not None
        first, last = min(since.start, offset), max(since.new_end, offset)
        return b"\n" not in now[first:last] and b"\n" not in self._read[since.start : since.old_end]
