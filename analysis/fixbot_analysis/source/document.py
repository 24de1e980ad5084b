"""A document and the places in it: bytes, characters and UTF-16 units meet here and nowhere else."""

import codecs
from bisect import bisect_right
from dataclasses import dataclass, field

# Byte order marks by encoding; a longer one before one that it begins with.
MARKS = {
    "utf-8": codecs.BOM_UTF8, "utf-32-le": codecs.BOM_UTF32_LE, "utf-32-be": codecs.BOM_UTF32_BE, "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two characters: `line` and `column` count from 0, `column` in characters (code points)."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of bytes in :attr:`Document.data`."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, offset: object) -> bool:
        return isinstance(offset, int) and self.start <= offset < self.end

    def covers(self, other: "Span") -> bool:
        """Whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Document:
    """One source file, decoded.

    `path` is POSIX and relative to the project's root. `data` is the text in UTF-8 whatever the file's own
    `encoding` is: every byte offset in the house counts in `data`. Line ends are kept as they are.
    `bom` says whether the file began with a byte order mark (which is not part of `data`).
    """

    path: str
    data: bytes
    encoding: str = "utf-8"
    bom: bool = False
    _lines: list[int] = field(default_factory=list, compare=False, repr=False)

    @property
    def text(self) -> str:
        """The whole text, line ends untouched."""
        return self.data.decode("utf-8")

    @property
    def line_starts(self) -> list[int]:
        """Byte offset of the first byte of each line; lines end at LF (so CRLF is one line end)."""
        if not self._lines:
            self._lines.append(0)
            at = self.data.find(b"\n")
            while at >= 0:
                self._lines.append(at + 1)
                at = self.data.find(b"\n", at + 1)
        return self._lines

    def line_of(self, offset: int) -> int:
        """Line (from 0) that the byte `offset` lies on."""
        return bisect_right(self.line_starts, offset) - 1

    def line_span(self, line: int) -> Span:
        """Bytes of `line` (from 0) with its line end; an empty span at the end for lines past the last."""
        starts = self.line_starts
        if line >= len(starts):
            return Span(len(self.data), len(self.data))
        end = starts[line + 1] if line + 1 < len(starts) else len(self.data)
        return Span(starts[line], end)

    def line_text(self, line: int) -> str:
        """Text of `line` (from 0) without its line end."""
        span = self.line_span(line)
        return self.data[span.start : span.end].decode("utf-8").rstrip("\r\n")

    def offset(self, position: Position) -> int:
        """Byte offset of `position`; a column past the line's end, or a line past the last, is clamped."""
        span = self.line_span(position.line)
        head = self.data[span.start : span.end].decode("utf-8").rstrip("\r\n")
        return span.start + len(head[: position.column].encode("utf-8"))

    def position(self, offset: int) -> Position:
        """Place of the byte `offset`, which must not lie inside a character (it is rounded down if it does)."""
        offset = min(max(offset, 0), len(self.data))
        line = self.line_of(offset)
        head = self.data[self.line_starts[line] : offset]
        return Position(line, len(head.decode("utf-8", errors="ignore")))

    def encode(self, data: bytes) -> bytes:
        """Return `data` (UTF-8) as this file's own bytes: same encoding, same byte order mark.

        Raises UnicodeEncodeError where the file's encoding cannot express a character.
        """
        body = data if self.encoding == "utf-8" else data.decode("utf-8").encode(self.encoding)
        return MARKS[self.encoding] + body if self.bom else body
