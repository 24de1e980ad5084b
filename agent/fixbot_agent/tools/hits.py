"""How what was found is shown: by file, with the definition around it, what matters most first, bounded."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from fixbot_agent.tools.desk import Desk
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import is_test
from fixbot_analysis.source import language_of

MOST = 40  # hits shown
_OF_ONE = 8  # in one file, as long as there are others
_MANY = 3  # equal lines that are shown once
_PLACES = 8  # of which so many are named
_WIDEST = 200  # characters of one line
_DEFINING = r"""(?x)
    ^\s*(?:(?:export|default|pub|public|private|protected|static|async|abstract|final)\s+)*
    (?:def|class|function|func|fn|struct|interface|enum|trait|type|const|let|var)\s+(?:\([^)]*\)\s*)?{0}\b
    | ^\s*{0}\s*(?::[^=]*)?=(?!=)
"""


class Hit(NamedTuple):
    """A line (from 1) of a file; `note` says more than the line does."""

    path: str
    line: int
    text: str
    is_definition: bool = False
    note: str = ""


def definer(name: str) -> re.Pattern[str]:
    """What tells a line that defines `name` or assigns to it."""
    return re.compile(_DEFINING.replace("{0}", re.escape(name)))


def shown(desk: Desk, hits: Sequence[Hit], what: str, more: str = "") -> str:
    """Effect: reads facts. `hits` by file, definitions before uses, sources before tests, and how many are left out."""
    files: dict[str, list[Hit]] = {}
    for hit in sorted(hits, key=lambda h: (not h.is_definition, h.path, h.line)):
        files.setdefault(hit.path, []).append(hit)
    order = sorted(files, key=lambda p: (is_test(p), not files[p][0].is_definition, language_of(p) is None, p))
    share = MOST if len(order) < MOST // _OF_ONE else _OF_ONE
    noun, *of = what.split(" ", 1)
    named = " ".join([noun.removesuffix("s") if len(hits) == 1 and not more else noun, *of])
    rows, told = [f"{len(hits)}{more} {named}, {len(files)} file{'' if len(files) == 1 else 's'}"], 0
    for path in order:
        groups = _equal(files[path])
        taken = groups[: min(share, MOST - told)]
        if not taken:
            break
        rows.append(path)
        rows += [_row(desk, hit, others) for hit, *others in taken]
        told += len(taken)
        if left := sum(map(len, groups[len(taken) :])):
            rows.append(f"       … {left} more in this file")
    unseen = [p for p in order if p not in rows]
    if unseen:
        count = sum(len(files[p]) for p in unseen)
        rows.append(
            f"… left out: {count} in {len(unseen)} more files, such as {', '.join(unseen[:3])}; narrow it down with 'path'"
        )
    return "\n".join(rows)


def _equal(hits: Sequence[Hit]) -> list[list[Hit]]:
    """Hits that say the same, where they are many; each other one alone. In order of the first of each."""
    groups: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        groups.setdefault((hit.text.strip(), hit.note), []).append(hit)
    found = [part for group in groups.values() for part in ([group] if len(group) >= _MANY else [[h] for h in group])]
    return sorted(found, key=lambda part: hits.index(part[0]))


def _row(desk: Desk, hit: Hit, others: Sequence[Hit]) -> str:
    around = "" if hit.note else _around(desk, hit)
    more = ", …" if len(others) > _PLACES else ""
    where = ", ".join(f"{h.line}{'' if hit.note else _within(desk, h, around)}" for h in others[:_PLACES])
    same = f"  (×{len(others) + 1}, also on {where}{more})" if others else ""
    return f"{hit.line:>6}  {around}{cut(hit.text.strip())}{f'  ({hit.note})' if hit.note else ''}{same}"


def _within(desk: Desk, hit: Hit, first: str) -> str:
    """The definition around a further equal line, where it is another one than around the `first`."""
    around = _around(desk, hit)
    return f" {around.strip()}" if around != first else ""


def _around(desk: Desk, hit: Hit) -> str:
    try:
        symbol = desk.symbols.facts(hit.path).enclosing(hit.line)
    except SourceError:
        return ""
    return f"[{symbol.qualname}] " if symbol is not None and symbol.line != hit.line else ""


def cut(line: str, widest: int = _WIDEST) -> str:
    """`line` within `widest` characters."""
    line = line.rstrip("\r")
    return line if len(line) <= widest else line[:widest] + " …"
