#!/usr/bin/env python3
"""Stands in for fixbot's server in VS Code: answers the agreed commands at once, as if a model had been at work.

Started as ``fake_fixbot.py lsp``; the environment variable FAKE_VERSION is the version that it says it has.
"""

import json
import os
import sys
from pathlib import Path

COMMANDS = ["solve", "ask", "explain", "fixAll", "showFix", "runTest", "showSent", "stats", "status", "accepted"]
STATUS = {
    "state": "ready",
    "engine": "model",
    "model": "coder-7b",
    "detail": "",
    "trusted": True,
    "sent": {"requests": 3, "tokens": 1200, "last": "12:00:05"},
}
ANSWER = """A statement leaves out the last day: `Account.entries_between` compares with `<` (ledger/accounts.py:42).

- It is called by `monthly_statement` (ledger/statement.py:50).
- <img src=x onerror="document.title='broken'"> is text here.
"""
PATCH = """--- a/ledger/accounts.py
+++ b/ledger/accounts.py
@@ -40,4 +40,4 @@
         \"\"\"Entries from `first` to `last`, both days included, by day.\"\"\"
         for entry in sorted(self.entries, key=lambda e: e.day):
-            if first <= entry.day < last:
+            if first <= entry.day <= last:
                 yield entry
"""
VERIFICATION = {
    "oracle": "failing tests",
    "failed_before": ["tests/test_statement.py::test_last_day"],
    "passed_after": ["tests/test_statement.py::test_last_day"],
    "regressions": [],
    "tests_run": 9,
}
REPORT = {"patch": PATCH, "verification": VERIFICATION, "source": "template:operator", "sandbox": "bwrap"}


def say(message: dict[str, object]) -> None:
    """Effect: send one message."""
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    sys.stdout.buffer.flush()


def hear() -> dict[str, object]:
    """Effect: the next message; ends the process when there is none."""
    length = 0
    while line := sys.stdin.buffer.readline().strip():
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    if not length:
        sys.exit(0)
    message: dict[str, object] = json.loads(sys.stdin.buffer.read(length))
    return message


def carry_out(command: str, argument: dict[str, object]) -> object:
    """Effect: what a command answers; all that it was asked goes into a file for the scenario to look at."""
    with Path(os.environ["FAKE_HEARD"]).open("a") as file:
        file.write(json.dumps([command, argument]) + "\n")
    if command in ("fixbot.ask", "fixbot.explain"):
        return {"markdown": ANSWER}
    if command == "fixbot.solve":
        return {"run": "r-1", "status": "plausible", "title": "The last day is missing", "report": REPORT}
    return {"markdown": f"`{command}` was carried out."}


def answer(message: dict[str, object]) -> object:
    """Effect: the result of a request."""
    params = message.get("params")
    assert isinstance(params, dict)
    if message["method"] == "initialize":
        offered = {"executeCommandProvider": {"commands": [f"fixbot.{name}" for name in COMMANDS]}}
        return {
            "capabilities": offered,
            "serverInfo": {"name": "fixbot", "version": os.environ.get("FAKE_VERSION", "0.1.0")},
        }
    if message["method"] == "workspace/executeCommand":
        return carry_out(params["command"], params["arguments"][0])
    return None


def main() -> None:
    """Effect: serve until the client leaves."""
    while True:
        message = hear()
        if "id" in message and "method" in message:
            message.setdefault("params", {})
            say({"id": message["id"], "result": answer(message)})
        elif message.get("method") == "initialized":
            say({"method": "fixbot/status", "params": STATUS})
        elif message.get("method") == "exit":
            return


if __name__ == "__main__":
    main()
