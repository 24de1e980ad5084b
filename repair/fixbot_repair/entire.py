"""Whole tests of a file as pytest runs them beside a module that is loaded already: what is asked of the guest, what it tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.slips import Slip


@dataclass(frozen=True, slots=True)
class Tested:
    """How a whole test ended, as pytest ran it: `status` is passed, failed, error, skipped, xfailed, timeout, uncollected, unmade (the slip
    could not be made in the running process) or lost.

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


def items(runner: TestRunner, tests: Sequence[tuple[str, Slip | None]]) -> list[Mapping[str, object]]:
    """What the guest is asked to do: each test by its id, with its slip where it has one, run as `runner` found out that tests run here."""
    options = runner.guest_options()
    return [{"id": n, "edits": [[s.start, s.end, s.text]] if s else [], "options": options} for n, s in tests]


def tested(row: Mapping[str, object]) -> Tested:
    """What the guest tells of one."""
    lines, branches = (frozenset(cast("list[int]", row.get(name) or [])) for name in ("lines", "outcomes"))
    message, detail, reaches = (str(row.get(name, "")) for name in ("message", "detail", "reaches"))
    return Tested(str(row.get("status", "lost")), message, detail, reaches, row.get("leaves") is True, lines, branches)
