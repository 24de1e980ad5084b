"""Random edits and random nonsense against the real process: each request is answered, and the text stays what the editor has."""

import copy
import itertools
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

SCHEMES = (
    "file:///nowhere/{}.py",
    "untitled:Untitled-{}",
    "vscode-notebook-cell:/a.ipynb#W{}",
    "jar:file:///x.jar!/{}.py",
)
PLACE = {"line": 0, "character": 1}
HERE = {"start": PLACE, "end": PLACE}


def place(uri: str) -> dict[str, Any]:
    return {"textDocument": {"uri": uri}, "position": PLACE}


def command(name: str, argument: object) -> dict[str, Any]:
    return {"command": f"fixbot.{name}", "arguments": [argument]}


REQUESTS: tuple[tuple[str, Any], ...] = (
    ("textDocument/completion", {**place("untitled:a"), "context": {"triggerKind": 2, "triggerCharacter": "."}}),
    ("textDocument/inlineCompletion", {**place("untitled:a"), "context": {"triggerKind": 1}}),
    ("completionItem/resolve", {"label": "x", "kind": 5, "data": {"uri": "untitled:a", "brings": "import x", "at": 1}}),
    ("textDocument/codeAction", {"textDocument": {"uri": "untitled:a"}, "range": HERE, "context": {"diagnostics": [{"range": HERE, "message": "m", "code": 1, "data": {}}], "only": ["quickfix"]}}),
    ("codeAction/resolve", {"title": "x", "data": {"uri": "untitled:a"}}),
    ("textDocument/codeLens", {"textDocument": {"uri": "untitled:a"}}),
    ("textDocument/diagnostic", {"textDocument": {"uri": "untitled:a"}, "previousResultId": "1"}),
    ("workspace/executeCommand", command("status", {})),
    ("workspace/executeCommand", command("explain", {"uri": "untitled:a", "range": HERE})),
    ("workspace/executeCommand", command("showFix", {"id": "1"})),
    ("workspace/executeCommand", command("accepted", {"id": "1"})),
    ("workspace/executeCommand", command("runTest", {"id": "", "uri": "untitled:a"})),
    ("no/such", {"a": [1]}),
)  # fmt: skip
NOTICES: tuple[tuple[str, Any], ...] = (
    ("textDocument/didOpen", {"textDocument": {"uri": "untitled:a", "languageId": "python", "version": 1, "text": "x = 1\n"}}),
    ("textDocument/didChange", {"textDocument": {"uri": "untitled:a", "version": 2}, "contentChanges": [{"range": HERE, "text": "y"}, {"text": "z"}]}),
    ("textDocument/didSave", {"textDocument": {"uri": "untitled:a"}}),
    ("textDocument/didClose", {"textDocument": {"uri": "untitled:a"}}),
    ("workspace/didChangeConfiguration", {"settings": {"fixbot": {"background": {"timeout": 5}}}}),
    ("workspace/didChangeWatchedFiles", {"changes": [{"uri": "file:///nowhere/a.py", "type": 2}]}),
    ("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [{"uri": "file:///nowhere", "name": "x"}]}}),
    ("textDocument/didShowCompletion", {"item": {"insertText": "x", "range": HERE}}),
    ("textDocument/didPartiallyAcceptCompletion", {"item": {"insertText": "x", "range": HERE}, "acceptedLength": 1}),
    ("window/workDoneProgress/cancel", {"token": 1}),
    ("$/cancelRequest", {"id": 1}),
)  # fmt: skip


def nested(depth: int) -> object:
    value: object = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


JUNK = (
    None, True, -1, 2**31, 2**70, 1.5, 1e308, "", "\ud800", "\x00", "🦊", [], {}, [None], {"uri": 5}, "file:///%ff", "nonsense", "x" * 100_000, nested(40),
    nested(400), {"line": -1, "character": -1}, {"line": 2**40, "character": 2**40},
)  # fmt: skip
LINES = st.lists(st.sampled_from(["é", "🦊", "x", "\u2028"]), max_size=3).map("".join)


def ways(value: object, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each field within `value`."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*way, key)
        yield from ways(value[key], (*way, key))


@st.composite
def broken(draw: st.DrawFn, messages: tuple[tuple[str, Any], ...]) -> tuple[str, Any]:
    """A message, one or two of whose fields are nonsense or lacking."""
    method, params = copy.deepcopy(draw(st.sampled_from(messages)))
    for _ in range(draw(st.integers(0, 2))):
        *way, last = draw(st.sampled_from(list(ways(params))))
        owner = params
        for key in way:
            owner = owner[key]
        if isinstance(owner, dict) and draw(st.integers(0, 4)) == 0:
            del owner[last]
        else:
            owner[last] = copy.deepcopy(draw(st.sampled_from(JUNK)))
        if not list(ways(params)):
            break
    return method, params


class Session:
    """One server for all runs; documents never have the same name twice."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.numbers = itertools.count(1000)

    def ask(self, method: str, params: object, *, cancelled: bool = False) -> dict[str, Any]:
        number = next(self.numbers)
        self.client.request(number, method, params)
        if cancelled:
            self.client.notify("$/cancelRequest", {"id": number})
        answer: dict[str, Any] = self.client.answer(number)
        return answer


class Editing(RuleBasedStateMachine):
    """An editor with one document, which it opens, changes by lines, closes and opens again, among messages that mean nothing."""

    session: Session

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.names = itertools.count()
        self.is_fresh = True

    @initialize(scheme=st.sampled_from(SCHEMES), remarks=st.lists(LINES, max_size=4))
    def begin(self, scheme: str, remarks: list[str]) -> None:
        self.uri = scheme.format(next(self.session.numbers))
        self.change_what_is_not_open()
        self.open(remarks)

    def line(self, remark: str) -> str:
        return f"name_{next(self.names)} = 1  # {remark}"

    @rule(remarks=st.lists(LINES, max_size=4), closings=st.integers(0, 2))
    def reopen(self, remarks: list[str], closings: int) -> None:
        """Without closing it, or closing it twice and changing it in between."""
        for _ in range(closings):
            self.session.client.notify("textDocument/didClose", {"textDocument": {"uri": self.uri}})
            self.change_what_is_not_open()
        self.open(remarks)

    def open(self, remarks: list[str]) -> None:
        self.lines = [self.line(remark) for remark in remarks]
        item = {"uri": self.uri, "languageId": "python", "version": -3, "text": "".join(f"{x}\n" for x in self.lines)}
        self.session.client.notify("textDocument/didOpen", {"textDocument": item})
        self.is_fresh = False

    def change_what_is_not_open(self) -> None:
        self.send(1, {"text": "name_of_nothing = 1\n"})

    @rule(data=st.data(), remarks=st.lists(LINES, max_size=3), version=st.sampled_from((-1, 0, 7, 2**31 - 1)))
    def change(self, data: st.DataObject, remarks: list[str], version: int) -> None:
        """Lines for lines, with places that may lie beyond the end."""
        first = data.draw(st.integers(0, len(self.lines)))
        last = data.draw(st.integers(first, len(self.lines)))
        new = [self.line(remark) for remark in remarks]
        end: dict[str, int] = {"line": last, "character": 0}
        if last == len(self.lines):
            end = data.draw(
                st.sampled_from((end, {"line": 2**31 - 1, "character": 2**31 - 1}, {"line": last, "character": 99}))
            )
        span = {"start": {"line": first, "character": 0}, "end": end}
        text = "".join(f"{line}\n" for line in new)
        self.send(version, {"range": span, "text": text})
        self.lines[first:last] = new

    @precondition(lambda self: self.lines)
    @rule(data=st.data(), remark=LINES)
    def change_a_remark(self, data: st.DataObject, remark: str) -> None:
        """Within a line, up to beyond its end, behind characters of two units."""
        at = data.draw(st.integers(0, len(self.lines) - 1))
        start = len(self.lines[at].partition("#")[0]) + 1
        units = len(self.lines[at].encode("utf-16-le")) // 2
        span = {
            "start": {"line": at, "character": start},
            "end": {"line": at, "character": data.draw(st.sampled_from((units, units + 9, 2**31 - 1)))},
        }
        self.send(5, {"range": span, "text": f" {remark}"})
        self.lines[at] = f"{self.lines[at][:start]} {remark}"

    def send(self, version: int, event: dict[str, Any]) -> None:
        identity = {"uri": self.uri, "version": version}
        self.session.client.notify("textDocument/didChange", {"textDocument": identity, "contentChanges": [event]})
        self.is_fresh = False

    @rule(message=broken(NOTICES))
    def notify(self, message: tuple[str, Any]) -> None:
        self.session.client.notify(*message)

    @rule(message=broken(REQUESTS), cancelled=st.booleans())
    def ask(self, message: tuple[str, Any], cancelled: bool) -> None:
        answer = self.session.ask(*message, cancelled=cancelled)
        assert ("result" in answer) != ("error" in answer), (message, answer)

    @invariant()
    def the_text_is_right(self) -> None:
        """What is offered at the end of the document are the names in it, no more and no less."""
        if self.is_fresh:
            return
        self.is_fresh = True
        where = {"line": len(self.lines), "character": 0}
        answer = self.session.ask("textDocument/completion", {"textDocument": {"uri": self.uri}, "position": where})
        labels = {item["label"] for item in answer["result"]["items"]}  # whole lines are among them
        offered = {label for label in labels if label.startswith("name_") and label.isidentifier()}
        assert offered == {line.partition(" ")[0] for line in self.lines}

    def teardown(self) -> None:
        self.session.client.notify(
            "workspace/didChangeConfiguration", {"settings": {"fixbot": {"background": {"timeout": 9}}}}
        )
        self.session.client.notify("textDocument/didClose", {"textDocument": {"uri": getattr(self, "uri", "")}})


def test_edits_among_nonsense(client: Any) -> None:
    client.initialize()
    steps = settings(
        max_examples=30,
        stateful_step_count=20,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(type("Edits", (Editing,), {"session": Session(client)}), settings=steps)
    assert client.alive()
