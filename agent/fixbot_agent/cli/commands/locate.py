"""``fixbot locate``: ranked files, symbols and lines for an issue."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from fixbot_agent.cli.configuring import settings_of, settings_options
from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option, repo_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.cli.targets import read_text
from fixbot_agent.errors import UsageFailure
from fixbot_agent.ordering import ordering
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places
from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.index import Index
from fixbot_analysis.ports import Progress
from fixbot_analysis.retrieval import FileHit, Hit, Located, locate
from fixbot_repair.errors import GitError
from fixbot_repair.git import GitHistory
from fixbot_repair.git.history import MOST_COMMITS

_SHOWN = 10  # rows of each table


@click.command("locate", epilog="Examples: fixbot locate issue.md    fixbot locate - --repo ~/src/django < issue.md")
@click.argument("issue", metavar="ISSUE.md|-")
@repo_option
@click.option("--past/--no-past", default=True, help="Whether old fixes of like bugs count, where there is git.")
@click.option("--no-model", is_flag=True, help="Ask no model, even where one is configured.")
@click.option("--offline", is_flag=True, help="Ask only models on this machine.")
@settings_options
@json_option
def command(
    *,
    issue: str,
    repo: Path,
    past: bool,
    no_model: bool,
    offline: bool,
    config: Path | None,
    trust: bool,
    as_json: bool,
) -> int:
    """Rank the files, symbols and lines that ISSUE is about; - reads it from stdin. Nothing of the project is run.

    Models of the roles 'embed' and 'rerank', where they are configured, are shown the best definitions and asked for their order.
    """
    text = read_text(issue)
    places = Places.current()
    settings = settings_of(repo, config, trust, no_model=no_model or None, offline=offline or None).settings
    with Bar(on=not as_json) as bar, Index.open(repo, places.index, progress=bar) as index:
        if not index.paths:
            raise UsageFailure(f"no source code in {repo}", "name the folder of a project with --repo")
        history = past_of(repo, places, bar) if past else None
        notes: list[str] = []
        opinions = ordering(index, settings, places, repo, notes.append)
        located = locate(index, text, history, places.index, bar, opinions)
    notes += _unread(history)
    if as_json:
        emit({**_document(located), "warnings": list(notes)})
    else:
        click.echo(_text(located))
        for note in notes:
            click.echo(f"fixbot: {note}", err=True)
    return ExitCode.OK


def past_of(repo: Path, places: Places, progress: Progress) -> ProjectHistory | None:
    """Effect: the project's history, read as far as it is not stored; None where `repo` lies in no repository that can be read."""
    try:
        return ProjectHistory.open(GitHistory.open(repo), places.index, progress)
    except GitError:
        return None


def _unread(history: ProjectHistory | None) -> Sequence[str]:
    """What of the past was too much to be read, in words."""
    if history is None:
        return ()
    found = []
    if len(history) >= MOST_COMMITS:
        found.append(f"the past counts as far back as its newest {MOST_COMMITS:,} commits")
    if history.unmined:
        found.append(f"{history.unmined:,} older fixes count by their messages only: their patches were not read")
    return found


def _document(located: Located) -> Mapping[str, Json]:
    return {
        "files": [
            {"path": f.path, "score": round(f.score, 4), "why": list(f.why), "because": list(f.because)}
            for f in located.files
        ],
        "symbols": [
            {
                "path": s.path,
                "name": s.name,
                "line": s.line,
                "end_line": s.end_line,
                "score": round(s.score, 4),
                "why": list(s.why),
                "because": list(s.because),
            }
            for s in located.symbols
        ],
        "lines": [{"path": each.path, "line": each.line, "score": round(each.score, 4)} for each in located.lines],
        "seconds": round(located.seconds, 3),
    }


def _text(located: Located) -> str:
    if not located.files:
        return (
            "nothing in this project has a word, a name or a file of that text\n"
            "  name a function or a file in it, or paste the traceback, the error message or the code"
        )
    files = [(f.path, f.score, _reasons(f)) for f in located.files[:_SHOWN]]
    symbols = [(f"{s.path}:{s.line} {s.name}", s.score, _reasons(s)) for s in located.symbols[:_SHOWN]]
    lines = [(f"{each.path}:{each.line}", each.score, "") for each in located.lines[:_SHOWN]]
    tables = (("Files", files), ("Symbols", symbols), ("Lines", lines))
    return "\n\n".join(_table(title, rows) for title, rows in tables if rows)


def _reasons(hit: FileHit | Hit) -> str:
    return printable("; ".join(hit.because or hit.why))


def _table(title: str, rows: Sequence[tuple[str, float, str]]) -> str:
    width = max(len(printable(what)) for what, _, _ in rows)
    body = [f"  {score:.2f}  {printable(what):{width}}  {why}".rstrip() for what, score, why in rows]
    return "\n".join([click.style(title, bold=True), *body])
