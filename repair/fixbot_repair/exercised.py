"""What is asked of code that is tried on a module, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

Head = tuple[int, int, tuple[tuple[int, tuple[int, ...]], ...]]
"""First and last line of a statement with several exits; of each exit its number and the lines that are seen next, -line for out of what begins there."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The module that is tried: its `path` in the project, the name that it is imported by, the heads of its branches.

    `spans` are (first, last line) of statements of several lines; `top` is the folder that it is imported from, which may take `patience` seconds.
    """

    path: str
    module: str
    heads: tuple[Head, ...]
    spans: tuple[tuple[int, int], ...] = ()
    top: str = ""
    patience: float = 60.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """Statements, then a call whose result is looked at. `watched` are names whose values may change by it."""

    setup: tuple[str, ...]
    call: str
    imports: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt.

    `kind` is returns, raises, broken (the statements before the call failed), reaches (out of what it may), placed (what it gives names a folder of this machine), slow, lost, or untried where others took all the time.
    `value` is source text that makes an equal result, None where there is none; then `facts` are (what follows it, text).
    `after` are (name, what follows it, text) that the call changed. Of an error: (module, name), whether the module raises it
    itself (`own`) and what it says. `knows_type`: the module has the class of the result or error under its own name.
    """

    kind: str
    lines: frozenset[int] = frozenset()
    branches: frozenset[int] = frozenset()
    value: str | None = None
    type: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    after: tuple[tuple[str, str, str], ...] = ()
    error: tuple[str, str] = ("", "")
    own: bool = False
    message: str = ""
    printed: str = ""
    knows_type: bool = False

    @property
    def came_to_end(self) -> bool:
        """Whether the call was made and ended, one way or the other."""
        return self.kind in ("returns", "raises")


@dataclass(frozen=True, slots=True)
class Reached:
    """What a project's tests reach of a module, and with which values (as text) they call it: by first line and parameter.

    `imported`: whether they import it at all. Of what an import alone reaches, `threads` are those that it leaves running beside the first.
    `files` are the test files all tests of which were run, `reaching` those of which one ran something of the module.
    """

    lines: frozenset[int] = frozenset()
    branches: frozenset[int] = frozenset()
    values: Mapping[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)
    imported: bool = False
    threads: int = 0
    files: tuple[str, ...] = ()
    reaching: tuple[str, ...] = ()

    def and_other(self, other: "Reached") -> "Reached":
        """It, with what other test files reach."""
        values = {
            place: tuple(dict.fromkeys([*self.values.get(place, ()), *other.values.get(place, ())]))
            for place in [*self.values, *(place for place in other.values if place not in self.values)]
        }
        return Reached(
            self.lines | other.lines, self.branches | other.branches, values, self.imported or other.imported,
            max(self.threads, other.threads), (*self.files, *other.files), (*self.reaching, *other.reaching),
        )  # fmt: skip

    def and_import(self, imported: "Reached") -> "Reached":
        """It, with what the import alone reaches where there is one."""
        if not self.imported:
            return self
        return replace(self, lines=self.lines | imported.lines, branches=self.branches | imported.branches)


def outcome(row: Mapping[str, object]) -> Outcome:
    """The outcome that a guest tells of."""

    def pairs(name: str) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(map(str, each)) for each in cast("list[list[object]]", row.get(name) or []))

    value, error = row.get("value"), cast("list[str]", row.get("error") or ["", ""])
    return Outcome(
        str(row["kind"]),
        frozenset(cast("list[int]", row.get("lines") or [])),
        frozenset(cast("list[int]", row.get("outcomes") or [])),
        value if isinstance(value, str) else None,
        str(row.get("type", "")),
        cast("tuple[tuple[str, str], ...]", pairs("facts")),
        cast("tuple[tuple[str, str, str], ...]", pairs("after")),
        (error[0], error[1]),
        row.get("own") is True,
        str(row.get("message", "")),
        str(row.get("out", "")),
        row.get("knows_type") is True,
    )
