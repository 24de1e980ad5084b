"""Holding remarks against what a program can tell without running anything: whose lines they are, what they name, what was said already."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fixbot_agent.asking.conversing.knowing import Known, chains_of, listed
from fixbot_agent.remarking.reading import Claim
from fixbot_agent.reviewing import Change, Comment
from fixbot_agent.tools import Toolbox

_MOST = 12  # lines of one remark
_NEAR = 1  # lines between places that are one
_ALIKE = 0.5  # share of words at which two remarks say the same
_SAME = 0.6  # share of all words of two remarks of a model that say one thing
_TELLING = 3  # words of a remark that says nothing more than another, at least
_STEM = 5  # letters by which words are compared
_RANGES = 12  # of touched lines that are named
_WORD = re.compile(r"[^\W\d]\w*")
_TURNING = re.compile(r"\d+|\bno[tr]?\b|n't\b|\bnever\b|\bwithout\b")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a remark does not stand: `kind` for the count, `why` for who wrote it."""

    kind: str
    why: str


class Holding:
    """What remarks on `change` are held against. `comments` are those that checks made."""

    def __init__(self, change: Change, comments: Sequence[Comment], toolbox: Toolbox, root: Path, said: str) -> None:
        self._change, self._comments = change, comments
        self._known = Known(toolbox.desk, toolbox.definitions, root, said)
        self._texts = {path: data.decode("utf-8", "replace").split("\n") for path, data in change.after.items()}
        for data in (*change.before.values(), *change.after.values()):  # what is gone may be spoken of
            self._known.hear(_WORD.findall(data.decode("utf-8", "replace")))

    def hear(self, shown: str) -> None:
        """Take the words of what a model was shown and the files do not hold: of the past, of a test's end."""
        self._known.hear(_WORD.findall(shown))

    @property
    def new_words(self) -> frozenset[str]:
        """Words that the change brings."""
        old = {w for data in self._change.before.values() for w in _WORD.findall(data.decode("utf-8", "replace"))}
        new = {w for rows in self._texts.values() for row in rows for w in _WORD.findall(row)}
        return frozenset(new - old)

    def placed(self, claim: Claim) -> Claim | Fault:
        """Effect: may read the project. The remark at the lines of the change that it means; else why it does not stand."""
        path = self._path(claim.path)
        if path is None:
            return Fault("place", f"{claim.path[:120]!r} is no source file of the change")
        touched = self._change.lines.get(path, ())
        length = len(self._texts[path])
        if claim.line > length:
            return Fault("place", f"{path} has {length} lines, not {claim.line}")
        own = [n for n in touched if claim.line <= n <= claim.end_line]
        if not own:
            return Fault(
                "place",
                f"the change touches no line from {claim.line} to {claim.end_line} of {path}; it touches {_spans(touched)}",
            )
        if strange := self._known.strangers(claim.text, self._near(path, claim)):
            verb = "stands" if len(strange) == 1 else "stand"
            return Fault("name", f"{listed(strange)} {verb} nowhere in the project, nor in what it imports")
        placed = replace(claim, path=path, line=own[0], end_line=min(own[-1], own[0] + _MOST - 1))
        if (same := self._said_already(placed)) is not None:
            return Fault("duplicate", f"{same.tool} {same.rule} has said it: {' '.join(same.message.split())[:200]}")
        return placed

    def _path(self, written: str) -> str | None:
        if written in self._texts:
            return written
        ends = [p for p in self._texts if p.endswith(f"/{written}")]
        return ends[0] if len(ends) == 1 else None

    def _near(self, path: str, claim: Claim) -> Iterable[str]:
        rows = self._texts[path][claim.line - 1 : claim.end_line]
        return (*_WORD.findall("\n".join(rows)), *_WORD.findall(path), *_WORD.findall(claim.test))

    def _said_already(self, claim: Claim) -> Comment | None:
        for comment in self._comments:
            near = comment.line - _NEAR <= claim.end_line and claim.line <= comment.end_line + _NEAR
            if comment.path == claim.path and near and are_alike(comment.message, claim.text):
                return comment
        return None


def say_the_same(one: Claim, other: Claim) -> bool:
    """Whether two remarks on one place say one thing: by nearly the same words of the same names, or one in words that the other has all of."""
    near = one.line - _NEAR <= other.end_line and other.line <= one.end_line + _NEAR
    if one.path != other.path or not near or _turned(one) != _turned(other):
        return False
    ours, theirs = _stems(one.text), _stems(other.text)
    if _names(one) == _names(other) and ours and len(ours & theirs) / len(ours | theirs) >= _SAME:
        return True
    less, more = sorted((one, other), key=lambda c: len(_stems(c.text)))
    return _names(less) <= _names(more) and ours & theirs == _stems(less.text) and len(ours & theirs) >= _TELLING


def _names(claim: Claim) -> frozenset[str]:
    """The names of code of a remark."""
    return frozenset(part for _, parts in chains_of(claim.text) for part in parts)


def _turned(claim: Claim) -> frozenset[str]:
    """What of a remark's words turns what the others say: numbers, and what denies."""
    return frozenset(_TURNING.findall(claim.text.lower()))


def are_alike(one: str, other: str) -> bool:
    """Whether two sentences share most words of the shorter one, endings aside."""
    ours, theirs = _stems(one), _stems(other)
    least = min(len(ours), len(theirs))
    return bool(least) and len(ours & theirs) / least >= _ALIKE


def _stems(text: str) -> set[str]:
    return {w.lower()[:_STEM] for w in _WORD.findall(text) if len(w) > 2}


def _spans(lines: Sequence[int]) -> str:
    """Lines in words: "lines 3, 10-14"."""
    runs: list[list[int]] = []
    for n in lines:
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    said = [f"{a}-{b}" if b > a else str(a) for a, b in runs]
    return f"lines {', '.join(said[:_RANGES])}{', …' if len(said) > _RANGES else ''}" if said else "none"
