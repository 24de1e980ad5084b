"""``fixbot trust``: whose word is taken for what is run and where code is sent."""

from pathlib import Path

import click

from fixbot_agent.cli.envelope import emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.errors import SettingsError, UsageFailure
from fixbot_agent.settings import Places, TrustStore, workspace_root


@click.command(epilog="Example: fixbot trust ~/src/shop")
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.option("--list", "listing", is_flag=True, help="Show the trusted workspaces.")
@click.option("--revoke", is_flag=True, help="End the trust in DIRECTORY.")
@json_option
def command(directory: Path | None, listing: bool, revoke: bool, as_json: bool) -> int:
    """Trust the workspace DIRECTORY: its own settings may say what is run and which models see its code.

    Tests run inside a sandbox without any trust. Trust is for one repository; it reaches neither up nor into nested ones.
    """
    store = TrustStore.at(Places.current())
    if directory is not None:
        said = _change(store, directory, revoke)
    elif listing and not revoke:
        said = ""
    else:
        raise UsageFailure("name a folder", "fixbot trust DIR, fixbot trust --revoke DIR, or fixbot trust --list")
    _show(store, said, as_json, listing)
    return 0


def _change(store: TrustStore, directory: Path, revoke: bool) -> str:
    if revoke:
        root = workspace_root(directory)
        return f"{root} is not trusted any more" if store.remove(root) else f"{root} was not trusted"
    if not directory.is_dir():
        raise UsageFailure(f"{directory} is not a folder", "name the folder of a repository")
    root = workspace_root(directory)
    if store.file.resolve().is_relative_to(root):
        raise SettingsError(
            f"{store.file} lies inside {root}", "a repository cannot hold the word that trusts it; see FIXBOT_HOME"
        )
    return f"{store.add(root)} is trusted"


def _show(store: TrustStore, said: str, as_json: bool, listing: bool) -> None:
    trusted = [str(p) for p in store.listed()]
    if as_json:
        emit({"status": "ok", "trusted": trusted})
    elif said and not listing:
        click.echo(printable(said))
    else:
        click.echo(printable("\n".join(trusted)) if trusted else "no workspace is trusted")
