"""Patches as a model writes them in one answer: search/replace blocks and whole functions, read tolerantly, applied strictly."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from fixbot_agent.runs import Redactor, masks
from fixbot_analysis.source import language_of
from fixbot_analysis.symbols import extract
from fixbot_repair.candidates import Patch

_SEARCH = re.compile(r"\s*<{5,9}\s*SEARCH\b.*")
_MIDDLE = re.compile(r"={5,9}\s*")
_REPLACE = re.compile(r"\s*>{5,9}\s*REPLACE\b.*")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})[\w+.-]*\s*")
_HEADING = re.compile(r"[\s#*`:>-]*(?:[Ff]ile:?\s*)?[`*]*([\w./+-]+\.\w+(?:::[\w.]+)?)[`*:\s]*")
_MOST = 40  # blocks of one answer


class Unfit(Exception):
    """Raised inside this package when an answer is no patch of these files; the text says why."""


@dataclass(frozen=True, slots=True)
class Block:
    """One change: `old` text of the file `path` becomes `new`; with `symbol` the whole definition of that name does."""

    path: str
    new: str
    old: str = ""
    symbol: str = ""


def blocks(text: str) -> list[Block]:
    """The changes that `text` spells, in order."""
    return list(_Reader(text.split("\n")).all())[:_MOST]


def patch(found: Sequence[Block], read: Callable[[str], bytes | None], redact: Redactor | None = None) -> Patch:
    """The patch that the blocks make of the files; `read` gives a file in UTF-8, None where there is none.

    `redact` took the keys out of the files that were shown: they stay what they are. Raises Unfit.
    """
    redact = redact or Redactor()
    before: dict[str, bytes] = {}
    after: dict[str, bytes] = {}
    for block in found:
        if block.path not in after:
            data = read(block.path)
            if data is None and (block.old.strip() or block.symbol):
                raise Unfit(f"there is no file {block.path}")
            if data is not None:
                before[block.path] = data
            after[block.path] = data or b""
        after[block.path] = _unmasked(block, after[block.path], redact)
    made = Patch.between(before, after)
    if not made.edits:
        raise Unfit("nothing would change" if found else "it holds no change")
    return made


@dataclass(slots=True)
class _Reader:
    """Reads lines; `path` and `symbol` are those of the last heading."""

    lines: Sequence[str]
    at: int = 0
    path: str = ""
    symbol: str = ""
    _open: list[str] = field(default_factory=list)

    def all(self) -> Iterator[Block]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if _SEARCH.fullmatch(line) and self.path:
                old, new = self._until(_MIDDLE), self._until(_REPLACE)
                yield Block(self.path, new, old)
            elif (fence := _FENCE.fullmatch(line)) and self.symbol:
                new = self._until(re.compile(rf"\s*{fence[1]}\s*"))
                yield Block(self.path, new, symbol=self.symbol)
                self.symbol = ""
            elif heading := _HEADING.fullmatch(line):
                self.path, _, self.symbol = heading[1].removeprefix("./").partition("::")

    def _until(self, end: re.Pattern[str]) -> str:
        taken: list[str] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if end.fullmatch(line):
                break
            taken.append(line)
        return "".join(f"{line}\n" for line in taken)


def _unmasked(block: Block, data: bytes, redact: Redactor) -> bytes:
    """As :func:`_applied`, with the keys of the file where the block has what stands for them."""
    held = data.decode("utf-8")
    try:
        old = masks.source_of(block.old, held.replace("\r\n", "\n"), redact)
        made = _applied(replace(block, old=old), data).decode("utf-8")
        return masks.restored(made, held, redact).encode("utf-8")
    except masks.Masked as error:
        raise Unfit(str(error)) from error


def _applied(block: Block, data: bytes) -> bytes:
    text = data.decode("utf-8")
    crlf = text.count("\r\n") * 2 > text.count("\n")
    text = text.replace("\r\n", "\n") if crlf else text
    made = _defined(block, text) if block.symbol else _replaced(block, text)
    return (made.replace("\n", "\r\n") if crlf else made).encode("utf-8", "replace")


def _replaced(block: Block, text: str) -> str:
    if not block.old.strip():
        if text.strip():
            raise Unfit(f"{block.path} is not empty: nothing says what to replace")
        return block.new
    if (count := text.count(block.old)) == 1:
        return text.replace(block.old, block.new)
    if count > 1:
        raise Unfit(f"the text to replace stands {count} times in {block.path}")
    return _replaced_loosely(block, text)


def _replaced_loosely(block: Block, text: str) -> str:
    """As :func:`_replaced`, where only the margin or the ends of lines differ; the margin of the file is kept."""
    old, lines = block.old.rstrip("\n").split("\n"), text.split("\n")
    wanted = [line.strip() for line in old]
    bare = [line.strip() for line in lines]
    places = [n for n in range(len(bare) - len(wanted) + 1) if bare[n : n + len(wanted)] == wanted]
    if len(places) != 1:
        raise Unfit(f"the text to replace stands {'nowhere' if not places else 'several times'} in {block.path}")
    at = places[0]
    first = next(n for n, line in enumerate(wanted) if line)
    new = _moved(block.new.rstrip("\n"), _margin(lines[at + first]), _margin(old[first]))
    return "\n".join([*lines[:at], *(new.split("\n") if new else []), *lines[at + len(wanted) :]])


def _defined(block: Block, text: str) -> str:
    """`text` with the definition of the block's name replaced; its decorators stay unless the new text has some."""
    data = text.encode("utf-8")
    found = [s for s in extract(data, language_of(block.path) or "python").symbols if s.qualname == block.symbol]
    if len(found) != 1:
        raise Unfit(f"{block.path} defines {block.symbol} {'nowhere' if not found else 'several times'}")
    symbol, new = found[0], block.new.strip("\n")
    start = symbol.span.start if new.lstrip().startswith("@") else symbol.name_span.start
    start = data.rfind(b"\n", 0, start) + 1
    head = data[start : data.find(b"\n", start)].decode("utf-8")
    moved = _moved(new, _margin(head), _margin(new.split("\n")[0]))
    return (data[:start] + moved.encode("utf-8", "replace") + data[symbol.span.end :]).decode("utf-8")


def _moved(text: str, to: str, was: str) -> str:
    """`text` with the margin `to` in the place of `was`."""
    return "\n".join(to + line.removeprefix(was) if line.strip() else "" for line in text.split("\n")) if text else ""


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
