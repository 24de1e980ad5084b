"""``fixbot bench faults`` and ``suspects``: cases out of a repository's past, where their fault is, and ranks told fairly."""

import ast
import json
from collections.abc import Callable, Mapping
from itertools import permutations
from pathlib import Path
from random import Random
from statistics import mean

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from fixbot_bench.faults.grounds import is_source
from fixbot_bench.faults.making import command as faults
from fixbot_bench.faults.mutating import Module, draw
from fixbot_bench.suspecting.cases import load, truth
from fixbot_bench.suspecting.command import command as suspects
from fixbot_bench.suspecting.ranks import Place, gains, place

Commit = Callable[[Path, Mapping[str, str], str], None]

SHOP = '''"""Sums."""


def total(prices, start=0):
    """All of them."""
    result = start
    for price in prices:
        if price is None:
            continue
        result += price
    return result


def mean(prices):
    return total(prices) / len(prices)
'''
TESTS = "from shop import mean, total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n\n\ndef test_mean():\n    assert mean([3, 5]) == 4\n"


@given(st.integers(0, 4), st.integers(1, 5), st.integers(1, 5), st.integers(1, 12))
def test_ties_are_told_as_chance_would_have_it(above: int, alike: int, faults: int, k: int) -> None:
    faults = min(faults, alike)
    found = Place(above, alike, faults, above + alike)
    orders = set(permutations([True] * faults + [False] * (alike - faults)))
    ranks = [above + order.index(True) + 1 for order in orders]
    assert found.within(k) == pytest.approx(mean(rank <= k for rank in ranks))
    assert found.rank == pytest.approx(mean(ranks))
    assert found.reciprocal == pytest.approx(mean(1 / rank for rank in ranks))


def test_a_fault_that_nothing_points_at_stands_behind_everything_else() -> None:
    found = place({"a": 2.0, "b": 1.0}, frozenset({"z"}), among=10)
    assert found.within(2) == 0.0
    assert found.rank == pytest.approx(2 + 9 / 2)


def test_the_best_placed_fault_counts() -> None:
    found = place({"a": 3.0, "b": 2.0, "c": 1.0}, frozenset({"b", "c"}), among=3)
    assert (found.rank, found.within(1), found.within(2)) == (2.0, 0.0, 1.0)


def test_a_gain_is_told_case_by_case() -> None:
    first, second = Place(0, 1, 1, 9), Place(1, 1, 1, 9)
    assert gains([first, second], [second, second])["@1"] == [0.5, 0.0, 1.0]
    assert gains([second], [second])["@3"] == [0.0, 0.0, 0.0]


def test_every_change_parses_and_is_one() -> None:
    module = Module(SHOP)
    changes = {k: c for f in module.functions for k, c in module.changes(f).items()}
    assert {"statement", "name", "arithmetic"} <= changes.keys()
    for each in changes.values():
        for change in each:
            assert ast.dump(ast.parse(change.of(SHOP))) != ast.dump(ast.parse(SHOP))


def test_changes_are_drawn_by_the_seed_and_only_where_tests_run() -> None:
    def drawn(seed: int) -> list[tuple[str, str, int]]:
        stream = draw([("shop.py", Module(SHOP))], lambda _, first, last: first <= 15 <= last, Random(seed))
        return [(c.kind, c.text, c.line) for _, c in (next(stream) for _ in range(6))]

    assert drawn(1) == drawn(1)
    assert {line for _, _, line in drawn(1)} == {15}


@pytest.mark.parametrize(
    ("path", "counts"),
    [("shop/a.py", True), ("tests/a.py", False), ("shop/test/a.py", False), ("setup.py", False), ("a.txt", False)],
)
def test_faults_are_put_into_sources_alone(path: str, counts: bool) -> None:
    assert is_source(path) is counts


def written(folder: Path, broken: str, right: str) -> tuple[Path, Path]:
    for name, text in (("broken", broken), ("right", right)):
        (folder / name).mkdir()
        (folder / name / "shop.py").write_text(text)
    return folder / "broken", folder / "right"


def test_an_edited_line_is_the_fault_and_so_is_its_function(tmp_path: Path) -> None:
    found = truth(*written(tmp_path, SHOP.replace("+= price", "+= 1"), SHOP))
    assert found.functions == {("shop.py", "total")}
    assert found.lines == {("shop.py", 10)}


def test_what_a_fix_adds_is_told_by_its_neighbours(tmp_path: Path) -> None:
    broken = SHOP.replace("        if price is None:\n            continue\n", "")
    found = truth(*written(tmp_path, broken, SHOP))
    assert found.functions == {("shop.py", "total")}
    assert found.lines == {("shop.py", 7), ("shop.py", 8)}


def test_a_new_function_edits_no_function_and_a_comment_edits_nothing(tmp_path: Path) -> None:
    found = truth(*written(tmp_path, SHOP, SHOP + "\n\ndef least(prices):\n    return min(prices)\n"))
    assert not found.functions
    (tmp_path / "again").mkdir()
    assert not truth(*written(tmp_path / "again", SHOP, SHOP.replace("def mean", "# the mean\ndef mean"))).lines


def invoked(command: object, *arguments: str) -> dict[str, object]:
    done = CliRunner().invoke(command, [*arguments, "--json"], standalone_mode=False)  # type: ignore[arg-type]
    assert done.exception is None, done.output
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_cases_out_of_a_repository_are_ranked(tmp_path: Path, commit: Commit) -> None:
    repository, out = tmp_path / "shop", tmp_path / "out"
    repository.mkdir()
    wrong = SHOP.replace("total(prices) / len(prices)", "total(prices) / 2 + 1")
    commit(
        repository, {"shop.py": wrong, "tests/test_shop.py": TESTS.partition("\n\n\ndef test_mean")[0] + "\n"}, "Add"
    )
    commit(repository, {"shop.py": SHOP, "tests/test_shop.py": TESTS}, "Fix the mean")

    made = invoked(faults, str(repository), "--mutants", "1", "--fixes", "1", "--out", str(out))
    assert len(made["mutants"]) == len(made["fixes"]) == 1  # type: ignore[arg-type]
    (fix,) = made["fixes"]  # type: ignore[misc]
    assert (out / "fixed" / fix / "shop.py").read_text() == SHOP
    assert (out / "cases" / fix / "shop.py").read_text() == wrong

    found = invoked(suspects, str(out), "--out", str(tmp_path / "ranked"))
    assert (found["cases"], found["with an edited function"], found["left"]) == (2, 2, {})
    assert found["shipped"]["function"]["@3"][0] == 1.0  # type: ignore[index]
    stored = tmp_path / "ranked" / "cases" / "instances" / fix
    case = load(
        fix,
        out / "cases" / fix,
        out / "fixed" / fix,
        stored,
        json.loads((stored / "result.json").read_text())["result"],
    )
    assert case.asked == ("tests/test_shop.py::test_mean",)
    failed = next(o for o in case.feedback.outcomes if o.test == case.asked[0])
    assert any(path == "shop.py" and 15 in lines for path, lines in failed.lines)
    assert case.project == "shop"


def test_an_undone_fix_is_ranked_with_the_past_before_it_and_none_of_what_came_after(
    tmp_path: Path, commit: Commit
) -> None:
    repository, out = tmp_path / "repos" / "shop", tmp_path / "out"
    repository.mkdir(parents=True)
    wrong = SHOP.replace("total(prices) / len(prices)", "total(prices) / 2 + 1")
    tests = TESTS.partition("\n\n\ndef test_mean")[0] + "\n"
    commit(repository, {"shop.py": wrong.replace("+= price", "+= 1"), "tests/test_shop.py": tests}, "Add")
    commit(repository, {"shop.py": wrong}, "Fix the total")
    commit(repository, {"shop.py": SHOP, "tests/test_shop.py": TESTS}, "Fix the mean")
    made = invoked(faults, str(repository), "--mutants", "0", "--fixes", "1", "--out", str(out))
    fix: str = made["fixes"][0]  # type: ignore[index]

    arguments = (str(out), "--past", str(tmp_path / "repos"), "--out", str(tmp_path / "ranked"))
    assert invoked(suspects, *arguments)["cases"] == 1

    stored = tmp_path / "ranked" / "cases" / "instances" / fix
    result = json.loads((stored / "result.json").read_text())["result"]
    folders = out / "cases" / fix, out / "fixed" / fix
    past = load(fix, *folders, stored, result, tmp_path / "repos").past
    assert past is not None
    assert past("shop.py", "total") > past("shop.py", "mean") == 0.0
    assert load(fix, *folders, stored, result).past is None
