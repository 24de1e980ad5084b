"""``fixbot bench complete``: holes in real files, what is hidden behind them, and the figures."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixbot_analysis.source import SourceTree
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.complete import command
from fixbot_bench.eyes.complete_judging import strays
from fixbot_bench.eyes.complete_weights import Sample, as_module, fit, ranks
from fixbot_bench.eyes.sites import Ranks, choose, cut, rank_of

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
    assert rows["fixbot"]["mrr"] > rows["the same members by alphabet"]["mrr"]
    assert "without definitions" in rows
    assert [(project / f"cart{n}.py").read_text() for n in range(3)] == [CART] * 3
    table = CliRunner().invoke(command, [str(project), "--positions", "3"], standalone_mode=False)
    assert "the same members by alphabet" in table.output


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
    arguments = [str(project), "--positions", "9", "--engine", f"lsp:{sys.executable} {server}", "--json"]
    done = CliRunner().invoke(command, arguments, standalone_mode=False)
    row = json.loads(done.stdout)["rows"][-1]
    assert row["hit"] == row["top1"] == pytest.approx(1 / 3, abs=0.001)


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
