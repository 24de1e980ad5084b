"""Code actions, lenses and pulled diagnostics over one server each: what is offered where, and that what is chosen is what was checked."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SHOP = '''"""A shop."""

import os


def price(amount: int, rate: int) -> int:
    if amount < 0:
        raise ValueError(amount)
    return amount * rate


def label(name: str) -> str:
    return name.title()
'''
TEST = "from shop import price\n\n\ndef test_price():\n    assert price(2, 3) == 7\n\n\ndef test_deep():\n    price(-1, 1)\n"
STYLE = '"""Style."""\n\n\ndef f(x):\n    """F.\n\n    Args:\n        x: a number\n    """\n'
CAPABILITIES = {
    "textDocument": {
        "codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}},
        "diagnostic": {"relatedDocumentSupport": False},
    },
    "workspace": {
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]},
        "diagnostics": {"refreshSupport": True},
        "codeLens": {"refreshSupport": True},
    },
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    (root / "tests").mkdir(parents=True)
    for path, text in {"shop.py": SHOP, "tests/test_shop.py": TEST, "style.py": STYLE}.items():
        (root / path).write_text(text, encoding="utf-8")
    user = ["-c", "user.name=x", "-c", "user.email=x@y"]
    for command in (["init", "-q"], ["add", "-A"], [*user, "commit", "-qm", "start"]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
    return root


class Asking:
    """A client that answers refreshes and asks."""

    def __init__(self, client: Any, root: Path, options: object = None, **capabilities: object) -> None:
        self.client, self.root, self.said = client, root, []
        self._numbers = iter(range(10, 1000))
        start = {
            "processId": None,
            "rootUri": root.as_uri(),
            "capabilities": capabilities,
            "initializationOptions": options,
        }
        self.abilities = self.ask("initialize", start)["capabilities"]
        client.notify("initialized", {})

    def ask(self, method: str, params: object) -> Any:
        number = next(self._numbers)
        self.client.request(number, method, params)
        while (message := self.client.receive()).get("id") != number or "method" in message:
            self._hear(message)
        assert "error" not in message, message
        return message["result"]

    def until(self, method: str, seen: int = 0) -> Any:
        """The first message of `method` behind the `seen` first."""
        while len(found := [m for m in self.said if m.get("method") == method]) <= seen:
            self._hear(self.client.receive())
        return found[seen]

    def _hear(self, message: Any) -> None:
        self.said.append(message)
        if "method" in message and "id" in message:
            self.client.send({"jsonrpc": "2.0", "id": message["id"], "result": None})

    def open(self, path: str) -> str:
        uri = (self.root / path).as_uri()
        text = (self.root / path).read_text(encoding="utf-8")
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.client.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def actions(self, uri: str, line: int, *only: str) -> dict[str, Any]:
        """Actions by their titles."""
        where = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 0}}
        context = {"diagnostics": [], "triggerKind": 1, **({"only": list(only)} if only else {})}
        found = self.ask("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": where, "context": context})
        return {each["title"]: each for each in found}

    def pulled(self, uri: str, before: str | None = None) -> Any:
        return self.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}, "previousResultId": before})

    def lenses(self, uri: str) -> list[tuple[int, str]]:
        found = self.ask("textDocument/codeLens", {"textDocument": {"uri": uri}})
        return [(each["range"]["start"]["line"], each["command"]["title"]) for each in found]

    def run(self, test: str, uri: str) -> Any:
        given = {"command": "fixbot.runTest", "arguments": [{"id": test, "uri": uri}]}
        return self.ask("workspace/executeCommand", given)


def edited(text: str, edits: Any) -> str:
    lines = text.splitlines(keepends=True)

    def offset(place: Any) -> int:
        return sum(map(len, lines[: place["line"]])) + int(place["character"])

    for edit in sorted(edits, key=lambda e: -offset(e["range"]["start"])):
        text = text[: offset(edit["range"]["start"])] + edit["newText"] + text[offset(edit["range"]["end"]) :]
    return text


def test_a_tools_fix_is_offered_once_it_was_verified_and_pulled_diagnostics_say_what_it_is(
    client: Any, shop: Path
) -> None:
    options = {"diagnostics": {"ruff": True, "semgrep": False}, "background": {"enabled": False}}
    editor = Asking(client, shop, options, **CAPABILITIES)
    assert editor.abilities["diagnosticProvider"]["workspaceDiagnostics"] is True
    uri = editor.open("shop.py")
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    told = editor.pulled(uri)
    while not told["items"]:
        editor.until(
            "workspace/diagnostic/refresh",
            len([m for m in editor.said if m.get("method") == "workspace/diagnostic/refresh"]),
        )
        told = editor.pulled(uri)
    (unused,) = told["items"]
    assert (unused["code"], unused["tags"], unused["range"]["start"]["line"]) == ("F401", [1], 2)
    assert unused["codeDescription"]["href"] == "https://docs.astral.sh/ruff/rules/F401/"
    assert editor.pulled(uri, told["resultId"]) == {"kind": "unchanged", "resultId": told["resultId"]}
    everywhere = editor.ask("workspace/diagnostic", {"previousResultIds": [{"uri": uri, "value": told["resultId"]}]})
    assert [each["kind"] for each in everywhere["items"]] == ["unchanged"]
    assert not [m for m in editor.said if m.get("method") == "textDocument/publishDiagnostics"]

    found = editor.actions(uri, 2)
    (title,) = [t for t in found if t.startswith("Fix: ")]
    assert found[title]["isPreferred"] is True
    assert found[title]["diagnostics"][0]["code"] == "F401"
    assert "edit" not in found[title]
    (why,) = [title for title in found if title.startswith("Explain: F401: `os`")]
    explained = editor.ask("workspace/executeCommand", found[why]["command"])["markdown"]
    assert "What is said of it: `os` imported but unused [shop.py:3]" in explained
    assert "## F401 (unused-import)" in explained
    chosen = editor.ask("codeAction/resolve", found[title])
    (change,) = chosen["edit"]["documentChanges"]
    assert edited(SHOP, change["edits"]) == SHOP.replace("import os\n", "")
    assert editor.actions(uri, 2, "refactor") == {}
    (all_,) = editor.actions(uri, 0, "source.fixAll").values()
    assert all_["kind"] == "source.fixAll.fixbot"
    whole = editor.ask("codeAction/resolve", all_)["edit"]["documentChanges"][0]["edits"]
    assert edited(SHOP, whole) == SHOP.replace("import os\n", "")


def test_what_is_written_is_known_of_the_code_and_says_what_it_is(client: Any, shop: Path) -> None:
    editor = Asking(client, shop, {"workspaceTrusted": True}, **CAPABILITIES)
    uri = editor.open("shop.py")
    found = editor.actions(uri, 5, "refactor")
    document = editor.ask("codeAction/resolve", found["Document price"])["edit"]["documentChanges"][0]["edits"]
    says = edited(SHOP, document)
    assert '    """Price.\n\n    Args:\n        amount (int):\n        rate (int):\n\n    Returns:\n        int: ``amount * rate``\n\n    Raises:\n        ValueError: If ``amount < 0``.\n    """\n    if amount' in says  # fmt: skip
    compile(says, "shop.py", "exec")

    title = "Write a test that records what label does today"
    test = editor.ask("codeAction/resolve", editor.actions(uri, 11, "refactor")[title])
    (change,) = test["edit"]["documentChanges"]
    assert change["textDocument"]["uri"].endswith("tests/test_shop.py")
    text = edited(TEST, change["edits"])
    assert "from shop import label\n" in text
    assert "def test_label_records_todays_behaviour():" in text
    assert "Records today's behaviour of label" in text
    assert "assert label('a b') == 'A B'" in text
    (shop / "tests" / "test_shop.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "label"]
    assert subprocess.run(command, cwd=shop, capture_output=True, check=False).returncode == 0

    refused = editor.ask(
        "codeAction/resolve", editor.actions(uri, 5, "refactor")["Write a test that records what price does today"]
    )
    assert "edit" not in refused
    assert "price has a test" in editor.until("window/showMessage")["params"]["message"]


def test_a_failing_test_has_lenses_until_it_passes(client: Any, shop: Path) -> None:
    editor = Asking(client, shop, **CAPABILITIES)
    test, code = editor.open("tests/test_shop.py"), editor.open("shop.py")
    assert editor.lenses(test) == []
    assert editor.run("tests/test_shop.py::test_price", test)["passed"] is False
    editor.until("workspace/codeLens/refresh")
    (first, *others) = editor.lenses(test)
    assert first[0] == 3
    assert first[1].startswith("fails: ")
    assert "6 == 7" in first[1]
    assert others == [(3, "Fix"), (3, "Run again")]
    assert editor.lenses(code) == [(5, "fails: test_price"), (5, "Fix"), (5, "Run again")]
    assert editor.run("tests/test_shop.py::test_deep", test)["passed"] is False
    assert [d for d in editor.pulled(code)["items"] if d["code"] == "ValueError"] == []
    (raised,) = [d for d in editor.pulled(test)["items"] if d["code"] == "ValueError"]
    assert (raised["message"], raised["range"]["start"]["line"]) == ("test_deep: ValueError: -1", 8)
    related = [(r["location"]["uri"], r["location"]["range"]["start"]["line"]) for r in raised["relatedInformation"]]
    assert related == [(code, 7)]
    assert editor.lenses(test)[3:] == [(7, "fails: ValueError: -1"), (7, "Run again")]  # one fix for all that fails
    found = editor.actions(test, 4)
    assert "Fix this: look for a verified change" in found
    assert found["Fix this: look for a verified change"]["command"]["command"] == "fixbot.solve"
    change = {"range": {"start": {"line": 4, "character": 26}, "end": {"line": 4, "character": 27}}, "text": "6"}
    client.notify("textDocument/didChange", {"textDocument": {"uri": test, "version": 2}, "contentChanges": [change]})
    assert editor.run("tests/test_shop.py::test_price", test)["passed"] is True
    assert [title for _, title in editor.lenses(test)] == ["fails: ValueError: -1", "Fix", "Run again"]
