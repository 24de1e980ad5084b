#!/usr/bin/env python3
"""A server for the plugin of Neovim that offers texts of several lines and keeps what it is told; its commands are those of fake_fixbot.

Started as ``neovim_server.py lsp``; the environment variable FAKE_HEARD names the file that what was heard goes into.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from fake_fixbot import STATUS, answer, hear, say

OFFERS = {  # the line's beginning -> texts for the whole line
    "for": ["for each in every:\n    print(each)", "for other in others:\n    pass"],
    "call(": ["call(first, second"],
}


def note(method: str, params: object) -> None:
    """Effect: keep what was heard."""
    with Path(os.environ["FAKE_HEARD"]).open("a") as file:
        file.write(json.dumps([method, params]) + "\n")


def offers(line: str, number: int, character: int) -> list[object]:
    """Inline completions for the cursor at `character` of a line; they replace it from its start to the cursor."""
    place = {"start": {"line": number, "character": 0}, "end": {"line": number, "character": character}}
    command = {"title": "", "command": "fixbot.accepted", "arguments": [{"id": "o-1"}]}
    texts = next((texts for start, texts in OFFERS.items() if line[:character] == start), [])
    return [{"insertText": text, "range": place, "command": command} for text in texts]


def answered(message: dict[str, object], texts: dict[str, str]) -> dict[str, object]:
    """Effect: carry out a request; its result or error."""
    method, params = message["method"], message.get("params")
    if not isinstance(params, dict):
        params = {}
    if method == "textDocument/inlineCompletion":
        place, lines = params["position"], texts[params["textDocument"]["uri"]].split("\n")
        return {"result": {"items": offers(lines[place["line"]], place["line"], place["character"])}}
    if method == "workspace/executeCommand" and params["arguments"][0].get("question") == "fail":
        return {"error": {"code": -32803, "message": "this cannot be answered"}}
    result = answer({**message, "params": params})
    if method == "initialize":
        assert isinstance(result, dict)
        result["capabilities"] |= {"inlineCompletionProvider": {}, "completionProvider": {}, "textDocumentSync": 1}
    return {"result": result}


def told(method: str, params: dict[str, object], texts: dict[str, str]) -> None:
    """Effect: take in a notice."""
    if method == "initialized":
        say({"method": "fixbot/status", "params": STATUS})
    elif method in ("textDocument/didOpen", "textDocument/didChange"):
        document, changes = params["textDocument"], params.get("contentChanges")
        assert isinstance(document, dict)
        texts[document["uri"]] = changes[0]["text"] if isinstance(changes, list) else document["text"]
    else:
        note(method, params)


def main() -> None:
    """Effect: serve until the client leaves."""
    texts: dict[str, str] = {}
    while (message := hear()).get("method") != "exit":
        method, params = message.get("method"), message.get("params")
        if "id" in message and method:
            say({"id": message["id"], **answered(message, texts)})
        elif method:
            told(str(method), params if isinstance(params, dict) else {}, texts)


if __name__ == "__main__":
    main()
