"""``fixbot review``: what a change makes newly wrong."""

import time
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

import click

from fixbot_agent.cli.commands.check import exit_code, names, show_problems, surroundings
from fixbot_agent.cli.configuring import say_built_in
from fixbot_agent.cli.envelope import emit, printable
from fixbot_agent.cli.listing import one_line, show_sarif, styled
from fixbot_agent.cli.options import json_option, repo_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.reviewing import Change, Comment, Review, Reviewer, remarks
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Places
from fixbot_repair.git import Repository

FORMATS = ("text", "json", "sarif")


@click.command("review", epilog="Examples: fixbot review    fixbot review --base main --head feature --format sarif")
@repo_option
@click.option("--base", metavar="REF", default="", help="Compare with this commit.  [default: where main was left]")
@click.option("--head", metavar="REF", default="", help="The commit to review.  [default: the files as they are now]")
@click.option("--only", metavar="TOOL,...", help="Only these tools: compiler, ruff, semgrep.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Output format.")
@click.option("--python", type=click.Path(path_type=Path), help="The Python that the code is written for.")
@click.option(
    "--trust", is_flag=True, help="Trust the workspace for this run: its own linter settings and rules count."
)
@json_option
def command(
    repo: Path,
    base: str,
    head: str,
    only: str | None,
    form: str,
    python: Path | None,
    trust: bool,
    as_json: bool,
) -> int:
    """Review a change: findings that are new between two commits, as comments inside the diff.

    None of the project's code is run. Exit code: 0 nothing new, 1 comments, 2 usage, 6 a tool could not be run.
    """
    began = time.monotonic()
    say_built_in(repo, "review")
    repository = Repository.open(repo.absolute())
    change = Change.between(repository, base, head)
    with Bar() as bar:
        trusted, environment, notes = surroundings(repository.top, python, trust)
        cache = Places.current().index
        reviewer = Reviewer(trusted=trusted, environment=environment, progress=bar, only=names(only), cache=cache)
        review = reviewer.review(change)
    show_problems((*notes, *review.problems))
    _show(review, "json" if as_json else form, time.monotonic() - began)
    return exit_code(bool(review.comments), bool(review.broken))


def _show(review: Review, form: str, seconds: float) -> None:
    if form == "json":
        emit(_document(review, seconds))
    elif form == "sarif":
        show_sarif(remarks.of_comments(review.comments), review.problems)
    else:
        _show_text(review.comments, review.summary)


def _document(review: Review, seconds: float) -> Mapping[str, Json]:
    return {
        "base": review.base,
        "head": review.head,
        "working_tree": review.working_tree,
        "comments": [_shape(c) for c in review.comments],
        "summary": review.summary,
        "seconds": round(seconds, 3),
        "problems": list(review.problems),
    }


def _shape(comment: Comment) -> Json:
    return {
        "path": comment.path,
        "line": comment.line,
        "end_line": comment.end_line,
        "kind": comment.kind,
        "message": comment.message,
        "evidence": comment.evidence,
        "suggestion": comment.suggestion,
        "fingerprint": comment.fingerprint,
        "tool": comment.tool,
        "rule": comment.rule,
        "severity": comment.severity.value,
    }


def _show_text(comments: Sequence[Comment], summary: str) -> None:
    for _, group in groupby(comments, key=lambda c: c.path):
        for comment in group:
            _show_comment(comment)
    click.echo(printable(summary))


def _show_comment(comment: Comment) -> None:
    lines = f"{comment.line}" if comment.line == comment.end_line else f"{comment.line}-{comment.end_line}"
    head = styled(printable(f"{comment.path}:{lines}"), bold=True)
    click.echo(f"{head}  {comment.severity.value}, {comment.kind}: {printable(one_line(comment.message))}")
    for line in comment.evidence.splitlines():
        click.echo(f"    {printable(line)}")
    for line in comment.suggestion.splitlines():
        click.echo(f"    + {printable(line)}")
    click.echo()
