"""Whether the rest of a line or a block is wanted, by what stands around the cursor; and where an answer has gone too far."""

from fixbot_agent.completing.cleaning.lexemes import CLOSERS, Nesting, Reader, is_telling
from fixbot_agent.completing.predicting.asked import Extent

_NEAR = 4000  # characters before and after the cursor that are read for brackets
_MOST_LINES = 24  # of a block; nobody reads more while typing
_QUIET = " \t\r;,:\"'`" + "".join(CLOSERS)  # behind a cursor, what an editor put there or what ends a statement
_COMMENTS = {"python": "#"}


def extent_of(before: str, after: str, language: str) -> Extent:
    """A block at the beginning of a line and behind a header that opens one; the rest of the line where anything else is begun."""
    head, rest = before.rpartition("\n")[2], after.partition("\n")[0]
    if rest.strip(_QUIET) or head.lstrip().startswith(_COMMENTS.get(language, "//")):
        return Extent.LINE
    if not head.strip():
        return Extent.LINE if rest.strip() or _open(before, language).quote else Extent.BLOCK
    opener = ":" if language == "python" else "{"
    if not head.rstrip().endswith(opener) or rest.strip():
        return Extent.LINE
    open_ = _open(before, language)
    return Extent.LINE if open_.quote or (language == "python" and open_.opening) else Extent.BLOCK


def _open(before: str, language: str) -> Nesting:
    """What the statement before the cursor leaves open: read from the last line that begins at the margin."""
    lines = before[-_NEAR:].split("\n")
    start = next((at for at in range(len(lines) - 1, 0, -1) if lines[at][:1].strip() and lines[at][0] not in _QUIET), 0)
    return Reader(language).nesting("\n".join(lines[start:]))


class Stopper:
    """Says of an answer, as it grows, how much of it is wanted and whether that is all."""

    def __init__(self, before: str, after: str, language: str, extent: Extent) -> None:
        head, rest = before.rpartition("\n")[2], after.partition("\n")[0]
        self._reader = Reader(language)
        self._is_block = extent is Extent.BLOCK
        self._begun = bool(head.strip())
        self._base = _width(head) + (1 if self._begun else 0)
        self._next = next((line.rstrip() for line in after.split("\n", 40)[1:40] if line.strip()), "")
        self._below = self._next.strip()
        open_ = _open(before, language)
        self._quote = open_.quote
        closing = len(self._reader.nesting(after[:_NEAR], open_.quote).closing)
        # Brackets that nobody has closed yet. Where the file is broken further down, closing is what is being typed.
        self._owed = max(
            len(open_.opening) - closing, len(open_.opening) if not rest.strip() and not self._is_block else 0, 0
        )

    def cut(self, text: str) -> tuple[str, bool]:
        """What is wanted of `text`, and whether more of it would change nothing."""
        nesting = self._reader.nesting(text, self._quote)
        if len(nesting.closing) > self._owed and not self._quote:
            return self._trimmed(text[: nesting.at[self._owed]]), True
        return self._block(text) if self._is_block else self._line(text)

    def _line(self, text: str) -> tuple[str, bool]:
        at = text.find("\n")
        while at >= 0:
            if text[:at].strip():
                open_ = self._reader.nesting(text[:at], self._quote)
                if not open_.opening and len(open_.quote) != 3:
                    return text[:at], True
            at = text.find("\n", at + 1)
        return self._block(text) if text.count("\n") > _MOST_LINES else (text, False)

    def _block(self, text: str) -> tuple[str, bool]:
        *lines, last = text.split("\n")
        blanks = 0
        for at, line in enumerate(lines):
            full = at > 0 or not self._begun
            blanks = blanks + 1 if not line.strip() and at else 0
            if (
                (full and self._is_beyond(line, at))
                or at >= _MOST_LINES
                or (blanks == 2 and any(map(str.strip, lines[:at])))
            ):
                return self._trimmed("\n".join(lines[:at])), True
        if lines and last.strip() and self._below.startswith(last.strip()) and len(last.strip()) < len(self._below):
            return self._trimmed("\n".join(lines)), False  # it may become the next line of the file
        if lines and last.strip() and self._is_told(last):
            return self._trimmed("\n".join(lines)), True
        return text, False

    def _is_beyond(self, line: str, at: int) -> bool:
        """Whether a line belongs to what follows the block: indented less, or the file's next line."""
        if not line.strip():
            return False
        outside = _width(line) < self._base and line.lstrip()[0] not in CLOSERS and (at > 0 or self._begun)
        return outside or self._is_told(line)

    def _is_told(self, line: str) -> bool:
        return line.strip() == self._below and (is_telling(line) or line.rstrip() == self._next)

    def _trimmed(self, text: str) -> str:
        return text.rstrip()


def _width(line: str) -> int:
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
