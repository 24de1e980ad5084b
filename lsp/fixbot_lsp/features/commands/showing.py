"""Opening a file in the editor: where the client can, and does not do so itself with what a command answers."""

import tempfile
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from fixbot_agent.settings import Places
from fixbot_lsp.server import FixbotServer


def shows_itself(server: FixbotServer) -> bool:
    """Whether the client is one that shows the answers of our commands: it asked for our status."""
    experimental = server.client_capabilities.experimental
    told = (
        experimental.get("fixbotStatus")
        if isinstance(experimental, dict)
        else getattr(experimental, "fixbotStatus", None)
    )
    return told is True


async def show(server: FixbotServer, path: Path, *, external: bool = False) -> bool:
    """Effect: let the editor open a file; False where it cannot, or shows what was answered itself."""
    window = server.client_capabilities.window
    can = bool(window and window.show_document and window.show_document.support)
    if not can or shows_itself(server):
        return False
    try:
        answer = await server.window_show_document_async(
            types.ShowDocumentParams(path.as_uri(), external=external, take_focus=True)
        )
    except JsonRpcException:
        return False
    return bool(answer and answer.success)


def written(name: str, text: str) -> Path:
    """Effect: write `text` to a new private file below the user's state, where it is called `name`; returns its path.

    Raises UsageFailure, with what to do, where that folder takes nothing.
    """
    folder = Places.current().state / "shown"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        own = Path(tempfile.mkdtemp(prefix="", dir=folder))
        file = own / name
        file.write_text(text, encoding="utf-8")
        _forget(folder)
    except OSError as error:
        from fixbot_agent.cli.storage import refusal

        raise refusal(error) or error from error
    return file


_MOST = 50  # files that are kept


def _forget(folder: Path) -> None:
    """Effect: delete the oldest of what was shown."""
    import shutil

    kept = sorted((p for p in folder.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)
    for old in kept[:-_MOST]:
        shutil.rmtree(old, ignore_errors=True)
