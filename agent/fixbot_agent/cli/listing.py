"""How findings are shown: the text of a terminal, and the formats of machines."""

import json
import math
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from itertools import groupby

import click

from fixbot_agent.cli.envelope import emit, printable, printable_line
from fixbot_agent.cli.progress import Bar
from fixbot_agent.reviewing import github, remarks, sarif
from fixbot_agent.reviewing.remarks import Remark
from fixbot_agent.schemas import Json
from fixbot_repair.checks import Feedback, Finding, Severity, TestStatus

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_SOON = 3.0  # seconds that are waited for all tools, so that one list can be shown


class Live(Bar):
    """A progress bar that, on a terminal, lets no slow tool hold back what the others have found.

    Within three seconds there is one list; what comes later follows as it comes. `on`: findings are wanted as text. Tools that
    have no answer after `seconds` are not waited for.
    """

    def __init__(self, *, on: bool, seconds: float = math.inf) -> None:
        super().__init__()
        self._seconds = seconds
        self._lists = on and sys.stdout.isatty()
        self._started = time.monotonic()
        self.told: set[tuple[str, int, int, str, str]] = set()

    def heard(self, feedback: Feedback) -> None:
        """Effect: show what is new in `feedback`."""
        if self._lists and time.monotonic() - self._started > _SOON:
            self.clear()
            self.tell(feedback.findings)

    def enough(self) -> bool:
        """Whether tools that have no answer yet are to be ended."""
        return time.monotonic() - self._started > self._seconds

    def tell(self, findings: Iterable[Finding]) -> None:
        """Effect: list those of `findings` that were not listed before."""
        fresh = [f for f in findings if _key(f) not in self.told]
        self.told |= {_key(f) for f in fresh}
        show_list(fresh)


def _key(finding: Finding) -> tuple[str, int, int, str, str]:
    return (finding.path, finding.line, finding.column, finding.tool, finding.rule)


def show(feedback: Feedback, form: str, files: int, seconds: float, live: Live) -> None:
    """Effect: write the findings in the format asked for, as text only those that `live` has not shown."""
    if form == "json":
        emit(_document(feedback, seconds))
    elif form == "sarif":
        show_sarif(remarks.of_findings(feedback.findings), feedback.problems)
    elif form == "github":
        click.echo(github.annotations(remarks.of_findings(feedback.findings)), nl=False)
    else:
        live.tell(feedback.findings)
        click.echo(_total(feedback, files))


def show_sarif(said: Sequence[Remark], problems: Sequence[str]) -> None:
    """Effect: write a SARIF log, which is a document of its own and not our envelope."""
    click.echo(json.dumps(sarif.document(said, problems, version("fixbot")), indent=1))


def _document(feedback: Feedback, seconds: float) -> Mapping[str, Json]:
    return {
        "findings": [_shape(f) for f in feedback.findings],
        "fixed": [],
        "seconds": round(seconds, 3),
        "problems": list(feedback.problems),
        "warnings": list(feedback.notes),
        "tests": {
            "run": sum(o.status is not TestStatus.SKIPPED for o in feedback.outcomes),
            "failed": list(feedback.failing),
        },
    }


def told(finding: Finding) -> dict[str, Json]:
    """A finding in the contract's words, without the edits of its fix."""
    return {
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "tool": finding.tool,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "category": finding.category,
        "message": finding.message,
        "fingerprint": finding.fingerprint,
        "also": list(finding.also),
        "fix": bool(finding.fix),
    }


def _shape(finding: Finding) -> Json:
    # Bytes of the file's text in UTF-8, as all edits are.
    edits: Json = [{"start": e.span.start, "end": e.span.end, "text": e.text} for e in finding.fix]
    return {**told(finding), "edits": edits}


def show_list(findings: Sequence[Finding]) -> None:
    """Effect: list findings, file by file."""
    for path, group in groupby(findings, key=lambda f: f.path):
        click.echo(styled(printable_line(path), bold=True))
        for finding in group:
            click.echo(_line(finding))
        click.echo()


def _line(finding: Finding) -> str:
    place = f"{finding.line}:{finding.column}".rjust(8)
    severity = styled(finding.severity.value.ljust(7), fg=_COLOURS[finding.severity])
    said_by = ", ".join((f"{finding.tool} {finding.rule}", *finding.also))
    fix = "  [fix]" if finding.fix else ""
    return f"{place}  {severity}  {printable(one_line(finding.message))}  {printable(f'({said_by})')}{fix}"


def _total(feedback: Feedback, files: int) -> str:
    findings, checked = feedback.findings, f"{files} file{'' if files == 1 else 's'}"
    if not findings:
        return f"Nothing found in {checked}{_tests(feedback)}."
    counts = Counter(f.severity.value for f in findings)
    parts = [f"{counts[s.value]} {s.value}{'' if counts[s.value] == 1 else 's'}" for s in Severity if counts[s.value]]
    fixable = sum(bool(f.fix) for f in findings)
    offered = f"; {fixable} with a fix offered by the tool" if fixable else ""
    return f"{', '.join(parts)} in {len({f.path for f in findings})} of {checked}{offered}{_tests(feedback)}."


def _tests(feedback: Feedback) -> str:
    ran = len(feedback.outcomes)
    return f"; {ran} test{'' if ran == 1 else 's'} ran, {len(feedback.failing)} failed" if ran else ""


def one_line(text: str) -> str:
    """`text` with its line ends and tabs as single spaces."""
    return " ".join(text.split())


def styled(text: str, *, fg: str | None = None, bold: bool | None = None) -> str:
    """`text` in colour where stdout is a terminal and NO_COLOR is not set (no-color.org)."""
    return click.style(text, fg=fg, bold=bold) if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else text
