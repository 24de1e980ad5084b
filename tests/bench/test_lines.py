"""``fixbot bench lines``: which lines are asked for, and what is known of them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixbot_analysis.source import SourceTree
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.lines import WRONG, choose, command, held_out
from fixbot_bench.eyes.lines_places import shape


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    for number in range(24):
        body = "".join(f"    value{n} = shop{number}.part{n}(order, {n})\n" for n in range(12))
        (root / f"m{number}.py").write_text(
            f'def f{number}(order):\n    """Prose of\n    some words = here.\n    """\n{body}'
        )
    return root


def test_lines_are_statements_beside_others_of_their_kind(project: Path) -> None:
    tree = SourceTree(project)
    paths = held_out(tree, seed=1)
    places = choose(tree, paths, 10, seed=1)
    assert len(paths) == 2
    for place in places:
        text = (project / place.path).read_text()
        assert text.startswith(place.before + place.line + "\n")
        assert "words" not in place.line
        assert len(set(place.wrong)) == WRONG
        assert {shape(line) for line in place.wrong} == {shape(place.line)}
        assert not [line for line in place.wrong if line in text]


def test_shapes() -> None:
    assert shape("    return a + b") == (4, "return")
    assert shape("\tx.y = f(1)") == (8, "assignment")
    assert shape("f(a=1)") == (0, "other")
    assert shape("# a comment of words") is None
    assert shape("x") is None


def test_too_small_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="fewer than two"):
        held_out(SourceTree(tmp_path), 1)


def test_the_command_measures_both_models_on_the_same_lines(project: Path) -> None:
    result = CliRunner().invoke(
        command, [str(project), "--positions", "5", "--shown", "0", "--json"], standalone_mode=False
    )
    document = json.loads(result.stdout)
    nested, *others = document["rows"]
    assert [row["model"] for row in others[:2]] == ["nested, one constant", "nested, without packages"]
    assert all(row["tokens"] == nested["tokens"] > 0 for row in others)
    assert 0 < nested["mrr"] <= 1
    assert nested["bits"] > 0
