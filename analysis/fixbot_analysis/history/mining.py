"""What a fix did, hunk by hunk: which definition it changed, from what to what, and what sort of edit that was."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from fixbot_analysis.graph import is_test
from fixbot_analysis.history.enclosing import PythonText, from_header
from fixbot_analysis.history.kinds import kind_of
from fixbot_analysis.ports import FilePatch, Hunk
from fixbot_analysis.source import language_of
from fixbot_analysis.symbols.words import count_words

_LINES, _CHARACTERS = 30, 2000  # of either side of a hunk; of a larger one only the place is kept
_HUNKS = 40  # of one commit


_TEST_FOLDERS = frozenset({"test", "tests", "testing", "__tests__", "spec"})


@lru_cache(maxsize=16_384)
def is_code(path: str) -> bool:
    """Whether a fix of the file at `path` would be a fix of the program: source, and no test."""
    if language_of(path) is None or is_test(path):
        return False
    pure = PurePosixPath(path)
    stem = pure.stem.lower()
    return (
        not _TEST_FOLDERS.intersection(pure.parts[:-1])
        and stem != "conftest"
        and not stem.endswith((".test", ".spec", "_test"))
    )


@dataclass(frozen=True, slots=True)
class Edit:
    """One hunk of a fix: `line` (from 1) as the file was afterwards, `symbol` the qualified name of what holds it ("" at the top).

    `before` and `after` are empty where the hunk is too large to be of use elsewhere. `kind` is a family of repair's templates.
    """

    path: str
    line: int
    symbol: str
    before: str
    after: str
    kind: str


def edits(patches: Iterable[FilePatch]) -> Iterator[Edit]:
    """The hunks of one commit as edits, at most 40."""
    left = _HUNKS
    for patch in patches:
        text = PythonText(patch.content) if language_of(patch.path) == "python" else None
        for hunk in patch.hunks[:left]:
            symbol = _symbol(text, hunk) if text else from_header(hunk.header)
            yield _edit(patch.path, hunk, symbol)
        left -= len(patch.hunks[:left])


def _symbol(text: PythonText, hunk: Hunk) -> str:
    added = hunk.after.count("\n")
    # git gives lines that were only taken out the number of the line before them.
    return text.around(hunk.line, hunk.line + added - 1) if added else text.around(hunk.line + 1, hunk.line)


def _edit(path: str, hunk: Hunk, symbol: str) -> Edit:
    sides = (hunk.before, hunk.after)
    if any(side.count("\n") > _LINES or len(side) > _CHARACTERS for side in sides):
        return Edit(path, hunk.line, symbol, "", "", "other")
    return Edit(path, hunk.line, symbol, *sides, kind_of(*sides))


def words_of(found: Iterable[Edit]) -> Mapping[str, int]:
    """Words by which a fix is found besides those of its message: names of what it changed, and the lines it took out."""
    texts = [text for edit in found for text in (edit.symbol, edit.path, edit.before)]
    return count_words(texts)
