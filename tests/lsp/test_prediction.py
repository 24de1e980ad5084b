"""Text by a model in the editor: the real server and engine, a model's endpoint over a socket, and what is counted of it."""

import asyncio
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

FILES = {
    "money.py": "class Money:\n    def plus(self, other):\n        return Money()\n",
    "cart.py": "from money import Money\n\n\ndef total(prices):\n    amount = Money()\n    for price in prices:\n        \n    return amount\n",
    ".env": "TOKEN=1\n",
}
LINE, TEXT = 6, "amount = amount.plus(price)"


class Model:
    """An OpenAI-compatible endpoint that completes every hole with :attr:`text`."""

    def __init__(self) -> None:
        self.text, self.asked = TEXT, list[dict[str, Any]]()
        self.hold = threading.Event()
        self.hold.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                outer.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                outer.hold.wait(60)
                chunk = {"choices": [{"text": outer.text, "finish_reason": "stop"}]}
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\ndata: [DONE]\n\n")

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda *_: None  # type: ignore[method-assign]  # a cut connection is what is tested
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def model() -> Iterator[Model]:
    """A model that is configured for completions in the user's own settings."""
    made = Model()
    config = Path(os.environ["FIXBOT_HOME"]) / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text(
        f'completion_deadline = 30\n[models.fast]\nbase_url = "http://127.0.0.1:{made.http.server_port}/v1"\nmodel = "m"\nfim = "suffix"\n'
        '[roles]\ncomplete = ["fast"]\n'
    )
    yield made
    (config / "config.toml").unlink()
    made.hold.set()
    made.http.shutdown()
    made.http.server_close()


async def opened(start: Any, client: types.ClientCapabilities, **options: object) -> tuple[Any, str]:
    client.experimental = {"fixbotStatus": True}
    editor = await start(FILES, capabilities=client, options={"workspaceTrusted": True, **options})
    await editor.logged("files learnt")
    return editor, editor.open("cart.py")


def events() -> list[dict[str, Any]]:
    folder = Path(os.environ["FIXBOT_HOME"]) / "state" / "statistics"
    return [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]


async def status(editor: Any) -> Any:
    return await editor.client.workspace_execute_command_async(types.ExecuteCommandParams("fixbot.status", [{}]))


async def test_a_model_writes_what_is_shown_and_taken_is_counted(start: Any, inline_client: Any, model: Model) -> None:
    before = len(events())
    editor, uri = await opened(start, inline_client)
    (item,) = await editor.complete_inline(uri, LINE, 8)
    assert item.insert_text == TEXT
    asked = json.dumps(model.asked[-1])
    assert "for price in prices" in asked
    assert "TOKEN" not in asked
    # Typing on asks nobody again.
    at = types.Range(types.Position(LINE, 8), types.Position(LINE, 8))
    editor.change(uri, "a", at)
    (again,) = await editor.complete_inline(uri, LINE, 9)
    assert TEXT.endswith(again.insert_text)
    assert not any(str(body["prompt"]).endswith("        a") for body in model.asked)
    # It is taken as editors do: an edit, then the command.
    editor.change(uri, TEXT, types.Range(types.Position(LINE, 8), types.Position(LINE, 9)))
    command = item.command
    await editor.client.workspace_execute_command_async(types.ExecuteCommandParams(command.command, command.arguments))
    told = await status(editor)
    assert (told["engine"], told["model"]) == ("model", "fast")
    assert told["sent"]["requests"] >= 1
    new = events()[before:]
    assert [e["kind"] for e in new] == ["shown", "accepted"]
    assert (new[0]["engine"], new[0]["model"], new[0]["path"]) == ("model", "fast", "cart.py")
    assert new[1]["text"] == TEXT


async def test_an_edit_ends_the_wait_at_once_though_the_model_hangs(
    start: Any, inline_client: Any, model: Model
) -> None:
    model.hold.clear()
    editor, uri = await opened(start, inline_client)
    waiting = asyncio.ensure_future(editor.complete_inline(uri, LINE, 8))
    await editor.until(lambda: bool(model.asked))
    while not (await status(editor))["sent"]["requests"]:  # noqa: ASYNC110 - it left, and nothing else tells of it
        await asyncio.sleep(0.02)
    editor.change(uri, "x", types.Range(types.Position(0, 0), types.Position(0, 0)))
    with pytest.raises(JsonRpcException) as ended:
        await asyncio.wait_for(waiting, 30)
    assert ended.value.code == types.LSPErrorCodes.ContentModified
    listed = await editor.complete(uri, LINE, 8)
    assert listed.items, "lists do not wait for a model"


@pytest.mark.parametrize("options", [{"workspaceTrusted": False}, {"inlineCompletion": {"model": False}}])
async def test_nothing_is_asked_where_that_is_not_wanted(
    start: Any, inline_client: Any, model: Model, options: dict[str, object]
) -> None:
    editor, uri = await opened(start, inline_client, **options)
    await editor.complete_inline(uri, LINE, 8)
    assert model.asked == []


async def test_what_is_insecure_is_not_shown(start: Any, inline_client: Any, model: Model) -> None:
    model.text = "exec(input())"
    editor, uri = await opened(start, inline_client)
    items = await editor.complete_inline(uri, LINE, 8)
    assert model.asked
    assert all("exec" not in item.insert_text for item in items)
    assert events()[-1]["kind"] == "withheld" or items
