"""The base protocol's frames (``Content-Length`` headers and bodies), read from bytes in bounded memory.

Source: Language Server Protocol 3.18, "Base Protocol". No input or output happens here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_BODY = 32 << 20  # bytes; a larger message is passed over without being held
LONGEST_HEADER = 4096  # bytes of one header line
_NONSENSE = 1 << 30  # bytes; a length beyond this is not believed, so nothing is passed over

_FIELD = re.compile(rb"([A-Za-z][A-Za-z-]*):[ \t]*(.*?)[ \t]*\r?\n?", re.DOTALL)
# A frame whose length could not be used leaves its body in the way: the next header then ends that body's "line".
_GLUED = re.compile(rb"Content-Length:[ \t]*[0-9]{1,9}[ \t]*\r?\n\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole message, not decoded yet."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is no frame, in words; reading goes on behind it."""

    why: str


class FrameReader:
    """Turns bytes, in pieces of any size, into frames and faults. Holds at most one message and one header line."""

    def __init__(self, longest_body: int = LONGEST_BODY) -> None:
        self.longest_body = longest_body
        self._buffer = bytearray()
        self._length: int | None = None  # of the body under way, from its header
        self._body = False  # whether the header has ended
        self._skip = 0  # bytes of a body that is passed over
        self._drop_line = False  # a header line that is too long is under way

    def feed(self, data: bytes) -> Iterator[Frame | Fault]:
        """Yield what `data` completes."""
        self._buffer += data
        while (found := self._next()) is not None:
            if found:
                yield found[0]

    def _next(self) -> tuple[Frame | Fault, ...] | None:
        """One step: None when more bytes are needed, else what the step found (often nothing)."""
        if self._skip:
            return self._pass_over()
        return self._read_body() if self._body else self._read_line()

    def _pass_over(self) -> tuple[()] | None:
        taken = min(self._skip, len(self._buffer))
        del self._buffer[:taken]
        self._skip -= taken
        return None if self._skip else ()

    def _read_body(self) -> tuple[Frame] | None:
        length = self._length or 0
        if len(self._buffer) < length:
            return None
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        self._length, self._body = None, False
        return (Frame(body),)

    def _read_line(self) -> tuple[()] | tuple[Fault] | None:
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) <= LONGEST_HEADER:
                return None
            # What is kept of the long line is enough to see a header glued to its end.
            first, self._drop_line = not self._drop_line, True
            del self._buffer[:-64]
            return (Fault(f"a header line of more than {LONGEST_HEADER} bytes"),) if first else None
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        dropped, self._drop_line = self._drop_line, False
        return self._header(line, dropped)

    def _header(self, line: bytes, dropped: bool) -> tuple[()] | tuple[Fault]:
        if not line.strip():
            return () if self._length is None else self._begin_body()
        field = None if dropped else _FIELD.fullmatch(line)
        if field is None:
            if glued := _GLUED.search(line):
                self._length = None
                self._buffer[:0] = glued.group()
            return () if dropped else (Fault(f"not a header: {line[:60]!r}"),)
        if field.group(1).lower() != b"content-length":
            return ()
        return self._take_length(field.group(2))

    def _take_length(self, value: bytes) -> tuple[()] | tuple[Fault]:
        doubled = self._length is not None
        self._length = None
        if doubled:
            return (Fault("Content-Length is given twice"),)
        if not re.fullmatch(rb"[0-9]{1,19}", value) or int(value) > _NONSENSE:
            return (Fault(f"Content-Length is no usable number: {value[:40]!r}"),)
        self._length = int(value)
        return ()

    def _begin_body(self) -> tuple[()] | tuple[Fault]:
        length = self._length or 0
        if length > self.longest_body:
            self._length, self._skip = None, length
            return (Fault(f"a message of {length} bytes was passed over; the limit is {self.longest_body}"),)
        self._body = True
        return ()
