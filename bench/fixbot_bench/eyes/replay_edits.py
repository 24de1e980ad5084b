"""Keystrokes that lead from one text to another, as somebody types who makes slips and mends them."""

import difflib
import random
from collections.abc import Iterator
from dataclasses import dataclass

from fixbot_bench.editor import Spot, units

_SLIP = 0.03  # of the characters typed
_BACKSPACED = 60  # characters; what is longer is marked and deleted at once
_LETTERS = "abcdefghijklmnopqrstuvwxyz_().,é😀"


@dataclass(frozen=True, slots=True)
class Revision:
    """What a commit made of one file."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a document: what lies from `start` to `end` becomes `new`, after which the text is `whole`."""

    start: Spot
    end: Spot
    new: str
    whole: str

    @property
    def cursor(self) -> Spot:
        """Where one types on."""
        lines = self.new.split("\n")
        before = self.start.character if len(lines) == 1 else 0
        return Spot(self.start.line + len(lines) - 1, before + units(lines[-1]))


def edits(old: str, new: str, chance: random.Random) -> Iterator[Edit]:
    """Changes one after the other, the last of which leaves `new`: each block of lines that differs, from the end to the beginning.

    Lines end in line feeds only.
    """
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    text = old
    for tag, first, last, start, end in reversed(difflib.SequenceMatcher(None, before, after).get_opcodes()):
        if tag == "equal":
            continue
        gone, come = old[starts[first] : starts[last]], "".join(after[start:end])
        same = _common(gone, come)
        tail = _common(gone[same:][::-1], come[same:][::-1])
        at, gone, come = starts[first] + same, gone[same : len(gone) - tail], come[same : len(come) - tail]
        yield from _block(text[:at], gone, come, text[at + len(gone) :], chance)
        text = text[:at] + come + text[at + len(gone) :]


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _block(head: str, gone: str, come: str, tail: str, chance: random.Random) -> Iterator[Edit]:
    """Between `head` and `tail`, take `gone` away and type `come`."""
    here = Spot.end_of(head)
    if gone and len(gone) <= _BACKSPACED and "\n" not in gone and chance.random() < 0.5:
        yield from _backspaces(head, gone, len(gone), tail)
    elif gone:
        yield Edit(here, Spot.end_of(head + gone), "", head + tail)
    written = head
    for character in come:
        if chance.random() < _SLIP and character != "\n":
            wrong = "".join(chance.choices(_LETTERS, k=chance.randint(1, 3)))
            for count, letter in enumerate(wrong):
                here = Spot.end_of(written + wrong[:count]) if count else here
                yield Edit(here, here, letter, written + wrong[: count + 1] + tail)
            yield from _backspaces(written, wrong, len(wrong), tail)
            here = Spot.end_of(written)
        written += character
        edit = Edit(here, here, character, written + tail)
        here = edit.cursor
        yield edit


def _backspaces(head: str, gone: str, count: int, tail: str) -> Iterator[Edit]:
    """Take the last `count` characters of `gone`, which stands after `head`, away one by one."""
    for left in range(len(gone) - 1, len(gone) - 1 - count, -1):
        start = Spot.end_of(head + gone[:left])
        yield Edit(start, Spot(start.line, start.character + units(gone[left])), "", head + gone[:left] + tail)
