"""What commands that check files share: the tools that are named, exit codes, and what could not be checked."""

from collections.abc import Sequence

import click

from fixbot_agent.cli.envelope import ExitCode, printable_line


def names(only: str | None) -> tuple[str, ...] | None:
    """The tools of ``--only``, None when it was not given."""
    return None if only is None else tuple(n.strip() for n in only.split(",") if n.strip())


def exit_code(found: bool, broken: bool) -> int:
    """0 nothing found, 1 something found, 6 when nothing was found because a tool could not be run."""
    if found:
        return ExitCode.NO_PATCH
    return ExitCode.ENVIRONMENT if broken else ExitCode.OK


def show_problems(problems: Sequence[str]) -> None:
    """Effect: say on stderr what could not be checked."""
    for problem in problems:
        click.echo(f"fixbot: not checked: {printable_line(problem)}", err=True)
