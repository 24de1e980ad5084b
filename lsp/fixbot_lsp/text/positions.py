"""Places as editors count them (UTF-8, UTF-16 or UTF-32 units) and as the house counts (bytes): they meet only here.

Source: Language Server Protocol 3.18, "Position" and "PositionEncodingKind": lines end at LF, CRLF or CR, a
character past the end of a line means the end of that line.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum

from fixbot_analysis.source import Span

_LINE_END = re.compile(rb"\r\n|\n|\r")


class Encoding(StrEnum):
    """What one unit of `character` is; the values are the protocol's own."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    def units(self, text: bytes) -> int:
        """How many units the UTF-8 bytes `text` take."""
        if self is Encoding.UTF8:
            return len(text)
        width, codec = (2, "utf-16-le") if self is Encoding.UTF16 else (4, "utf-32-le")
        return len(text.decode("utf-8", "ignore").encode(codec)) // width

    def bytes_before(self, line: bytes, units: int) -> int:
        """How many bytes of `line` (UTF-8) the first `units` take; inside a character it is rounded down."""
        units = min(max(units, 0), 4 * len(line))
        if self is Encoding.UTF8:
            return len(line[:units].decode("utf-8", "ignore").encode())
        width, codec = (2, "utf-16-le") if self is Encoding.UTF16 else (4, "utf-32-le")
        head = line.decode("utf-8", "ignore").encode(codec)[: units * width]
        return len(head.decode(codec, "ignore").encode())


@dataclass(frozen=True, slots=True)
class Place:
    """A place as the client counts: `line` from 0, `character` in units of the negotiated encoding."""

    line: int
    character: int


@dataclass(frozen=True, slots=True)
class Text:
    """The text of an open document as UTF-8 bytes. Never changed: an edit makes a new one."""

    data: bytes
    _starts: list[int] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def of(cls, text: str) -> "Text":
        """The text as a client sent it; lone surrogates, which no file can hold, become question marks."""
        return cls(text.encode("utf-8", "replace"))

    @property
    def starts(self) -> list[int]:
        """Byte offset at which each line starts."""
        if not self._starts:
            self._starts.append(0)
            if b"\r" in self.data:
                self._starts.extend(m.end() for m in _LINE_END.finditer(self.data))
            else:
                at = self.data.find(b"\n")
                while at >= 0:
                    self._starts.append(at + 1)
                    at = self.data.find(b"\n", at + 1)
        return self._starts

    def line(self, line: int) -> bytes:
        """Bytes of `line` (from 0) without its line end; nothing for lines there are none of."""
        starts = self.starts
        if not 0 <= line < len(starts):
            return b""
        end = starts[line + 1] if line + 1 < len(starts) else len(self.data)
        return self.data[starts[line] : end].rstrip(b"\r\n")

    def offset(self, place: Place, encoding: Encoding) -> int:
        """Byte offset of `place`; places outside the text are moved to its nearest edge."""
        if place.line < 0:
            return 0
        if place.line >= len(self.starts):
            return len(self.data)
        return self.starts[place.line] + encoding.bytes_before(self.line(place.line), place.character)

    def place(self, offset: int, encoding: Encoding) -> Place:
        """Place of the byte `offset`; outside the text it is moved to its nearest edge."""
        offset = min(max(offset, 0), len(self.data))
        line = bisect_right(self.starts, offset) - 1
        head = self.data[self.starts[line] : offset]
        return Place(line, encoding.units(head))

    def spliced(self, span: Span, new: bytes) -> "Text":
        """Return the text with the bytes of `span` replaced by `new` (UTF-8)."""
        end = max(span.start, span.end)
        data = self.data[: span.start] + new + self.data[end:]
        return Text(data, self._moved(span.start, end, len(new), data) if self._starts else [])

    def _moved(self, start: int, end: int, length: int, data: bytes) -> list[int]:
        """Where lines start in `data`, this text after an edit: found again around it only, moved behind it."""
        starts, by = self._starts, length - (end - start)
        first = bisect_right(starts, max(0, start - 1))
        found = starts[:first]
        limit = start + length + 1  # a line end that begins behind it is none of the edit's
        for match in _LINE_END.finditer(data, found[-1]):
            if match.start() >= limit:
                break
            found.append(match.end())
        last = found[-1] - by
        behind = bisect_right(starts, max(last, end + 1))
        return found + ([at + by for at in starts[behind:]] if by else starts[behind:])
