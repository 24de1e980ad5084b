"""Tables in an issue that say for each call what comes and what should."""

from collections.abc import Iterator, Sequence

from fixbot_repair import issue_wording as wording
from fixbot_repair.issue import Expectation
from fixbot_repair.issue_values import is_call
from fixbot_repair.issue_wording import Role


def rows(paragraph: str) -> Iterator[Expectation]:
    """One expectation for each row whose first call and expected value can be read."""
    lines = [line.strip() for line in paragraph.split("\n") if line.strip().startswith("|")]
    if len(lines) < 3 or set(lines[1]) - set("|:- "):
        return
    roles = [wording.heading(cell) for cell in _cells(lines[0])]
    if Role.EXPECTED not in roles:
        return
    for line in lines[2:]:
        cells = _cells(line)
        if len(cells) == len(roles):
            yield from _row(cells, roles)


def _row(cells: Sequence[str], roles: Sequence[Role]) -> Iterator[Expectation]:
    calls = [cell for cell, role in zip(cells, roles, strict=True) if role is Role.UNSAID and is_call(cell)]
    expected, actual = (
        next((cell for cell, found in zip(cells, roles, strict=True) if found is role), "")
        for role in (Role.EXPECTED, Role.ACTUAL)
    )
    if calls and expected:
        yield Expectation(calls[0], expected, actual)


def _cells(line: str) -> list[str]:
    return [cell.strip().strip("`") for cell in line.strip("|").split("|")]
