"""``fixbot ask``: a question about the code, answered from facts; every sentence cites lines that were looked at."""

import re
import time
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from fixbot_agent.cli.configuring import say_built_in
from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option, repo_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.errors import UsageFailure
from fixbot_agent.settings import Places
from fixbot_analysis.index import Index

if TYPE_CHECKING:
    from fixbot_agent.asking.failing import Failure

_PLACE = re.compile(r"(?P<path>.+):(?P<first>\d{1,9})(?:-(?P<last>\d{1,9}))?")
_LONGEST = 4000  # characters of a question


@click.command(
    "ask",
    epilog='Examples: fixbot ask "who calls Cart.total"    fixbot ask "how does checkout reach Tax.rate"'
    '    fixbot ask "where are discounts rounded?"    fixbot ask --at shop/cart.py:12-20',
)
@click.argument("question", required=False, default="")
@click.option("--at", metavar="FILE:LINE[-LINE]", help="Explain a place instead: what it is part of, who leans on it.")
@click.option("--about", metavar="TEXT", default="", help="With --at: what a tool or a failing test says of the place.")
@click.option(
    "--frame",
    "frames",
    multiple=True,
    metavar="FILE:LINE",
    help="With --at: a line of the failure's traceback, the innermost last; may be given several times.",
)
@click.option("--past/--no-past", default=True, help="Whether old fixes count where words decide.")
@repo_option
@json_option
def command(
    question: str, at: str | None, about: str, frames: tuple[str, ...], repo: Path, past: bool, as_json: bool
) -> int:
    """Answer QUESTION about the code of a project; nothing of it is run, no model is asked.

    Who calls, uses, tests, imports, overrides or inherits from NAME; what NAME calls or raises; where it is defined; how A reaches B.
    Any other question, in any language: what it names, else the definitions that its words fit best. Each sentence
    names the lines it rests on. Exit code: 0 answered, 1 nothing of the project fits.
    """
    began = time.monotonic()
    if bool(question.strip()) == (at is not None):
        raise UsageFailure("ask a QUESTION, or give a place with --at", "as in: fixbot ask 'who calls Cart.total'")
    if len(question) > _LONGEST:
        raise UsageFailure(f"a question of {len(question)} characters", "for a whole issue there is 'fixbot locate'")
    if (about or frames) and at is None:
        raise UsageFailure("--about and --frame go with --at", "say of which place it is said")
    from fixbot_agent.asking import ask, explain, telling
    from fixbot_agent.cli.commands.locate import past_of

    say_built_in(repo, "ask")
    places = Places.current()
    with Bar(on=not as_json) as bar, Index.open(repo, places.index, progress=bar) as index:
        if not index.paths:
            raise UsageFailure(f"no source code in {repo}", "name the folder of a project with --repo")
        if at is not None:
            answer = explain(index, *_place(index, at), _failure(repo, about, frames))
        else:
            answer = ask(index, question, past_of(repo, places, bar) if past else None, places.index, bar)
    if as_json:
        emit(telling.document(answer, question or at or "", time.monotonic() - began))
    else:
        click.echo(printable(telling.terminal(answer)))
    return ExitCode.OK if answer.sentences else ExitCode.NO_PATCH


def _failure(repo: Path, about: str, frames: tuple[str, ...]) -> "Failure":
    """Effect: ask git. What is said, where it failed, and what is changed; frames that are no FILE:LINE are passed over."""
    from fixbot_agent.asking.answer import Cited
    from fixbot_agent.asking.changes import changes
    from fixbot_agent.asking.failing import Failure

    found = [(match["path"], match["first"]) for each in frames if (match := _PLACE.fullmatch(each))]
    places = tuple(Cited(str(PurePosixPath(path)), int(line)) for path, line in found)
    return Failure(about, places, changes(repo) if places else ())


def _place(index: Index, written: str) -> tuple[str, int, int]:
    """Effect: reads the file. Path and lines of ``FILE:LINE-LINE``. Raises UsageFailure where they are not there."""
    match = _PLACE.fullmatch(written)
    if match is None:
        raise UsageFailure(f"{written!r} is no place in a file", "write FILE:LINE or FILE:LINE-LINE")
    path, first = str(PurePosixPath(match["path"])), int(match["first"])
    if not index.digest(path):
        raise UsageFailure(f"{path} is no indexed file", "'fixbot index' says what was left out, and why")
    end = len(index.tree.read(path).line_starts)
    last = min(int(match["last"] or first), end)
    if not 1 <= first <= last:
        raise UsageFailure(
            f"{path} has no lines {match['first']} to {match['last'] or first}", f"its lines are 1 to {end}"
        )
    return path, first, last
