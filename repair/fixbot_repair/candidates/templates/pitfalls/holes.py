"""Traps written as code with holes: what stands there, and what should, as rows of a table.

``$name`` is a hole for one expression, ``*rest`` at the end of arguments for any more of them; brackets around it do not count. What a
hole takes is told by its name (`naming.py`): ``$path`` only what is called like a path, ``$word`` only a literal with letters in it, an unknown
name anything; a row may ask more of its names (`trap`). Names of the standard library are written in full; they match however the file imports
them, and bring the import along where it is missing.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from fixbot_repair.candidates.templates.base import Example, Rewrite, Site, Template
from fixbot_repair.candidates.templates.imports import imported, module_of
from fixbot_repair.candidates.templates.pitfalls.matching import rewrites
from fixbot_repair.candidates.templates.pitfalls.naming import last_name, literal, named_like
from fixbot_repair.candidates.templates.pitfalls.rows import HOLE, Found, Guard, Table, Trap, node_of, table_of, trap

__all__ = ["RELIES", "Found", "Guard", "Trap", "Traps", "last_name", "literal", "named_like", "trap", "traps"]

RELIES = 0.35  # power to which the suspicion of a place counts for a trap

_SAMPLES: Mapping[str, str] = {
    "s": '";"',
    "bytes": 'b"x"',
    "mark": '","',
    "media": "content_type",
    "wordy": "word",
    "prose": "text",
    "word": '"word_"',
    "i": "3",
    "surely": "str(x)",
}


class Traps:
    """A table of traps, for templates that do more than look it up."""

    def __init__(self, *rows: Trap) -> None:
        self.rows = rows

    @cached_property
    def _table(self) -> Table:
        return table_of(self.rows)

    @property
    def nodes(self) -> frozenset[str]:
        """The types of the nodes that the rows look at."""
        return frozenset(node_type for node_type, _ in self._table)

    def rewrites(self, site: Site) -> Iterable[Rewrite]:
        """What the rows say to write in the place of the site's node."""
        return rewrites(self._table, site)


def traps(
    name: str,
    prior: float,
    says: str,
    *rows: Trap,
    examples: Iterable[tuple[str, str]] = (),
    relies: float = RELIES,
) -> Template:
    """A template of rows. Each row without a guard is an example of its own; `examples` show those with one."""
    table = Traps(*rows)

    def rewrite(site: Site) -> Iterable[Rewrite]:
        return table.rewrites(site)

    rewrite.__doc__ = says
    shown = [example_of(row) for row in rows if row.guard is None]
    shown += [Example(*pair) for pair in examples]
    return Template(name, name.partition(".")[0], prior, table.nodes, rewrite, tuple(shown), relies=relies)


def example_of(row: Trap) -> Example:
    """A row as code before and after it: each hole becomes a name of its sort."""

    def shown(code: str) -> str:
        return HOLE.sub(lambda match: _SAMPLES.get(match[1].rstrip("0123456789"), match[1]), code)

    def lines(codes: Iterable[str]) -> list[str]:
        dotted = [text for code in codes for text in re.findall(r"(?<![.\w$\"'])[a-z]\w*(?:\.\w+)+", code)]
        return sorted({f"import {imported(module_of(text))}\n" for text in dotted if module_of(text)})

    is_statement = node_of(row.before).type in ("assignment", "augmented_assignment")
    had = lines([row.before])
    new = [line for line in lines([row.after[0]]) if line not in had]

    def whole(code: str, imports: list[str]) -> str:
        return f"{''.join(imports)}def f():\n    {'' if is_statement else 'return '}{shown(code)}\n"

    return Example(whole(row.before, had), whole(row.after[0], new + had))
