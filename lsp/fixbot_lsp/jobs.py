"""One-shot ``fixbot`` commands run for the editor: at low priority, at most one of a kind, ended with their interest."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from fixbot_agent.watching.agent import let_go
from fixbot_lsp.errors import ChildFailed

COMMAND = (sys.executable, "-P", "-m", "fixbot_lsp.lowly")
_LONGEST = 16 << 20  # bytes of a report


async def run_json(
    arguments: Sequence[str], folder: Path, command: Sequence[str] = COMMAND, said: bytes = b""
) -> Mapping[str, object]:
    """Effect: run ``fixbot ARGUMENTS`` in `folder` and return its JSON document, whatever its exit code.

    `said` is written to its stdin at once, before the leash. Raises ChildFailed when it prints no document. Cancelling ends the command
    and everything that it started.
    """
    process = await asyncio.create_subprocess_exec(
        *command, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=folder, limit=_LONGEST
    )
    try:
        assert process.stdout is not None
        assert process.stdin is not None
        with contextlib.suppress(ConnectionError):
            process.stdin.write(said)
            await process.stdin.drain()
        out = await _all_of(process.stdout)
    finally:
        await let_go(process)
    try:
        document = json.loads(out)
    except (ValueError, RecursionError) as error:
        raise ChildFailed(f"'fixbot {' '.join(arguments[:1])}' gave no JSON: {out[:80]!r}") from error
    if not isinstance(document, Mapping):
        raise ChildFailed(f"'fixbot {' '.join(arguments[:1])}' gave no JSON object")
    return document


async def _all_of(stream: asyncio.StreamReader) -> bytes:
    out = bytearray()
    while chunk := await stream.read(1 << 16):
        out += chunk
        if len(out) > _LONGEST:
            raise ChildFailed(f"a report of more than {_LONGEST} bytes")
    return bytes(out)
