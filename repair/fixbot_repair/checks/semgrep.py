"""Semgrep as a tool, with rules of our own: patterns over syntax, offline, nothing written outside a scratch folder."""

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict, cast

from fixbot_analysis.source import Document, Span
from fixbot_repair.candidates.edit import Edit
from fixbot_repair.checks.finding import Feedback, Finding, Severity
from fixbot_repair.checks.tool import PYTHON, Request, json_of, run, scratch, write
from fixbot_repair.errors import CheckFailed
from fixbot_repair.sandbox import Completed

RULES = Path(__file__).parents[1] / "rules"
_PROJECT_RULES = (".semgrep.yml", ".semgrep.yaml", "semgrep.yml", ".semgrep")
FLAGS = (
    "scan",
    "--experimental",  # Semgrep's fast front end: the core binary called osemgrep; the other is ten times slower
    *("--json", "--quiet", "--metrics=off", "--disable-version-check", "--no-git-ignore", "--max-target-bytes=0"),
    "--jobs=1",  # a second one costs more than twice the processor time for the same files (measured, 1.182)
)
_AT_ONCE = 4000  # files of one command line; each one reads the rules again
_SEVERITIES = {"ERROR": Severity.ERROR, "CRITICAL": Severity.ERROR, "HIGH": Severity.ERROR, "INFO": Severity.INFO}
_SEVERITIES["LOW"] = Severity.INFO


class _Offset(TypedDict):
    offset: int


class _Extra(TypedDict):
    message: str
    severity: str
    fix: NotRequired[str]
    metadata: NotRequired[dict[str, object]]


class _Result(TypedDict):
    check_id: str
    path: str
    start: _Offset
    end: _Offset
    extra: _Extra


class _Error(TypedDict):
    message: str
    level: str
    type: object
    path: NotRequired[str]


class _Report(TypedDict):
    results: list[_Result]
    errors: list[_Error]


@dataclass(frozen=True, slots=True)
class Semgrep:
    """Our rules, and the project's own where the workspace is trusted.

    A run is bounded by `seconds` and `per_file_seconds` more for each file, one rule on one file by `per_rule_seconds`.
    `rules` are files or folders of rules.
    """

    name: str = "semgrep"
    languages: frozenset[str] = PYTHON
    per_file: bool = True
    seconds: float = 60.0
    per_file_seconds: float = 2.0
    per_rule_seconds: int = 5
    rules: tuple[Path, ...] = (RULES,)

    def check(self, request: Request) -> Feedback:
        """Effect: copy the documents to a scratch folder (no link, no ignore file counts there) and run Semgrep on it."""
        paths, configs = list(request.documents), [*self.rules, *_projects_rules(request)]
        findings: list[Finding] = []
        problems: list[str] = []
        with scratch() as folder:
            (folder / "osemgrep").symlink_to(_core())
            write(folder / "src", request.documents)
            for at in range(0, len(paths), _AT_ONCE):
                report = self._ask(request, folder, configs, paths[at : at + _AT_ONCE])
                findings += _findings(request, report["results"])
                problems += _problems(report["errors"])
        return Feedback(tuple(findings), problems=tuple(dict.fromkeys(problems)))

    def _ask(self, request: Request, folder: Path, configs: Sequence[Path], paths: Sequence[str]) -> _Report:
        argv = [
            "./osemgrep",
            *FLAGS,
            f"--timeout={self.per_rule_seconds}",
            "--project-root=src",
            *(f"--config={c}" for c in configs),
            *(f"src/{p}" for p in paths),
        ]
        seconds = self.seconds + self.per_file_seconds * len(paths)
        completed = run(request.sandbox, argv, folder, readable=configs, seconds=seconds)
        return _report(completed)


def _core() -> Path:
    spec = importlib.util.find_spec("semgrep")
    core = Path(spec.origin).parent / "bin" / "semgrep-core" if spec and spec.origin else None
    if core is None or not core.exists():
        raise CheckFailed("it is missing", "install it beside fixbot: pip install semgrep")
    return core


def _projects_rules(request: Request) -> list[Path]:
    return [request.root / n for n in _PROJECT_RULES if (request.root / n).exists()] if request.trusted else []


def _report(completed: Completed) -> _Report:
    report = json_of(completed)
    if completed.returncode not in (0, 1) and not cast("_Report", report)["results"]:
        raise CheckFailed(f"it broke: {'; '.join(_problems(cast('_Report', report)['errors']))}", "check its rules")
    return cast("_Report", report)


def _problems(errors: Sequence[_Error]) -> list[str]:
    # What does not parse is the compiler's to say, and said there once.
    texts = (
        e["message"].splitlines()[0]
        for e in errors
        if "yntax" not in str(e["type"]) and "Parsing" not in str(e["type"])
    )
    return [f"semgrep: {text[:300]}" for text in texts]


def _findings(request: Request, results: Sequence[_Result]) -> Iterator[Finding]:
    for result in results:
        if (document := request.documents.get(result["path"].removeprefix("src/"))) is not None:
            yield _finding(document, result)


def _finding(document: Document, result: _Result) -> Finding:
    span = Span(result["start"]["offset"], result["end"]["offset"])
    start, end = document.position(span.start), document.position(span.end)
    extra = result["extra"]
    return Finding(
        document.path,
        start.line + 1,
        start.column + 1,
        end.line + 1,
        end.column + 1,
        "semgrep",
        # Semgrep puts the folders of a rule's file before its name.
        result["check_id"].rpartition(".")[2],
        _SEVERITIES.get(extra["severity"], Severity.WARNING),
        " ".join(extra["message"].split()),
        fix=(Edit(document.path, span, extra["fix"]),) if "fix" in extra else (),
        category=str(extra.get("metadata", {}).get("category", "correctness")),
    )
