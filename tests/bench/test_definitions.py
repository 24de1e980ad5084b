"""``fixbot bench definitions``: the comparison of definitions, with tags as ctags would write them, and with ctags itself."""

import json
from pathlib import Path

import pytest

from fixbot_agent.cli.app import run
from fixbot_agent.cli.progress import Bar
from fixbot_bench.eyes.ctags_rules import DIALECTS, Place
from fixbot_bench.eyes.definitions import Sample, compare

SOURCE = "package p\n\ntype Cart struct {\n\titems int\n}\n\nfunc Total() int {\n\ttype local struct{ a int }\n\treturn 1\n}\n"


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    (tmp_path / "cart.go").write_text(SOURCE)
    (tmp_path / "other.py").write_text("def ignored(): pass\n")
    with Bar() as bar:
        return Sample(tmp_path, "go", bar)


def tag(name: str, line: int, kind: str, **more: object) -> dict[str, object]:
    return {"name": name, "line": line, "kind": kind, "path": "cart.go", **more}


def test_what_stands_in_a_function_is_left_aside_on_both_sides(sample: Sample) -> None:
    tags = [tag("Cart", 3, "struct"), tag("items", 4, "member"), tag("Total", 7, "func"), tag("p", 1, "package")]
    found = compare(sample, tags)
    assert (found.precision, found.recall) == (1.0, 1.0)
    assert found.ours == {Place("cart.go", 3, "Cart"), Place("cart.go", 4, "items"), Place("cart.go", 7, "Total")}
    assert sum(found.aside.values()) == 3
    again = compare(sample, [*tags, tag("local", 8, "struct")])
    assert again.theirs == found.theirs


def test_each_side_pays_for_what_only_the_other_has(sample: Sample) -> None:
    found = compare(sample, [tag("Cart", 3, "struct"), tag("Missing", 9, "func")])
    assert (found.precision, found.recall) == (pytest.approx(1 / 3), 0.5)


def test_a_judge_clears_what_one_side_has_alone(sample: Sample) -> None:
    tags = [tag("Cart", 3, "struct"), tag("Wrong", 2, "func"), tag("Missed", 1, "func")]
    known = frozenset({Place("cart.go", 4, "items"), Place("cart.go", 1, "Missed")})
    found = compare(sample, tags, known)
    assert found.precision == pytest.approx(2 / 3)  # the judge knows items, and not Total
    assert found.recall == 0.5  # Wrong is no definition to the judge


def test_operators_are_spelled_alike() -> None:
    spelled = DIALECTS["cpp"].spelled
    assert [spelled(n) for n in ("operator ==", "operator std::vector<T>", 'operator ""_km', "total")] == [
        "operator==", "operator std::vector", 'operator""_km', "total",
    ]  # fmt: skip


@pytest.mark.needs("ctags")
def test_the_command_prints_figures_beside_those_of_ctags(sample: Sample, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "definitions", str(sample.root), "--language", "go", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["reference"], document["files"], document["definitions"]) == ("ctags", 1, 3)
    assert (document["precision"], document["recall"]) == (1.0, 1.0)


def test_a_language_that_is_not_there_is_said(sample: Sample, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "definitions", str(sample.root), "--language", "java"]) == 2
    assert "holds no file in java" in capsys.readouterr().err
