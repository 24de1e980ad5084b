"""Which candidates are tried once something held: its own edit at all places alike, then what edits the same function."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice

from fixbot_analysis.symbols import FileFacts
from fixbot_repair.candidates.edit import Candidate, Patch
from fixbot_repair.choosing.alike import everywhere

_STEP = 3  # candidates that are looked at for each that is tried
_MOST_WAITING = 2000

Before = Callable[[str], bytes]
Function = tuple[str, int, int]
"""Path, first and last line (from 1) of a function."""


class Rivals:
    """A stream of candidates in its own order until something holds; from then on every other one is a rival of that.

    `before` gives the UTF-8 content of a file as it was, `facts` what it defines. Nothing is lost and nothing comes twice, so
    that what is not wanted as a rival comes when its turn does.
    """

    def __init__(
        self, candidates: Iterator[Candidate], before: Before, facts: Callable[[str], FileFacts | None]
    ) -> None:
        self._candidates = candidates
        self._before = before
        self._facts = facts
        self._functions: set[Function] = set()
        self._alike: deque[Candidate] = deque()
        self._near: deque[Candidate] = deque()
        self._far: deque[Candidate] = deque()
        self._is_near = False  # what came last

    def held(self, candidate: Candidate) -> None:
        """Say that `candidate` is plausible: what rivals it comes earlier from now on."""
        new = set(self._places(candidate.patch)) - self._functions
        if (wide := everywhere(candidate, self._before)) is not None:
            self._alike.append(wide)
        if new:
            self._functions |= new
            waiting, self._far = self._far, deque()
            for each in waiting:
                self._put(each)

    def __iter__(self) -> Iterator[Candidate]:
        """Yield all candidates; whoever asks may say between two of them what held."""
        while True:
            if not self._functions:
                self._is_near = False
                following = self._far.popleft() if self._far else next(self._candidates, None)
            else:
                following = self._rival()
            if following is None:
                return
            yield following

    def _rival(self) -> Candidate | None:
        """The next one, now that something held: a rival and another in turn."""
        if self._alike:
            return self._alike.popleft()
        for candidate in islice(self._candidates, _STEP if len(self._far) < _MOST_WAITING else 0):
            self._put(candidate)
        self._is_near = bool(self._near) and not (self._is_near and self._far)
        line = self._near if self._is_near else self._far
        return line.popleft() if line else None

    def _put(self, candidate: Candidate) -> None:
        near = not self._functions.isdisjoint(self._places(candidate.patch))
        (self._near if near else self._far).append(candidate)

    def _places(self, patch: Patch) -> Iterator[Function]:
        """The functions that a patch edits; the line where there is none."""
        for edit in patch.edits:
            if edit.path not in patch.created:
                line = self._before(edit.path)[: edit.span.start].count(b"\n") + 1
                facts = self._facts(edit.path)
                symbol = facts.enclosing(line) if facts else None
                yield (edit.path, symbol.line, symbol.end_line) if symbol else (edit.path, line, line)
