"""Commands: what each answers, what a wrong one is told, and that a cancelled one leaves nothing. One server for most of it."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fixbot_agent.settings import Places
from fixbot_agent.settings.trust import TrustStore

CART = '''"""Carts."""

import os


class Cart:
    """Holds things."""

    def total(self, rate):
        return rate * 2


def checkout(cart: Cart):
    return cart.total(3)
'''
TEST = "from cart import Cart\n\n\ndef test_total():\n    total = Cart().total(2)\n    assert total == 5\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with a failing test and an import that nobody needs."""
    root = tmp_path / "shop"
    root.mkdir()
    (root / "cart.py").write_text(CART, encoding="utf-8")
    (root / "test_cart.py").write_text(TEST, encoding="utf-8")
    repository(root)
    return root


def repository(root: Path) -> None:
    user = ["-c", "user.name=x", "-c", "user.email=x@y"]
    for command in (["init", "-q"], ["add", "-A"], [*user, "commit", "-qm", "start"]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)


class Commander:
    """Calls commands, answers what the server asks meanwhile, and keeps what it says."""

    def __init__(self, client: Any, agrees: bool = True) -> None:
        self.client, self.agrees = client, agrees
        self.said: list[Any] = []
        self._numbers = iter(range(100, 1000))

    def begin(self, command: str, argument: object, **tokens: str) -> int:
        number = next(self._numbers)
        given = {"command": command, "arguments": argument if isinstance(argument, list) else [argument], **tokens}
        self.client.request(number, "workspace/executeCommand", given)
        return number

    def wait(self, number: int) -> Any:
        while (message := self.client.receive()).get("id") != number or "method" in message:
            self._hear(message)
        return message

    def call(self, command: str, argument: object, **tokens: str) -> Any:
        answer = self.wait(self.begin(command, argument, **tokens))
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def refused(self, command: str, argument: object) -> str:
        error = self.wait(self.begin(command, argument))["error"]
        assert error["code"] in (-32602, -32803)
        assert "Traceback" not in json.dumps(error)
        return str(error["message"])

    def until(self, method: str) -> Any:
        """The first message of `method`, earlier or to come."""
        while not (found := [m for m in self.said if m.get("method") == method]):
            self._hear(self.client.receive())
        return found[0]

    def _hear(self, message: Any) -> None:
        self.said.append(message)
        if "method" not in message or "id" not in message:
            return
        results = {
            "window/showMessageRequest": {"title": "Apply"} if self.agrees else None,
            "workspace/applyEdit": {"applied": True},
            "window/showDocument": {"success": True},
            "workspace/configuration": [None, None],
        }
        self.client.send({"jsonrpc": "2.0", "id": message["id"], "result": results.get(message["method"])})


CAPABILITIES = {
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "workspace": {"workspaceEdit": {"documentChanges": True, "changeAnnotationSupport": {}}},
}


def opened(client: Any, root: Path, path: str) -> str:
    uri = (root / path).as_uri()
    text = (root / path).read_text(encoding="utf-8")
    document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": document})
    return uri


def test_answers_and_refusals(client: Any, shop: Path) -> None:
    told = client.initialize(shop, **CAPABILITIES)
    announced = told["result"]["capabilities"]["executeCommandProvider"]["commands"]
    assert {"fixbot.solve", "fixbot.ask", "fixbot.showFix", "fixbot.runTest", "fixbot.accepted"} <= set(announced)
    commander = Commander(client)
    uri = opened(client, shop, "cart.py")

    answer = commander.call("fixbot.ask", {"question": "who calls Cart.total?"})
    assert "`checkout` in cart.py calls it. [cart.py:14]" in answer["markdown"]
    place = {"start": {"line": 13, "character": 0}, "end": {"line": 13, "character": 5}}
    answer = commander.call("fixbot.explain", {"uri": uri, "range": place})
    assert "`checkout` is a function in cart.py, lines 13 to 14. [cart.py:13]" in answer["markdown"]
    assert commander.call("fixbot.status", {})["engine"] == "built-in"
    assert "Nothing was sent" in commander.call("fixbot.showSent", {})["markdown"]
    page = Path(commander.call("fixbot.stats", {})["path"])
    assert "<html" in page.read_text(encoding="utf-8")
    shown = commander.until("window/showDocument")["params"]
    assert shown["uri"] == page.as_uri()
    assert commander.call("fixbot.accepted", {"id": "x"}) is None

    assert "there is no command 'fixbot.none'" in commander.refused("fixbot.none", {})
    assert "takes one object" in commander.refused("fixbot.ask", [{}, {}])
    assert "takes one object" in commander.refused("fixbot.ask", "who")
    assert "needs 'question'" in commander.refused("fixbot.ask", {"question": 5})
    assert "needs 'range'" in commander.refused("fixbot.explain", {"uri": uri, "range": {"start": {"line": -1}}})
    assert "needs 'issue'" in commander.refused("fixbot.solve", {})
    assert "no folder" in commander.refused("fixbot.fixAll", {"uri": "file:///nowhere/x.py"})
    assert "no file: URI" in commander.refused("fixbot.fixAll", {"uri": "untitled:1"})
    assert "not on offer" in commander.refused("fixbot.showFix", {"id": "0"})
    assert "no test's id" in commander.refused("fixbot.runTest", {"id": "../x.py::t"})
    assert "no test is called" in commander.refused("fixbot.runTest", {"id": "test_cart.py::test_gone"})


@pytest.fixture
def answering() -> Iterator[ThreadingHTTPServer]:
    """A model that answers every question with one sentence; `heard` is what it was sent."""
    sentence = {"text": "`checkout` sums up.", "places": ["cart.py:14"]}
    function = {"name": "answer", "arguments": json.dumps({"sentences": [sentence]})}
    message = {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"id": "c", "type": "function", "function": function}],
    }

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            server.heard.append(self.rfile.read(int(self.headers["Content-Length"])))  # type: ignore[attr-defined]
            data = json.dumps({"choices": [{"message": message, "finish_reason": "tool_calls"}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.heard = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_model_is_asked_only_where_the_workspace_is_trusted(
    client: Any, shop: Path, answering: Any, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True, exist_ok=True)
    url = f"http://127.0.0.1:{answering.server_port}/v1"
    (home / "config" / "config.toml").write_text(f'[models.m]\nbase_url = "{url}"\nmodel = "x"\n[roles]\nask = ["m"]\n')
    client.initialize(shop, **CAPABILITIES)
    commander = Commander(client)
    told = commander.call("fixbot.ask", {"question": "what does checkout do?"})["markdown"]
    assert "not trusted, so nothing of it is sent" in told
    assert not answering.heard
    TrustStore.at(Places(home / "cache", home / "state", home / "config")).add(shop)
    told = commander.call("fixbot.ask", {"question": "what does checkout do?"})["markdown"]
    assert told.startswith("`checkout` sums up. [cart.py:14]")
    assert "by m, citations checked" in told
    told = commander.call("fixbot.ask", {"question": "and then?", "continue": True})["markdown"]
    assert "by m" in told
    assert b"what does checkout do?" in answering.heard[-1]


def test_a_test_run_by_hand_is_shown_where_it_fails_until_it_passes(client: Any, shop: Path) -> None:
    client.initialize(shop, **CAPABILITIES)
    commander = Commander(client)
    uri = opened(client, shop, "test_cart.py")
    asked = {"id": "test_cart.py::test_total", "uri": uri}
    failed = commander.call("fixbot.runTest", asked, workDoneToken="mine")
    assert failed["passed"] is False
    assert "assert 4 == 5" in failed["title"]
    (shown,) = [m["params"] for m in commander.said if m.get("method") == "textDocument/publishDiagnostics"][-1][
        "diagnostics"
    ]
    assert (shown["range"]["start"], shown["code"]) == ({"line": 5, "character": 4}, "AssertionError")
    assert shown["codeDescription"]["href"].endswith("exceptions.html#AssertionError")
    begun = commander.until("$/progress")["params"]
    assert (begun["token"], begun["value"]["kind"]) == ("mine", "begin")
    change = {"range": {"start": {"line": 5, "character": 20}, "end": {"line": 5, "character": 21}}, "text": "4"}
    client.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [change]})
    assert commander.call("fixbot.runTest", asked)["title"] == "test_cart.py::test_total passed"
    last = [m["params"] for m in commander.said if m.get("method") == "textDocument/publishDiagnostics"][-1]
    assert last["diagnostics"] == []


def test_all_verified_fixes_are_made_in_one_edit_after_asking(client: Any, shop: Path) -> None:
    client.initialize(shop, **CAPABILITIES)
    commander = Commander(client)
    uri = opened(client, shop, "cart.py")
    done = commander.call("fixbot.fixAll", {"uri": uri})
    assert (done["applied"], done["fixed"], done["files"]) == (True, 1, ["cart.py"])
    question = commander.until("window/showMessageRequest")["params"]["message"]
    assert "Fix 1 finding in 1 file? Each applies and compiles" in question
    sent = commander.until("workspace/applyEdit")["params"]
    assert sent["label"] == "fixbot: Fix 1 finding in 1 file"
    (change,) = sent["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": uri, "version": 1}
    assert [e["newText"] for e in change["edits"]] == [""]
    assert sent["edit"]["changeAnnotations"]["verified"]["description"].startswith("Each applies")
    assert (shop / "cart.py").read_text(encoding="utf-8") == CART
    commander.agrees = False
    assert commander.call("fixbot.fixAll", {"uri": uri})["applied"] is False


def test_solving_offers_a_verified_fix_and_writes_nothing(client: Any, tmp_path: Path) -> None:
    root = tmp_path / "sums"
    root.mkdir()
    before = "def add(a, b):\n    return a - b\n"
    (root / "sums.py").write_text(before, encoding="utf-8")
    (root / "test_sums.py").write_text(
        "from sums import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n    assert add(0, 7) == 7\n",
        encoding="utf-8",
    )
    repository(root)
    client.initialize(root, **CAPABILITIES)
    commander = Commander(client)
    uri = opened(client, root, "sums.py")
    answer = commander.call("fixbot.solve", {"uri": uri, "partialResultToken": "part"})
    assert answer["status"] == "plausible", answer
    assert answer["run"]
    assert "```diff" in answer["report"]
    assert Path(answer["path"]).read_text(encoding="utf-8") == answer["report"]
    assert (root / "sums.py").read_text(encoding="utf-8") == before
    fix = commander.call("fixbot.showFix", {"id": answer["fix"]})
    (file,) = fix["files"]
    assert (file["uri"], file["before"]) == (uri, before)
    assert file["after"] == before.replace("-", "+")
    shown = commander.until("window/showDocument")["params"]["uri"]
    assert "+++ b/sums.py" in Path(shown.removeprefix("file://")).read_text(encoding="utf-8")


def test_a_cancelled_solve_leaves_no_process(client: Any, shop: Path, gone: Callable[[int], bool]) -> None:
    client.initialize(shop, **CAPABILITIES)
    commander = Commander(client)
    number = commander.begin("fixbot.solve", {"issue": "test_total fails: 4 is not 5"})
    solver = child_of(client.process.pid, "solve")
    client.notify("$/cancelRequest", {"id": number})
    assert commander.wait(number)["error"]["code"] == -32800
    assert gone(solver)

    number = commander.begin("fixbot.solve", {"issue": "the same"}, workDoneToken="bar")
    solver = child_of(client.process.pid, "solve")
    while not any(m.get("params", {}).get("token") == "bar" for m in commander.said):
        commander._hear(client.receive())
    client.notify("window/workDoneProgress/cancel", {"token": "bar"})
    assert commander.wait(number)["error"]["code"] == -32800
    assert gone(solver)
    assert commander.call("fixbot.status", {})["engine"] == "built-in"


def test_without_trust_nothing_is_run(client: Any, shop: Path) -> None:
    options = {"workspaceTrusted": False}
    client.request(1, "initialize", {"processId": None, "rootUri": shop.as_uri(), "capabilities": {}, "initializationOptions": options})  # fmt: skip
    client.answer(1)
    commander = Commander(client)
    assert "not trusted" in commander.refused("fixbot.solve", {"issue": "x"})
    assert "not trusted" in commander.refused("fixbot.runTest", {"id": "test_cart.py::test_total"})


def child_of(pid: int, word: str) -> int:
    """A child process of `pid` whose command line holds `word`, as soon as there is one."""
    import time

    for _ in range(2000):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text().split():
                command = Path(f"/proc/{child}/cmdline")
                if command.exists() and word in command.read_bytes().decode().split("\0"):
                    return int(child)
        time.sleep(0.01)
    raise AssertionError(f"no child runs {word}")


def test_a_home_that_is_a_file_costs_what_is_kept_there_and_nothing_else(client: Any, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    client.initialize(tmp_path)
    item = {"uri": "untitled:a", "languageId": "python", "version": 1, "text": "value_here = 1\nval"}
    client.notify("textDocument/didOpen", {"textDocument": item})
    place = {"textDocument": {"uri": "untitled:a"}, "position": {"line": 1, "character": 3}}
    client.request(2, "textDocument/completion", place)
    assert "value_here" in [each["label"] for each in client.answer(2)["result"]["items"]]
    client.request(3, "workspace/executeCommand", {"command": "fixbot.stats", "arguments": [{}]})
    said = client.answer(3)["error"]["message"]
    assert f"{tmp_path / 'home'} is no folder" in said
    assert "FIXBOT_HOME" in said
    assert client.alive()
