"""What is worked out for the editor in a child of its own: a test run, verified fixes of one file, a docstring, the skeleton of a test.

Run as ``python -P -m fixbot_lsp.features.chores NAME``: one line with the request on stdin, which then is the leash; one JSON object on stdout.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from fixbot_lsp.errors import ChildFailed
from fixbot_lsp.jobs import run_json

COMMAND = (sys.executable, "-P", "-m", "fixbot_lsp.features.chores")


@dataclass(frozen=True, slots=True)
class Request:
    """A file of the folder `root`, or a test's id: `text` is the document as the editor has it, `line` counts from 1."""

    root: str
    path: str = ""
    text: str = ""
    line: int = 1
    test: str = ""
    tools: tuple[str, ...] = ()


async def work(chore: str, request: Request) -> Mapping[str, object]:
    """Effect: run a chore in a child at low priority. Raises ChildFailed with its own words where it fails; cancelling ends the child."""
    said = json.dumps(asdict(request)).encode() + b"\n"
    answer = await run_json([chore], Path(request.root), COMMAND, said)
    if isinstance(error := answer.get("error"), Mapping):
        raise ChildFailed(str(error.get("message")), str(error.get("hint") or ""))
    return answer
