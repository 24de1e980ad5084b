"""Whole tests of a file as pytest runs them beside a module that is loaded already: what is asked of the guest, what it tells."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.slips import Slip


@dataclass(frozen=True, slots=True)
class Tested:
    """How a whole test ended, as pytest ran it: `status` is passed, failed, error, skipped, xfailed, timeout, uncollected, flooded (it
    printed too much), unmade (the slip could not be made in the running process) or lost.

    `reaches` is what its own code reached for outside of its folder, `leaves`: it left something changed.
    """

    __test__ = False
    status: str
    message: str = ""
    detail: str = ""
    reaches: str = ""
    leaves: bool = False
    lines: frozenset[int] = frozenset()
    branches: frozenset[int] = frozenset()


Lines = tuple[tuple[int, int], ...]  # first and last of each


def items(
    runner: TestRunner, tests: Sequence[tuple[str, Slip | None]], imports: Lines = ()
) -> list[Mapping[str, object]]:
    """What the guest is asked to do: each test by its id, with its slip where it has one, run as `runner` found out that tests run here.

    What the `imports` load, lines of the test file, is held to the same as the test itself.
    """
    options = {"options": runner.guest_options(), "imports": imports}
    return [{"id": n, "edits": [[s.start, s.end, s.text]] if s else [], **options} for n, s in tests]


def new_imports(before: bytes | None, after: bytes) -> Lines:
    """The lines of imports in a file `after` tests were added that load something that those `before` do not. Raises SyntaxError."""
    known = {name for node in ast.parse(before or b"").body for name in _imported(node)}
    return tuple(
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.parse(after).body
        if not known.issuperset(_imported(node))
    )


def _imported(node: ast.stmt) -> Iterator[tuple[int, str, str]]:
    if isinstance(node, ast.Import):
        yield from ((0, alias.name, "") for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from ((node.level, node.module or "", alias.name) for alias in node.names)


def tested(row: Mapping[str, object]) -> Tested:
    """What the guest tells of one; what is of another shape counts as lost."""
    texts = [row.get(name, "") for name in ("message", "detail", "reaches")]
    numbers = [row.get(name) or [] for name in ("lines", "outcomes")]
    status = row.get("status", "lost")
    if not all(isinstance(text, str) for text in (*texts, status)) or not all(map(_are_numbers, numbers)):
        return Tested("lost")
    lines, branches = (frozenset(cast("list[int]", each)) for each in numbers)
    message, detail, reaches = cast("list[str]", texts)
    return Tested(str(status), message, detail, reaches, row.get("leaves") is True, lines, branches)


def _are_numbers(value: object) -> bool:
    return isinstance(value, list) and all(type(each) is int for each in value)
