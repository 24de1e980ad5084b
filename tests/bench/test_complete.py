"""``fixbot bench complete``: holes in real files, what is hidden behind them, and the figures."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixbot_agent.cli.progress import Bar
from fixbot_analysis.source import Document, SourceTree, language_of
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.complete import command
from fixbot_bench.eyes.complete_judging import strays
from fixbot_bench.eyes.complete_kinds import choose_all, names
from fixbot_bench.eyes.complete_servers import Server, shown
from fixbot_bench.eyes.complete_weights import Sample, as_module, fit, ranks
from fixbot_bench.eyes.sites import Hole, Ranks, choose, cut, rank_of
from fixbot_bench.eyes.sites_foreign import choose_members

CART = "class Cart:\n    def total(self):\n        return self.tax + self.net\n\n    def show(self):\n        print(self.total())\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    for number in range(3):
        (root / f"cart{number}.py").write_text(CART)
    (root / "broken.py").write_text("x.y = (\n")
    return root


def test_holes_are_attributes_and_the_text_ends_there(project: Path) -> None:
    holes = choose(SourceTree(project), 100, seed=1)
    assert len(holes) == 9
    assert {hole.member for hole in holes} == {"tax", "net", "total"}
    for hole in holes:
        assert hole.text.endswith(b"self.")
        assert CART.startswith(hole.text.decode() + hole.member)
    assert choose(SourceTree(project), 4, seed=7) == choose(SourceTree(project), 4, seed=7)


FOREIGN = {
    "a.rs": ('use std::io;\nfn f(c: Cart) -> u8 { c.go("x.y"); Cart::new() }  // a.b\n', {"go", "new"}),
    "a.ts": ("import { x } from './b.c';\nconst y = x?.first.second;\n", {"first", "second"}),
    "a.c": ("int f(struct a *b) { return b->c + d.e; }\n", {"c", "e"}),
    "A.java": ("package a.b;\nimport c.d.E;\nclass A { int f() { return e.g(() -> h); } }\n", {"g"}),
}  # fmt: skip


@pytest.mark.parametrize("path", FOREIGN)
def test_members_of_other_languages_are_those_of_the_syntax(tmp_path: Path, path: str) -> None:
    text, members = FOREIGN[path]
    (tmp_path / path).write_text(text)
    language = language_of(path) or ""
    holes = choose_members(SourceTree(tmp_path), 100, 1, language)
    assert {hole.member for hole in holes} == members
    assert all(hole.text.endswith((b".", b"::", b"->")) for hole in holes)
    with pytest.raises(DatasetError):
        choose_members(SourceTree(tmp_path), 100, 1, "go")


def test_the_command_says_how_often_members_of_other_languages_are_known(tmp_path: Path) -> None:
    (tmp_path / "a.ts").write_text("class A { go() {} }\nnew A().go();\nunknown.go();\n")
    done = CliRunner().invoke(command, [str(tmp_path), "--language", "typescript", "--json"])
    row = json.loads(done.output)["rows"][0]
    assert (row["hit"], row["known"], row["known_true"]) == (1.0, 0.5, 1.0)
    done = CliRunner().invoke(command, [str(tmp_path), "--language", "typescript", "--kind", "all"])
    assert done.exit_code == 2


EVERY = """
from ä.shop import Base as B, tax
import os.path

@deco
class Cart(Base, metaclass=Meta):
    def total(self, net: Money) -> list[Money]:
        try:
            return compute(net, rate=tax)[place].é
        except (Wrong, KeyError):
            raise Other(f"{hidden}") from None
"""


def test_kinds_are_those_of_the_syntax() -> None:
    found: dict[str, set[str]] = {}
    data = EVERY.encode()
    for start, name, kind in names(Document("m.py", data)):
        assert data[start:].startswith(name.encode())
        found.setdefault(kind, set()).add(name)
    keywords = found.pop("keyword")
    assert found == {
        "module": {"ä", "shop", "os", "path"},
        "imported name": {"Base", "tax"},
        "decorator": {"deco"},
        "base class": {"Base"},
        "annotation": {"Money", "list"},
        "called name": {"compute"},
        "argument": {"net", "tax"},
        "name": {"Meta"},
        "argument's name": {"rate", "metaclass"},
        "subscript": {"place"},
        "attribute": {"é"},
        "exception": {"Wrong", "KeyError", "Other"},
    }
    assert {"from", "import", "class", "def", "return", "except", "None"} <= keywords


def test_up_to_two_letters_are_typed_and_never_the_whole_name(project: Path) -> None:
    holes = choose_all(SourceTree(project), 30, seed=3)
    assert {hole.kind for hole in holes} == {"attribute", "name", "called name", "keyword"}
    assert {hole.typed for hole in holes} == {0, 1, 2}
    for hole in holes:
        assert CART.startswith(hole.text.decode().removesuffix(hole.prefix) + hole.member)
        assert len(hole.prefix) < len(hole.member)
    assert choose_all(SourceTree(project), 30, seed=3) == holes


def test_an_editor_shows_what_goes_with_the_typed_letters() -> None:
    hole = Hole("m.py", b"re", "return", "keyword", 2)
    assert shown(["Regex", "free", "return", "report(x)", "order", "rate=", "re", "return"], hole) == [
        "return", "report", "re", "Regex", "free", "order", "rate",
    ]  # fmt: skip
    assert shown(["a.b.path", "sys"], Hole("m.py", b"p", "path", "module", 1)) == ["path"]


def test_what_follows_a_hole_is_on_no_disk_while_it_is_asked(project: Path) -> None:
    hole = choose(SourceTree(project), 1, seed=1)[0]
    with cut(project, hole) as whole:
        assert (project / hole.path).read_bytes() == hole.text
        assert whole.decode() == CART
    assert (project / hole.path).read_text() == CART


def test_a_project_without_attributes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no Python code"):
        choose(SourceTree(tmp_path), 1, seed=1)


def test_figures() -> None:
    assert rank_of("b", ["a", "b"]) == 2
    assert rank_of("c", ["a", "b"]) == 0
    figures = Ranks([1, 2, 0, 10], [0.001, 0.002, 0.003, 0.004]).figures()
    assert (figures["hit"], figures["top1"], figures["top5"], figures["mrr"]) == (0.75, 0.25, 0.5, 0.4)
    assert figures["median_ms"] == 3.0


def test_the_command_says_what_each_signal_adds_and_leaves_the_project_alone(project: Path) -> None:
    done = CliRunner().invoke(command, [str(project), "--positions", "6", "--ablate", "--json"], standalone_mode=False)
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    rows = {row["engine"]: row for row in document["rows"]}
    assert document["positions"] == 6
    assert rows["fixbot"]["hit"] > 0
    assert 0 < rows["fixbot"]["cpu_median_ms"] <= rows["fixbot"]["cpu_p95_ms"]
    assert rows["fixbot"]["mrr"] > rows["the same names by alphabet"]["mrr"]
    assert "without definitions" in rows
    assert [(project / f"cart{n}.py").read_text() for n in range(3)] == [CART] * 3
    table = CliRunner().invoke(command, [str(project), "--positions", "3"], standalone_mode=False)
    assert "the same names by alphabet" in table.output


SERVER = """
import json, sys
def read():
    length = 0
    while (line := sys.stdin.buffer.readline().strip()):
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return json.loads(sys.stdin.buffer.read(length)) if length else None
while (message := read()) is not None:
    items = [{"label": "zebra()", "sortText": "b"}, {"label": "tax", "sortText": "a"}]
    result = {"items": items} if message["method"].endswith("completion") else {}
    if "id" in message:
        body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
        sys.stdout.buffer.flush()
"""


def test_another_server_stands_beside_on_the_same_places(project: Path, tmp_path: Path) -> None:
    server = tmp_path / "server.py"
    server.write_text(SERVER)
    arguments = [
        str(project),
        "--positions",
        "9",
        "--engine",
        f"lsp:{sys.executable} {server}",
        "--settle",
        "0",
        "--json",
    ]
    done = CliRunner().invoke(command, arguments, standalone_mode=False)
    row = json.loads(done.stdout)["rows"][-1]
    assert row["hit"] == row["top1"] == pytest.approx(1 / 3, abs=0.001)


def test_a_server_that_ends_is_started_again_and_what_it_missed_is_counted(project: Path, tmp_path: Path) -> None:
    server = tmp_path / "server.py"
    server.write_text(
        SERVER.replace("    items = [", "    if b'net' in str(message).encode(): sys.exit()\n    items = [")
    )
    holes = [Hole("cart0.py", b"x.", "tax"), Hole("cart0.py", b"net.", "tax"), Hole("cart0.py", b"y.", "tax")]
    found = Server(f"{sys.executable} {server}", project, 0).measure(holes, Bar())
    assert (found.ranks, found.failed) == ((1, 0, 1), 1)
    server.write_text("import sys; sys.exit()")
    found = Server(f"{sys.executable} {server}", project, 0).measure(holes, Bar())
    assert (found.ranks, found.failed) == ((0, 0, 0), 3)


def test_what_is_offered_and_does_not_exist_is_counted_where_the_judge_knows(project: Path, tmp_path: Path) -> None:
    known = [frozenset({"a", "b"}), frozenset({"a", "b"}), frozenset({"a", "b"}), frozenset[str]()]
    figures = strays([["a", "b"], ["a", "x", "y"], ["x", "b"], ["x"]], known)
    assert figures == {"judged": 3, "stray_first": 0.3333, "stray_in_5": 0.6667, "stray_share": 0.4286}
    server = tmp_path / "server.py"
    server.write_text(SERVER)
    arguments = [str(project), "--positions", "9", "--judge", f"lsp:{sys.executable} {server}"]
    done = CliRunner().invoke(command, [*arguments, "--json"], standalone_mode=False)
    assert json.loads(done.stdout)["rows"][0]["judged"] == 3  # it knows of "tax" alone
    assert "at 3 places" in CliRunner().invoke(command, arguments, standalone_mode=False).output
    assert CliRunner().invoke(command, [str(project), "--judge", "vim"]).exit_code == 2


def test_an_engine_that_is_none_is_a_mistake_in_words(project: Path) -> None:
    wrong = CliRunner().invoke(command, [str(project), "--engine", "vim"])
    assert wrong.exit_code == 2
    assert "neither fixbot nor lsp:CMD" in wrong.output
    with pytest.raises(DatasetError, match="does not start"):
        CliRunner().invoke(
            command, [str(project), "--positions", "1", "--engine", "lsp:no-such-server"],
            standalone_mode=False, catch_exceptions=False,
        )  # fmt: skip


def test_weights_find_the_signal_that_tells() -> None:
    samples = [Sample(3, n % 3, (n % 3, 0, 1, 2), (0, 1, 1, 1), (1.0, 0.3, 0.2, 0.9)) for n in range(30)]
    weights = fit(samples, 2)
    assert weights[0] > 1
    assert ranks(samples, weights) == [1] * 30
    assert ranks([Sample(2, -1, (), (), ())], weights) == [0]
    scope: dict[str, dict[str, float]] = {}
    exec(as_module({"b": 0.5, "a": -1.25, "none": 0.0}, ["x"]), scope)
    assert scope["MEMBER_WEIGHTS"] == {"a": -1.25, "b": 0.5}
