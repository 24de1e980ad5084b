"""``fixbot index``: builds or refreshes the index of a project and says what is in it."""

import sys
from pathlib import Path

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.settings import Places
from fixbot_agent.workers import Workers
from fixbot_analysis.index import Index, IndexReport

_SHOWN = 20  # skipped files named in the text


@click.command(epilog="Example: fixbot index ~/src/django")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path())
@click.option(
    "--links", is_flag=True, help="Resolve the graph now. A large project's is resolved when it is first needed."
)
@json_option
def command(path: Path, links: bool, as_json: bool) -> int:
    """Build or refresh the index of the project at PATH (this folder)."""
    with (
        Workers() as workers,
        Bar(on=not as_json) as bar,
        Index.open(path, Places.current().index, executor=workers, progress=bar) as index,
    ):
        _ = index.graph if links else None
        report = index.report
    for warning in report.warnings:
        sys.stderr.write(f"fixbot: {printable(warning)}\n")
    if as_json:
        emit(
            {
                "files": report.files,
                "bytes": report.bytes,
                "symbols": report.symbols,
                "edges": report.edges,
                "resolved": report.resolved,
                "parsed": report.parsed,
                "cached": report.cached,
                "skipped": [{"path": s.path, "why": s.why} for s in report.skipped],
                "seconds": round(report.seconds, 3),
                "warnings": list(report.warnings),
            }
        )
    else:
        click.echo(_text(report))
    return ExitCode.OK


def _text(report: IndexReport) -> str:
    edges = (
        f"{report.edges} edges" if report.resolved else "their graph is resolved when it is first needed (now: --links)"
    )
    lines = [
        f"{report.files} files, {report.bytes / 1e6:.1f} MB: {report.symbols} symbols, {edges}",
        f"{report.parsed} parsed, {report.cached} known already, {len(report.skipped)} skipped, {report.seconds:.2f} s",
    ]
    lines += [f"  skipped {printable(s.path)}: {printable(s.why)}" for s in report.skipped[:_SHOWN]]
    if len(report.skipped) > _SHOWN:
        lines.append(f"  … and {len(report.skipped) - _SHOWN} more; --json names them all")
    return "\n".join(lines)
