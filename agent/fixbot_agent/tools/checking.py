"""The tool that asks compilers, linters, Semgrep and type checkers: what they say now that they did not say at the start."""

from collections.abc import Sequence
from dataclasses import dataclass

from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.outcome import Outcome, Refused
from fixbot_analysis.errors import FixbotError
from fixbot_repair.checks import Finding, new_findings

_MOST = 20  # findings that one answer tells


@dataclass(frozen=True, slots=True)
class Check:
    """Arguments of check."""

    paths: tuple[str, ...] = arguments.texts("Files to look at. Empty: those that you changed.")


def check(desk: Desk, args: Check) -> Outcome:
    """Effect: run the checkers over files as they are and as they were, and tell what is new."""
    for path in args.paths:
        desk.document(path)  # refuses what may not be shown
    paths = [p for p in args.paths or sorted(desk.changed) if desk.exists(p)]
    if not paths:
        raise Refused("no file was changed yet; name files in 'paths'")
    found, problems = since_start(desk, paths)
    head = f"{len(found) or 'no'} new finding{'' if len(found) == 1 else 's'} in {', '.join(paths[:5])}"
    more = [f"… and {len(found) - _MOST} more"] if len(found) > _MOST else []
    said = [f"not checked: {p}" for p in problems[:5]]
    return Outcome("\n".join([head, *(row(f) for f in found[:_MOST]), *more, *said]))


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
