"""What tools say about a saved file, by way of ``fixbot check --json`` in a child process."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fixbot_lsp.errors import ChildFailed
from fixbot_lsp.jobs import run_json
from fixbot_lsp.wire import structure
from fixbot_repair.checks import Finding


async def check_file(root: Path, path: str, tools: Sequence[str]) -> tuple[Finding, ...]:
    """Effect: run `tools` on the project's file `path` as it is on disk. Raises ChildFailed when that cannot be done."""
    report = await run_json(("check", "--json", "--only", ",".join(tools), "--", path), root)
    return read_report(report, path)


def read_report(report: Mapping[str, object], path: str) -> tuple[Finding, ...]:
    """The findings in a report of ``fixbot check`` on the one file `path`, which the report names from its repository.

    Raises ChildFailed when it is an error or no report.
    """
    error = report.get("error")
    if isinstance(error, Mapping):
        raise ChildFailed(str(error.get("message")), str(error.get("hint")))
    raw = report.get("findings")
    if not isinstance(raw, list):
        raise ChildFailed("the report has no findings")
    try:
        # The report says only whether there is a fix, not which: the field means something else here.
        plain = [{key: value for key, value in finding.items() if key != "fix"} for finding in raw]
        return tuple(structure({**finding, "path": path}, Finding) for finding in plain)
    except (AttributeError, TypeError, ValueError) as problem:
        raise ChildFailed(f"the report cannot be read: {problem}") from problem
