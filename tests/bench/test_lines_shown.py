"""Suggested rests of lines: the curve, the reference, and what typing with them saves."""

import json
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner

from fixbot_agent.completing import Inline
from fixbot_analysis.index import Index
from fixbot_analysis.source import Position, SourceTree, Span
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.asking import Asker
from fixbot_bench.eyes.lines import command
from fixbot_bench.eyes.lines_shown import Frequent, Ours, Shot, curve, gaps, show, shown
from fixbot_bench.eyes.lines_typing import typing

LINE = "    total = compute(order.net)"


def test_the_curve_takes_the_surest_and_says_where_too_few_are_suggested() -> None:
    shots = [Shot("start", 0.9, right=True, begins=True), Shot("start", 0.8, right=True, begins=True)]
    shots += [Shot(".", 0.2, right=False, begins=True), *[Shot(".", None, right=False)] * 7]
    points = {point["shown"]: point["exact"] for point in curve(shots)}
    assert points == {0.05: None, 0.1: 1.0, 0.25: 1.0, 0.5: None}  # a twentieth of ten places is no place
    found = shown(shots)
    assert (found["suggested"], found["exact"], found["begins"]) == (0.3, 0.6667, 1.0)
    assert found["kinds"]["."] == {  # type: ignore[index]
        "places": 8, "suggested": 0.125, "exact": 0.0, "interval": [0.0, 0.0], "begins": 1.0,
    }  # fmt: skip


def test_gaps_stand_where_they_say_and_the_rest_is_hidden(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(f"def f(order):\n{LINE}\n    return 1\n")
    tree = SourceTree(tmp_path)
    lines = {"m.py": [(14, LINE)]}
    seen = {}
    for seed in range(40):
        gap = gaps(lines, tree, 5, seed)[0]
        assert gap.before + gap.rest == f"def f(order):\n{LINE}"
        seen[gap.kind] = gap.before[-1]
    assert seen.keys() == {"start", "=", "(", ".", "word"}
    assert (seen["("], seen["."]) == ("(", ".")
    with pytest.raises(DatasetError, match="no lines"):
        gaps({}, tree, 1, 1)


def test_the_reference_knows_other_files_and_the_text_above_only(tmp_path: Path) -> None:
    for name, line in (("a", "x = 1"), ("b", "x = 2"), ("c", "x = 2"), ("own", "x = 3\nx = 3\nx = 3")):
        (tmp_path / f"{name}.py").write_text(line + "\n")
    frequent = Frequent(SourceTree(tmp_path))
    assert frequent("own.py", "x =") == (" 2", 0.5)
    assert frequent("own.py", "x = 3\nx = 3\nx = 3\nx =") == (" 3", pytest.approx(3 / 7))
    assert frequent("own.py", "y") is None


def test_what_is_right_saves_keys_and_what_is_wrong_is_counted() -> None:
    def sure(path: str, before: str) -> tuple[str, float] | None:
        assert path == "m.py"
        return ("tal = compute(order.net)", 1.0) if before.endswith("to") else None

    whole = typing(sure, "m.py", f"{LINE}\n", 1000)
    assert whole.characters == len(LINE.strip()) + 1
    assert whole.by_lines == whole.by_words == len("to") + 1 + 1
    assert (whole.shown, whole.wrong) == (1, 0)

    def half(_path: str, before: str) -> tuple[str, float] | None:
        return ("tal = compute(other)", 1.0) if before.endswith("to") else None

    partly = typing(half, "m.py", f"{LINE}\n", 1000)
    assert partly.by_lines == partly.characters
    assert (
        partly.by_words == len("to") + 4 + len("order.net)") + 1
    )  # "tal", "=", "compute" and "("; "o" is no word here
    assert (partly.shown, partly.wrong) == (1, 1)
    assert typing(half, "m.py", "abc\n" * 100, 20).characters == 20


def test_the_command_tells_both_engines_at_the_same_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(12):
        body = "".join(f"    value{n} = shop{number}.part{n}(order, {n})\n" for n in range(12))
        (tmp_path / f"m{number}.py").write_text(f"def f{number}(order):\n{body}")
    asked = [str(tmp_path), "--positions", "2", "--shown", "6", "--typed", "30"]
    done = CliRunner().invoke(command, [*asked, "--json"], standalone_mode=False)
    document = json.loads(done.stdout)["suggestions"]
    assert document["places"] == 6
    assert [row["engine"] for row in document["rows"]] == ["fixbot", "the most frequent line that begins so"]
    assert all(row["typing"]["characters"] >= 30 for row in document["rows"])
    show(document)
    assert "exactly right" in capsys.readouterr().out


class Recorder:
    """Stands where index and model stand, and keeps what was opened."""

    def __init__(self, root: Path) -> None:
        self.index = Index.open(root)
        self.opened: dict[str, bytes] = {}

    def open(self, path: str, data: bytes) -> None:
        self.opened[path] = data

    def rest(self, path: str, position: Position) -> Inline | None:
        end = len(self.opened[path])
        return Inline(f"{path}{position.line}\nmore", Span(end, end), 0.5, "codemodel")


def test_files_are_whole_again_when_another_is_cut(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.py").write_text("x = 1\ny = 2\n")
    recorder = Recorder(tmp_path)
    ours = Ours(cast("Asker", recorder))
    assert ours("a.py", "x =") == ("a.py0", 0.5)
    assert ours("b.py", "x = 1\n") == ("b.py1", 0.5)
    assert recorder.opened == {"a.py": b"x = 1\ny = 2\n", "b.py": b"x = 1\n"}
