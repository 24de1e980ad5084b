"""Who stands in for a model in tests: one that says what it is told to, and an endpoint that answers by files."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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


def says(endpoint: Any, steps: Sequence[Mapping[str, Any]]) -> None:
    """Effect: let `endpoint` say the steps one after the other, the last one for ever: ``text``, ``calls`` (name and arguments), or ``error``."""
    left = list(steps)

    def answer(_: Mapping[str, object]) -> Mapping[str, object]:
        step = left.pop(0) if len(left) > 1 else left[0]
        if "error" in step:
            return {"error": {"message": step["error"], "code": 400}}
        calls = [
            {"id": f"c{len(left)}x{n}", "type": "function", "function": {"name": name, "arguments": _written(given)}}
            for n, (name, given) in enumerate(step.get("calls", ()))
        ]
        message = {"role": "assistant", "content": step.get("text", ""), "tool_calls": calls or None}
        usage = {"prompt_tokens": 100, "completion_tokens": 10}
        return {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}

    endpoint.answer = answer


def _written(given: object) -> str:
    return given if isinstance(given, str) else json.dumps(given)


def configure(role: str, url: str) -> None:
    """Effect: set the model ``m`` at `url` up for `role`, in the user's own settings."""
    home = Path(os.environ["FIXBOT_HOME"]) / "config"
    home.mkdir(parents=True, exist_ok=True)
    table = f'[models.m]\nbase_url = "{url}"\nmodel = "x"\nretries = 0\n[roles]\n{role} = ["m"]\n'
    (home / "config.toml").write_text(table)
