"""What commands are pointed at: a place in a file (FILE:LINE:COL) or a text (ISSUE.md, or - for stdin)."""

import os
import re
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from fixbot_agent.errors import UsageFailure
from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.source import Position

_PLACE = re.compile(r"(?P<file>.+):(?P<line>\d+):(?P<column>\d+)")
_LARGEST = 4 << 20  # bytes of a text


@dataclass(frozen=True, slots=True)
class Target:
    """A place on the command line: `path` POSIX and relative to the repository, `position` from 0 in characters."""

    path: str
    position: Position


def is_place(written: str) -> bool:
    """Whether `written` has the form FILE:LINE:COL."""
    return _PLACE.fullmatch(written) is not None


def read_target(index: Index, written: str) -> Target:
    """Effect: reads the file. FILE:LINE:COL (both from 1), FILE relative to the repository or to this folder.

    Raises UsageFailure for a place that is not there and SourceError for a file that is not of the project.
    """
    match = _PLACE.fullmatch(written)
    if match is None:
        raise UsageFailure(f"{written!r} is no place in a file", "write FILE:LINE:COL, as in shop/cart.py:12:9")
    path, line, column = _relative(index, match["file"]), int(match["line"]), int(match["column"])
    document = index.tree.read(path)
    if not index.digest(path):
        raise SourceError(
            f"{path} is not source code of this project", "see 'fixbot index' for what was left out, and why"
        )
    lines = len(document.line_starts)
    if not 1 <= line <= lines:
        raise UsageFailure(f"{path} has no line {line}", f"its lines are 1 to {lines}")
    width = len(document.line_text(line - 1))
    if not 1 <= column <= width + 1:
        raise UsageFailure(f"line {line} of {path} has no column {column}", f"its columns are 1 to {width + 1}")
    return Target(path, Position(line - 1, column - 1))


def read_text(written: str) -> str:
    """Effect: reads the file `written`, or stdin for ``-``. Raises UsageFailure where there is no text in it."""
    if written == "-":
        name, data = "stdin", sys.stdin.buffer.read(_LARGEST + 1)
    else:
        name, data = written, _read(Path(written))
    if len(data) > _LARGEST:
        raise UsageFailure(f"{name} is larger than {_LARGEST >> 20} MB", "give the part of it that says what is wrong")
    if b"\0" in data[:8192]:
        raise UsageFailure(f"{name} is not text", "give a text: an issue, a traceback, a log")
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    if not text.strip():
        raise UsageFailure(f"{name} is empty", "say what is wrong in a few words, with the traceback if there is one")
    return text


def _read(path: Path) -> bytes:
    """Effect: the beginning of a regular file, one byte more than may be; opening anything else holds nobody up."""
    hint = "name a file with the issue's text, or - for stdin"
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
        with os.fdopen(descriptor, "rb") as file:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                what = "a folder" if stat.S_ISDIR(mode) else "no regular file"
                raise UsageFailure(f"{path} is {what}", hint)
            return file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        if path.is_dir():
            raise UsageFailure(f"{path} is a folder", hint) from error
        why = getattr(error, "strerror", None) or str(error)
        raise UsageFailure(f"cannot read {path}: {why}", hint) from error


def _relative(index: Index, file: str) -> str:
    """POSIX path below the repository's root of a file named from there or from this folder."""
    try:
        root = index.tree.root.resolve()
        for base in (root, Path.cwd()):
            full = (base / file).resolve()
            if full.is_relative_to(root) and full.is_dir():
                raise UsageFailure(f"{file} is a folder", "name a file in it: FILE:LINE:COL")
            if full.is_relative_to(root) and full.exists():
                return full.relative_to(root).as_posix()
        elsewhere = Path(file).exists()
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: a loop of symbolic links
        why = getattr(error, "strerror", None) or str(error)
        raise UsageFailure(
            f"cannot read {file}: {why}", "name a file that you may read, by a path that ends"
        ) from error
    if elsewhere:
        raise UsageFailure(f"{file} is outside {root}", "name its repository with --repo")
    raise UsageFailure(f"there is no file {file}", f"name a file below {root}")
