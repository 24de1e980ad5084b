"""Who stands in for a model in tests: one that says what it is told to, and an endpoint that answers by files."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fixbot_agent.errors import ModelError
from fixbot_agent.models import Message, Reply, ToolSpec


class Scripted:
    """A model that gives `replies` in their order, or fails with them; `sent` is what it was sent, each time."""

    def __init__(self, *replies: Reply | ModelError, name: str = "m") -> None:
        self.name = name
        self.replies = list(replies)
        self.sent: list[list[Message]] = []

    def complete(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec] = (), timeout: float = 0, **_: object
    ) -> Reply:
        self.sent.append(list(messages))
        reply = self.replies[len(self.sent) - 1]
        if isinstance(reply, ModelError):
            raise reply
        return reply


@contextmanager
def hand_model(shared: Path, box: Path) -> Iterator[str]:
    """Effect: start an endpoint that answers by files in `box`, for the time of the block; its address."""
    program = shared / "tools" / "hand_model.py"
    command = [sys.executable, "-u", str(program), "--dir", str(box), "--port", "0", "--wait", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split(" ")[0]
        finally:
            server.terminate()
