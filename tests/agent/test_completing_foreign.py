"""Completion in languages other than Python, blocks, and what ends a suggestion."""

from pathlib import Path

import pytest

from fixbot_agent.completing import Completion, Inline
from fixbot_agent.completing.cursor.place import read_place
from fixbot_agent.completing.foreign.completing import complete_foreign
from fixbot_agent.completing.foreign.parsing import fits_in
from fixbot_agent.completing.lines.inline import rest_of_line
from fixbot_agent.completing.lines.parsing import still_parses
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


SCRIPT = "export class Cart { items = []; addItem() {} }\nexport function filtered(c: Cart) { return c.items }\nnamespace Inner { export const a = 1 }\n"


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    root = tmp_path_factory.mktemp("scripts") / "project"
    (root / "src" / "parts").mkdir(parents=True)
    (root / "src" / "cart.ts").write_text(SCRIPT)
    (root / "src" / "parts" / "one.ts").write_text("export const one = 1\n")
    (root / "src" / "parts" / "use.ts").write_text("import { one } from './one'\nsubscribe(one).next(one)\n" * 9)
    found = Desk.__new__(Desk)
    found.index, found.model = Index.open(root), CodeModel()
    for path in found.index.paths:
        found.model.learn(path, found.index.tree.read(path).data)
    return found


def test_a_class_that_is_known_is_listed_alone(scripts: Desk) -> None:
    found = scripts.at("src/now.ts", "import { Cart } from './cart'\nfunction f(c: Cart) {\n  c.|\n}\n")
    assert {(item.label, item.kind, item.source) for item in found.items} == {
        ("items", "attribute", "member"),
        ("addItem", "method", "member"),
    }
    found = scripts.at("src/now.ts", "import { Cart } from './cart'\nnew Cart().add|")
    assert [item.label for item in found.items] == ["addItem"]


def test_what_is_not_known_is_guessed_from_counts(scripts: Desk) -> None:
    found = scripts.at("src/now.ts", "subscribe(two).|")
    assert (found.items[0].label, found.items[0].source) == ("next", "codemodel")


def test_names_of_other_files_and_of_the_language_are_offered(scripts: Desk) -> None:
    found = scripts.at("src/parts/now.ts", "const x = filt|")
    assert [(item.label, item.source, item.detail) for item in found.items] == [("filtered", "project", "src/cart.ts")]
    assert "undefined" in [item.label for item in scripts.at("src/now.ts", "const x = und|").items]
    assert "Inner" in [item.label for item in scripts.at("src/parts/now.ts", "Inn|").items]


def test_paths_of_imports_go_on_with_files_and_folders(scripts: Desk) -> None:
    found = scripts.at("src/now.ts", "import { x } from './|'")
    assert [item.label for item in found.items] == ["cart", "parts"]
    found = scripts.at("src/now.ts", "const { x } = require('./parts/o|')")
    assert [(item.label, item.insert_text) for item in found.items] == [("one", "one")]
    assert scripts.at("src/now.ts", "const x = './|'").items == ()
    assert scripts.at("src/now.ts", "import { x } from '../../../|'").items == ()


def test_headers_are_offered_with_their_suffix(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "list.h").write_text("int f(void);\n")
    (tmp_path / "a.c").write_text("")
    data = b'#include "lib/li'
    with Index.open(tmp_path) as index:
        index.update("a.c", data)
        found = complete_foreign(index, CodeModel(), "a.c", Position(0, len(data)))
    assert [item.label for item in found.items] == ["list.h"]


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("now.rs", "fn f(v: V) {\n    v.|\n}\n"),
        ("now.rs", "fn f() {\n    let v = V::|\n}\n"),
        ("now.go", "package shop\n\nfunc f(s S) {\n\ts.|\n}\n"),
        ("now.go", "package shop\n\nfunc f() {\n\tc := &Cart{|}\n}\n"),
        ("Now.java", "class Shop {\n    int total(Cart cart) {\n        int sum = cart.|\n    }\n}\n"),
    ],
)
def test_a_rest_of_line_after_a_dot_is_a_name_and_never_brackets_alone(desk: Desk, path: str, marked: str) -> None:
    for inline in desk.at(path, marked).inline:
        assert any(sign.isalnum() for sign in inline.text)
        assert inline.text[0].isalpha() or not marked.partition("|")[0].endswith((".", "::"))


@pytest.mark.parametrize(
    ("path", "marked", "text", "fits"),
    [
        ("a.ts", "class A {\n  |\n}\n", "ad }", False),
        ("a.ts", "class A {\n  |\n}\n", "add() {", True),
        ("a.ts", "const x = |\n", "f(a,", True),
        ("a.ts", "const x = |\n", "f(a))", False),
        ("a.ts", "if (a) {\n  |\n}\n", "else {", False),
        ("a.go", "package a\n\nfunc f() {\n\tx := |\n}\n", "g(1)", True),
        ("a.go", "package a\n\nfunc f() {\n\tx := |\n}\n", "}", False),
        ("a.rs", "fn f() {\n    let x = |\n}\n", "g(1);", True),
        ("a.rs", "fn f() {\n    let x = |\n}\n", "g(1", True),
        ("A.java", "class A {\n    int f() {\n        return |\n    }\n}\n", "g(1);", True),
        ("A.java", "class A {\n    int f() {\n        return |\n    }\n}\n", "g(1)) {", False),
        ("a.c", "int f(void) {\n  return |\n}\n", "g(1);", True),
        ("a.c", "int f(void) {\n  return |\n", "g(1);", True),
    ],
)
def test_what_brings_an_error_to_the_line_or_the_file_does_not_fit(
    path: str, marked: str, text: str, *, fits: bool
) -> None:
    head, _, tail = marked.partition("|")
    at = len(head.encode())
    assert fits_in(Document(path, (head + tail).encode()), Span(at, at), text) is fits


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
