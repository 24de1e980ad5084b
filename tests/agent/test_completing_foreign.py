"""Completion in languages other than Python, blocks, and what ends a suggestion."""

from pathlib import Path

import pytest

from fixbot_agent.completing import Completion, Inline
from fixbot_agent.completing.foreign import complete_foreign
from fixbot_agent.completing.inline import rest_of_line
from fixbot_agent.completing.parsing import still_parses
from fixbot_agent.completing.place import read_place
from fixbot_analysis.codemodel import CodeModel
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document, Position, Span

GO = """package shop

import "errors"

func {0}(cart *Cart, {1} string) error {{
	if cart == nil {{
		return errors.New("no cart")
	}}
	return cart.Add({1})
}}

"""

JAVA = "class Shop {\n    int total(Cart cart) {\n        int sum = cart.getTotal();\n        return sum;\n    }\n}\n"


class Desk:
    """A project with open buffers."""

    def __init__(self, root: Path) -> None:
        root.mkdir()
        for number, (name, item) in enumerate([("Buy", "thing"), ("Order", "title"), ("Take", "label")]):
            (root / f"m{number}.go").write_text(GO.format(name, item) * 2)
            (root / f"M{number}.java").write_text(JAVA * 2)
        self.index, self.model = Index.open(root), CodeModel()
        for path in self.index.paths:
            self.model.learn(path, self.index.tree.read(path).data)

    def open(self, path: str, marked: str) -> tuple[Document, Position]:
        """A buffer with a cursor at the ``|``."""
        head, _, tail = marked.partition("|")
        data = (head + tail).encode()
        self.index.update(path, data)
        self.model.update(path, data)
        return Document(path, data), Position(head.count("\n"), len(head.rpartition("\n")[2]))

    def at(self, path: str, marked: str) -> Completion:
        """Completion at the ``|``."""
        return complete_foreign(self.index, self.model, path, self.open(path, marked)[1])

    def line(self, marked: str) -> tuple[Inline, ...]:
        """What is suggested in Python at the ``|``."""
        document, position = self.open("now.py", marked)
        return rest_of_line(self.model, document, self.index.facts("now.py"), read_place(document, position))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("foreign") / "project")


def test_names_of_the_file_and_of_its_neighbours_are_offered(desk: Desk) -> None:
    found = desk.at("now.go", "package shop\n\nfunc Give(cart *Cart, name string) error {\n\treturn cart.|")
    assert found.items[0].label == "Add"
    found = desk.at("now.go", "package shop\n\nfunc Give(cart *Cart, name string) error {\n\treturn Ord|")
    assert (found.items[0].label, found.items[0].source, found.items[0].insert_text) == ("Order", "module", "Order")
    assert all(0 <= item.score <= 1 for item in found.items)


def test_keywords_are_told_as_such(desk: Desk) -> None:
    found = desk.at("now.go", "package shop\n\nfunc Give(cart *Cart) error {\n\tretur|")
    assert (found.items[0].label, found.items[0].kind) == ("return", "keyword")


@pytest.mark.parametrize(
    ("path", "head", "rest"),
    [
        ("now.go", GO.format("Give", "name").partition("New(")[0] + "|", 'New("no cart")'),
        ("Now.java", JAVA.partition("cart.get")[0] + "cart.get|", "getTotal();"),
    ],
)
def test_a_line_goes_on_as_others_did_and_ends_where_lines_end(desk: Desk, path: str, head: str, rest: str) -> None:
    (inline,) = desk.at(path, head).inline
    assert (inline.text, inline.source) == (rest, "codemodel")


@pytest.mark.parametrize("head", ["// a remark |", 's := "text |', "/* more |", "x := `raw |"])
def test_nothing_is_offered_in_texts_and_remarks(desk: Desk, head: str) -> None:
    found = desk.at("now.go", f"package shop\n\nfunc f() {{\n\t{head}")
    assert (found.items, found.inline) == ((), ())


@pytest.mark.parametrize("text", ["", "}" * 2000, "((((" * 500, "é.", "\r\n\r\n", "a" * 9000, "'", "#"])
def test_odd_documents_are_survived(desk: Desk, text: str) -> None:
    for path in ("now.go", "now.rs", "now.ts"):
        found = desk.at(path, text + "|")
        assert found.word.start <= found.word.end


def test_whoever_does_not_wait_gets_no_line(desk: Desk) -> None:
    _, position = desk.open("Now.java", JAVA.partition("cart.get")[0] + "cart.get")
    assert complete_foreign(desk.index, desk.model, "Now.java", position, stop=lambda: True).inline == ()


TESTS = "".join(
    f"def test_{n}(client):\n    reply = client.get({n})\n    assert reply.status == 200\n    assert reply.body\n\n\n" for n in range(9)
)  # fmt: skip


def test_lines_that_always_follow_come_along_up_to_the_end_of_the_block(desk: Desk) -> None:
    (inline,) = desk.line(f"{TESTS}def test_x(client):\n    reply = client.get(1)\n    assert re|")
    first, *more = inline.text.split("\n")
    assert first == "reply.status == 200"
    assert more == ["    assert reply.body"]


def test_a_block_ends_before_what_stands_there(desk: Desk) -> None:
    (inline,) = desk.line(f"{TESTS}def test_x(client):\n    reply = client.get(1)\n    assert rep|.status == 200")
    assert inline.text == "reply"


@pytest.mark.parametrize(
    ("text", "parses"), [("b)", True), ("b", False), ("b))", False), ("b)\n    else:", False), ("b)\n    d = c", True)]
)
def test_a_suggestion_that_brings_an_error_is_told(text: str, parses: bool) -> None:
    data = b"def f(a, b):\n    c = f(a, \n\n\ndef g():\n    return 1\n"
    at = data.index(b"\n\n\ndef")
    assert still_parses(Document("a.py", data), Span(at, at), text) is parses
