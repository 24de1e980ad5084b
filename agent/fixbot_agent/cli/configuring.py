"""How a command comes by its settings: the options for them, and what the user is told on the way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from fixbot_agent.cli.envelope import printable
from fixbot_agent.settings import Loaded, load

F = TypeVar("F", bound=Callable[..., Any])


def settings_options(function: F) -> F:
    """The options ``--config`` and ``--trust``."""
    trust = click.option("--trust", is_flag=True, help="Trust this workspace for this run (see: fixbot trust).")
    config = click.option(
        "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A TOML file with settings."
    )
    return config(trust(function))


def settings_of(repo: Path, config: Path | None = None, trust: bool = False, **flags: object) -> Loaded:
    """Effect: load the settings for `repo`, and write what was ignored to stderr. Raises SettingsError."""
    loaded = load(repo, flags=flags, config=config, trust=trust)
    for warning in loaded.warnings:
        warn(warning)
    return loaded


def warn(text: str) -> None:
    """Effect: write one line of warning to stderr."""
    click.echo(f"fixbot: {printable(text)}", err=True)
