"""Copilot's notices, which are no part of the protocol: what a client says was taken is counted, and nothing else then."""

import json
import subprocess
from typing import Any

from lsprotocol import types

LINE = "    logger.warning('could not read %s', path)\n"
HABIT = "import logging\n\nlogger = logging.getLogger(__name__)\n\n\n" + "".join(
    f"def read_{n}(path):\n{LINE}\n\n" for n in range(12)
)
BEGUN = HABIT + "def read_again(path):\n    log"
LAST = BEGUN.count("\n")


def counted(fixbot: str) -> Any:
    done = subprocess.run([fixbot, "stats", "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["rows"]


async def test_what_a_client_says_was_taken_in_part_is_counted_before_and_after_a_whole_one(
    start: Any, inline_client: Any, fixbot: str
) -> None:
    editor = await start({"habit.py": HABIT, "other.py": HABIT}, capabilities=inline_client)
    await editor.logged("files learnt")
    for path in ("habit.py", "other.py"):
        uri = editor.open(path, BEGUN)
        (item,) = await editor.complete_inline(uri, LAST, 7)
        about = {
            "insertText": item.insert_text,
            "command": {"command": "fixbot.accepted", "arguments": item.command.arguments},
        }
        editor.client.protocol.notify("textDocument/didShowCompletion", {"item": about})
        if path == "habit.py":
            await editor.client.workspace_execute_command_async(
                types.ExecuteCommandParams("fixbot.accepted", item.command.arguments)
            )
        else:
            editor.client.protocol.notify(
                "textDocument/didPartiallyAcceptCompletion", {"item": about, "acceptedLength": len("logger")}
            )
    await editor.until(lambda: [(row["accepted"], row["partly"]) for row in counted(fixbot)] == [(1, 1)])
