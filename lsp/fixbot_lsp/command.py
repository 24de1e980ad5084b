"""``fixbot lsp``: starts the language server."""

import gc
import os
from pathlib import Path

import click

from fixbot_lsp.errors import ListenRefused

TOKEN = "FIXBOT_LSP_TOKEN"  # noqa: S105 - the name of a variable
_SHORTEST = 16  # characters


@click.command(
    "lsp",
    short_help="The language server for editors.",
    epilog="Example: fixbot lsp   (an editor starts it; it speaks the Language Server Protocol on stdin and stdout)",
)
@click.option("--stdio", is_flag=True, help="Speak on stdin and stdout (the default).")
@click.option(
    "--tcp", metavar="HOST:PORT", help=f"Listen on this machine; the token is read from ${TOKEN} or --token-file."
)
@click.option(
    "--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File that holds the token."
)
@click.option("--verbose", is_flag=True, help="Log everything to stderr.")
@click.option("--json", "as_json", is_flag=True, hidden=True, help="Errors before the server starts as JSON.")
def command(stdio: bool, tcp: str | None, token_file: Path | None, verbose: bool, as_json: bool) -> int:  # noqa: ARG001
    """Serve an editor: completions, diagnostics and verified fixes.

    Nothing but the protocol is written to stdout. With --tcp the client sends the token in
    initializationOptions.token; only addresses of this machine are accepted.
    """
    if stdio and tcp:
        raise click.UsageError("--stdio and --tcp exclude each other")
    listen = _where(tcp, token_file) if tcp else None
    # Importing makes hundreds of thousands of objects that all stay: collecting in between is wasted start-up time.
    gc.disable()
    from fixbot_lsp.talking.shapes import load_types

    load_types()
    from fixbot_lsp.app import log_to_stderr, run_stdio, run_tcp

    gc.freeze()
    gc.enable()
    log_to_stderr(verbose)
    return run_tcp(*listen) if listen else run_stdio()


def _where(tcp: str, token_file: Path | None) -> tuple[str, int, str]:
    """Effect: host, port and token. Raises ListenRefused before anything heavy is loaded."""
    from fixbot_lsp.talking.transport import loopback

    return (*loopback(tcp), _token(token_file))


def _token(file: Path | None) -> str:
    """Effect: the token that clients must know. Raises ListenRefused when there is none worth the name."""
    token = file.read_text(encoding="utf-8").strip() if file else os.environ.get(TOKEN, "").strip()
    if len(token) < _SHORTEST:
        raise ListenRefused(
            f"--tcp needs a token of at least {_SHORTEST} characters",
            f'set {TOKEN}, for example {TOKEN}="$(python3 -c "import secrets; print(secrets.token_hex())")"',
        )
    return token
