"""Options that several commands share, so that they read the same everywhere."""

from pathlib import Path

import click

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout; logs stay on stderr.")

repo_option = click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    show_default="this folder",
    help="The repository.",
)
