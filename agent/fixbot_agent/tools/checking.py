"""The tool that asks compilers, linters, Semgrep and type checkers: what they say now that they did not say at the start.

`check` tells it, and so does `finish`: what the one has told, the other need not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.finding import Definitions
from fixbot_agent.tools.last_look import remarks
from fixbot_agent.tools.outcome import Outcome, Refused
from fixbot_analysis.errors import FixbotError
from fixbot_repair.checks import Finding, new_findings

_MOST = 20  # findings that one answer tells
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Check:
    """Arguments of check."""

    paths: tuple[str, ...] = arguments.texts("Files to look at. Empty: those that you changed.")


def check(desk: Desk, definitions: Definitions, args: Check) -> Outcome:
    """Effect: run the checkers over files as they are and as they were, and tell what is new."""
    for path in args.paths:
        desk.document(path)  # refuses what may not be shown
    paths = [p for p in args.paths or sorted(desk.changed) if desk.exists(p)]
    if not paths:
        raise Refused("no file was changed yet; name files in 'paths'")
    found, problems = _said(desk, definitions, paths)
    desk.told.update(map(_key, found[:_MOST]))
    head = f"{len(found) or 'no'} new finding{'' if len(found) == 1 else 's'} in {', '.join(paths[:5])}"
    more = [f"… and {len(found) - _MOST} more"] if len(found) > _MOST else []
    return Outcome("\n".join([head, *found[:_MOST], *more, *(f"not checked: {p}" for p in problems[:5])]))


def unsaid(desk: Desk, definitions: Definitions) -> list[str]:
    """Effect: as :func:`check`. What is new in the changed files and was not told before; from now on it was."""
    found, _ = _said(desk, definitions, sorted(p for p in desk.changed if desk.exists(p)))
    new = [f for f in found if _key(f) not in desk.told]
    desk.told.update(map(_key, new))
    more = [f"… and {len(new) - _MOST} more; 'check' lists them by file"] if len(new) > _MOST else []
    return [*new[:_MOST], *more]


def _said(desk: Desk, definitions: Definitions, paths: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    found, problems = since_start(desk, paths)
    return [*map(row, found), *remarks(desk, definitions, paths)], problems


def _key(said: str) -> str:
    """What stays of a finding when lines move."""
    return _NUMBER.sub("", said)


def since_start(desk: Desk, paths: Sequence[str]) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Effect: runs the tools that the project uses. Findings that were not there at the start, and in words what was not checked."""
    checks = desk.equipment.checks
    if checks is None:
        return (), ("there is no checker here",)
    try:
        before, after = checks.findings(paths, before=True), checks.findings(paths, before=False)
    except FixbotError as error:
        return (), (error.message,)
    silent = set(before.broken) | set(after.broken)  # one that answered only once would call everything new
    old, new = ([f for f in each.findings if f.tool not in silent] for each in (before, after))
    return new_findings(old, new), tuple(dict.fromkeys((*after.problems, *before.problems)))


def row(finding: Finding) -> str:
    """A finding as one line."""
    return f"{finding.path}:{finding.line}: {finding.tool} {finding.rule}: {' '.join(finding.message.split())[:300]}"
