"""Lines for people broken at words where a terminal would break them anywhere: what goes on stands below what it goes on with."""

import shutil
import textwrap
from typing import IO

_LEAST, _MOST = 40, 160  # columns


def columns(stream: IO[str]) -> int:
    """Effect: asks the terminal that `stream` is. Its columns; 0 where it is none."""
    if not stream.isatty():
        return 0
    return max(_LEAST, min(_MOST, shutil.get_terminal_size((80, 24)).columns))


def wrapped(line: str, width: int, hang: int | None = None) -> str:
    """`line` in lines of at most `width` columns (0: as it is); those that follow begin `hang` columns in, else two more than the first."""
    if not width or len(line) <= width or "\n" in line:
        return line
    own = len(line) - len(line.lstrip(" "))
    below = " " * (own + 2 if hang is None else hang)
    return "\n".join(
        textwrap.wrap(
            line,
            width,
            initial_indent="",
            subsequent_indent=below,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
            replace_whitespace=False,
        )
    )
