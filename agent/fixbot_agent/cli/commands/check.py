"""``fixbot check``: what compilers, type checkers, linter and Semgrep find, in one list."""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.reviewing import Scope, github, remarks, sarif
from fixbot_agent.reviewing.remarks import Remark
from fixbot_agent.schemas import Json
from fixbot_agent.settings import load
from fixbot_repair import checks
from fixbot_repair.checks import Feedback, Finding, Severity
from fixbot_repair.environment import Environment
from fixbot_repair.errors import EnvironmentFailure

FORMATS = ("text", "json", "sarif", "github")
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


@click.command(
    "check",
    epilog="Examples: fixbot check    fixbot check src/app.py --only compiler,ruff    fixbot check --since main --json",
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--only", metavar="TOOL,...", help="Only these tools: compiler, ruff, semgrep, mypy, pyright, tsc, ...")
@click.option("--since", metavar="REF", help="Only files that changed since this commit, branch or tag.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Output format.")
@click.option("--python", type=click.Path(path_type=Path), help="The Python that the code is written for.")
@click.option(
    "--trust", is_flag=True, help="Trust the workspace for this run: its own linter settings and rules count."
)
@click.option("--tests", type=click.Choice(["none"]), expose_value=False, help="Which tests to run: none of them.")
@json_option
def command(
    paths: tuple[Path, ...],
    only: str | None,
    since: str | None,
    form: str,
    python: Path | None,
    trust: bool,
    as_json: bool,
) -> int:
    """Check files and folders (this project when none is named) and list what is found.

    Python's compiler, ruff and Semgrep always; and the type checkers and compilers that the project says it uses (by its
    configuration, development dependencies, pre-commit and CI files). Those that run code of the project, such as cargo,
    need a trusted workspace; configuration that can load code counts only there. Exit code: 0 nothing found, 1 findings, 2 usage, 6 a tool could not be run.
    """
    began = time.monotonic()
    scope = Scope.of(paths)
    if since is not None:
        scope = scope.since(since)
    with Bar() as bar:
        trusted, environment, notes = surroundings(scope.root, python, trust)
        feedback = checks.run(
            scope.root,
            scope.paths,
            only=asked(scope, only),
            environment=environment,
            trusted=trusted,
            progress=bar,
        )
    show_problems((*notes, *feedback.problems))
    show(feedback, "json" if as_json else form, len(scope.paths), time.monotonic() - began)
    return exit_code(bool(feedback.findings), bool(feedback.broken))


def names(only: str | None) -> tuple[str, ...] | None:
    """The tools of ``--only``, None when it was not given."""
    return None if only is None else tuple(n.strip() for n in only.split(",") if n.strip())


def asked(scope: Scope, only: str | None) -> tuple[str | checks.Tool, ...]:
    """Effect: the tools of ``--only``; without it our own, and those that the project says it uses."""
    return names(only) or (*checks.TOOLS, *checks.in_use(scope.root, scope.paths))


def surroundings(root: Path, python: Path | None, trust: bool) -> tuple[bool, Environment | None, tuple[str, ...]]:
    """Effect: whether the workspace is trusted, the Python of the project, and warnings about both."""
    loaded = load(root, trust=trust)
    try:
        return loaded.trusted, Environment.find(root, python), loaded.warnings
    except EnvironmentFailure as error:
        if python is not None:
            raise
        note = f"compiling with fixbot's own Python: {error.message}"
        return loaded.trusted, None, (*loaded.warnings, note)


def exit_code(found: bool, broken: bool) -> int:
    """0 nothing found, 1 something found, 6 when nothing was found because a tool could not be run."""
    if found:
        return ExitCode.NO_PATCH
    return ExitCode.ENVIRONMENT if broken else ExitCode.OK


def show_problems(problems: Sequence[str]) -> None:
    """Effect: say on stderr what could not be checked."""
    for problem in problems:
        click.echo(f"fixbot: not checked: {printable(problem)}", err=True)


def show(feedback: Feedback, form: str, files: int, seconds: float) -> None:
    """Effect: write the findings in the format asked for."""
    if form == "json":
        emit(_document(feedback, seconds))
    elif form == "sarif":
        show_sarif(remarks.of_findings(feedback.findings), feedback.problems)
    elif form == "github":
        click.echo(github.annotations(remarks.of_findings(feedback.findings)), nl=False)
    else:
        _show_text(feedback, files)


def show_sarif(said: Sequence[Remark], problems: Sequence[str]) -> None:
    """Effect: write a SARIF log, which is a document of its own and not our envelope."""
    click.echo(json.dumps(sarif.document(said, problems, version("fixbot")), indent=1))


def _document(feedback: Feedback, seconds: float) -> Mapping[str, Json]:
    return {
        "findings": [_shape(f) for f in feedback.findings],
        "fixed": [],
        "seconds": round(seconds, 3),
        "problems": list(feedback.problems),
    }


def _shape(finding: Finding) -> Json:
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
        # Bytes of the file's text in UTF-8, as all edits are.
        "edits": [{"start": e.span.start, "end": e.span.end, "text": e.text} for e in finding.fix],
    }


def _show_text(feedback: Feedback, files: int) -> None:
    for path, group in groupby(feedback.findings, key=lambda f: f.path):
        click.echo(styled(printable(path), bold=True))
        for finding in group:
            click.echo(_line(finding))
        click.echo()
    click.echo(_total(feedback.findings, files))


def _line(finding: Finding) -> str:
    place = f"{finding.line}:{finding.column}".rjust(8)
    severity = styled(finding.severity.value.ljust(7), fg=_COLOURS[finding.severity])
    said_by = ", ".join((f"{finding.tool} {finding.rule}", *finding.also))
    fix = "  [fix]" if finding.fix else ""
    return f"{place}  {severity}  {printable(one_line(finding.message))}  {printable(f'({said_by})')}{fix}"


def _total(findings: Sequence[Finding], files: int) -> str:
    checked = f"{files} file{'' if files == 1 else 's'}"
    if not findings:
        return f"Nothing found in {checked}."
    counts = Counter(f.severity.value for f in findings)
    parts = [f"{counts[s.value]} {s.value}{'' if counts[s.value] == 1 else 's'}" for s in Severity if counts[s.value]]
    fixable = sum(bool(f.fix) for f in findings)
    offered = f"; {fixable} with a fix offered by the tool" if fixable else ""
    return f"{', '.join(parts)} in {len({f.path for f in findings})} of {checked}{offered}."


def one_line(text: str) -> str:
    """`text` with its line ends and tabs as single spaces."""
    return " ".join(text.split())


def styled(text: str, *, fg: str | None = None, bold: bool | None = None) -> str:
    """`text` in colour where stdout is a terminal and NO_COLOR is not set (no-color.org)."""
    return click.style(text, fg=fg, bold=bold) if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else text
