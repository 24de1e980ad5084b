"""Runs one test of a project in a private copy, in the sandbox."""

from collections.abc import Mapping
from pathlib import Path

from fixbot_agent.settings import load
from fixbot_lsp.errors import CommandRefused
from fixbot_lsp.features.chores import Request
from fixbot_lsp.rounds.fixes import read_file
from fixbot_lsp.talking.headers import line_of
from fixbot_repair.checks.command import CommandRunner
from fixbot_repair.checks.finding import TestOutcome, TestStatus
from fixbot_repair.checks.tests import runner
from fixbot_repair.environment import Environment
from fixbot_repair.git import Repository
from fixbot_repair.sandbox.choosing import choose
from fixbot_repair.workspace import Workspace

_MOST = 4000  # characters of a report


def work(request: Request) -> Mapping[str, object]:
    """Effect: run the test `request.test`, the document laid over the file. What it did, as the editor shows it.

    Raises GitError, SandboxError, EnvironmentFailure, and CommandRefused where no such test ran.
    """
    outcomes = run(Path(request.root), [request.test], {request.path: request.text} if request.path else {})
    mine = [
        o for o in outcomes if o.test == request.test or o.test.startswith((f"{request.test}[", f"{request.test}::"))
    ]
    nothing_ran = all(o.status is TestStatus.ERROR and not o.frames for o in mine)
    if nothing_ran and not _is_there(request):
        raise CommandRefused(f"no test is called {request.test}", "save the file; the id is pytest's: path::test")
    bad = next((o for o in mine if not o.ok), None)
    worst = bad or mine[0]
    return {
        "id": request.test,
        "passed": bad is None,
        "status": worst.status.value,
        "message": worst.message,
        "detail": worst.detail[-_MOST:],
        "seconds": round(sum(o.seconds for o in mine), 3),
        "frames": [{"path": path, "line": line, "function": name} for path, line, name in worst.frames],
    }


def _is_there(request: Request) -> bool:
    """Effect: read the file. Whether it has a function of that name: else it was not collected because there is none."""
    text = request.text.encode() or read_file(Path(request.root), request.test.partition("::")[0]) or b""
    return line_of(text, request.test) is not None


def run(root: Path, tests: list[str], files: Mapping[str, str]) -> tuple[TestOutcome, ...]:
    """Effect: run `tests` (ids or files) of the folder `root` in a private copy with `files` (path -> text) laid over it.

    Ids and paths count from `root`, which may lie below the repository's top.
    """
    loaded = load(root)
    repository = Repository.open(root)
    beginning = root.resolve().relative_to(repository.top.resolve()).as_posix()
    start = "" if beginning == "." else f"{beginning}/"
    sandbox = choose(loaded.settings.sandbox, loaded.trusted, root=repository.top)
    overlay = {f"{start}{path}": text.encode() for path, text in files.items()}
    with Workspace.create(repository.top, Environment.find(repository.top), sandbox, "", overlay) as workspace:
        tool = runner(workspace, loaded.settings.test_cmd)
        wanted = None if isinstance(tool, CommandRunner) else [f"{start}{test}" for test in tests]
        outcomes = tool.run(wanted).outcomes
    return tuple(_below(start, outcome) for outcome in outcomes)


def _below(start: str, outcome: TestOutcome) -> TestOutcome:
    from dataclasses import replace

    frames = tuple((path.removeprefix(start), line, name) for path, line, name in outcome.frames)
    return replace(outcome, test=outcome.test.removeprefix(start), frames=frames)
