"""The place where a suggestion is to stand: the line around the cursor, the lines above and below, the file's own habits."""

import re
from dataclasses import dataclass
from functools import cached_property

from fixbot_agent.completing.cleaning.draft import Draft

_NEAR = 12_000  # bytes before and after the cursor that are read for lines
_FEW = 40  # lines above and below that count
_INDENTED = re.compile(r"^([ \t]+)[^\s*]", re.MULTILINE)  # lines of a comment block begin with a star


@dataclass(frozen=True)
class Site:
    """A cursor in a text; line ends are LF here whatever the file has. Not slotted: what is asked for is kept."""

    draft: Draft

    @cached_property
    def before(self) -> str:
        """The text before the cursor, from the beginning of a line."""
        data, end = self.draft.data, self.draft.offset
        start = data.find(b"\n", end - _NEAR, end) + 1 if end > _NEAR else 0
        return _read(data[start:end])

    @cached_property
    def after(self) -> str:
        """The text after the cursor, some kilobytes of it."""
        data, start = self.draft.data, self.draft.offset
        return _read(data[start : start + _NEAR])

    @cached_property
    def head(self) -> str:
        """The cursor's line before the cursor."""
        return self.before.rpartition("\n")[2]

    @cached_property
    def rest(self) -> str:
        """The cursor's line after the cursor."""
        return self.after.partition("\n")[0]

    @cached_property
    def above(self) -> list[str]:
        """Lines above the cursor's that are not blank, the nearest last."""
        return [line for line in self.before.split("\n")[:-1] if line.strip()][-_FEW:]

    @cached_property
    def below(self) -> list[str]:
        """Lines below the cursor's that are not blank, the nearest first."""
        return [line for line in self.after.split("\n")[1:] if line.strip()][:_FEW]

    @cached_property
    def indent(self) -> str:
        """White space that the cursor's line begins with."""
        return self.head[: len(self.head) - len(self.head.lstrip())]

    @cached_property
    def line_end(self) -> str:
        """The file's own line end."""
        data = self.draft.data[: self.draft.offset + _NEAR]
        return "\r\n" if 2 * data.count(b"\r\n") > data.count(b"\n") else "\n"

    @cached_property
    def unit(self) -> str:
        """One level of the file's indentation: a tab, or the smallest step between lines; "" where nothing is indented."""
        return unit_of(f"{self.before}{self.after}")


def unit_of(text: str) -> str:
    """One level of indentation in `text`: a tab, or so many spaces; "" where nothing is indented."""
    found = _INDENTED.findall(text)
    if not found:
        return ""
    if 2 * sum(each[0] == "\t" for each in found) > len(found):
        return "\t"
    widths = [len(each) for each in found if each[0] == " "]
    for width in (8, 4, 3, 2):
        if sum(each % width == 0 for each in widths) >= 0.9 * len(widths):
            return " " * width
    return " " * max(2, min(widths))


def _read(data: bytes) -> str:
    return data.decode("utf-8", "replace").replace("\r\n", "\n")
