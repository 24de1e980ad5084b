"""``fixbot bench misses``: why cases are not repaired, told without trying a candidate."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixbot_analysis.source import Span
from fixbot_bench.reach import misses
from fixbot_bench.reach.known import Known
from fixbot_bench.reach.ordered import Case, Standing, standing, table
from fixbot_repair.candidates.edit import Edit, Patch
from fixbot_repair.localisation import Localisation, Suspect

WRONG = "def least(a, b):\n    return a if a > b else b\n\n\ndef most(a, b):\n    return a if a > b else b\n"
RIGHT = WRONG.replace("a > b", "a < b", 1)
MORE = RIGHT.replace("return a if a > b else b", "return ledger.most(a, b, 7)")
TEST = "from shop import least\n\n\ndef test_least():\n    assert least(1, 2) == 1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, mended in (("order", RIGHT), ("other", MORE)):
        for kind, text in (("cases", WRONG), ("fixed", mended)):
            (tmp_path / kind / name).mkdir(parents=True)
            (tmp_path / kind / name / "shop.py").write_text(text)
        (tmp_path / "cases" / name / "test_shop.py").write_text(TEST)
    return tmp_path


def stands(
    folder: Path, name: str, suspects: tuple[Suspect, ...], *, failing: bool = True, within: int = 50
) -> Standing:
    known = Known(("test_shop.py::test_least",) if failing else (), ("assert 2 == 1",), False, Localisation(suspects))
    return standing(Case(folder / "cases" / name, folder / "fixed" / name), known, None, 500, within)


HERE = Suspect("shop.py", 2, "least", 1.0)
THERE = tuple(Suspect("shop.py", 6, "most", 0.9) for _ in range(40))


def test_a_fix_that_is_made_early_is_in_time(folder: Path) -> None:
    found = stands(folder, "order", (HERE,))

    assert (found.miss, found.suspect, found.reached, found.places) == ("in time", 1, 1, 1)
    assert found.position is not None
    assert found.position <= 10
    assert "operator.comparison" in found.source


@pytest.mark.parametrize(
    ("name", "suspects", "failing", "within", "miss"),
    [
        ("order", (HERE,), False, 50, "nothing fails"),
        ("order", (HERE,), True, 0, "made late"),
        ("order", THERE, True, 50, "suspected late"),
        ("order", (*THERE, HERE), True, 0, "suspected late"),
        ("other", (HERE,), True, 50, "not made"),
    ],
)
def test_each_miss_has_its_reason(
    folder: Path, name: str, suspects: tuple[Suspect, ...], failing: bool, within: int, miss: str
) -> None:
    assert stands(folder, name, suspects, failing=failing, within=within).miss == miss


def test_a_patch_mends_a_case_whatever_its_layout(folder: Path) -> None:
    case = Case(folder / "cases" / "order", folder / "fixed" / "order")
    at = WRONG.index("a > b")

    def patched(span: Span, text: str) -> bool:
        return case.is_mended_by(Patch((Edit("shop.py", span, text),)))

    assert patched(Span(at, at + 5), "(a < b)")
    assert not patched(Span(at, at + 5), "a <= b")
    assert not patched(Span(WRONG.rindex("a > b"), WRONG.rindex("a > b") + 5), "a < b")


def test_the_command_runs_the_tests_once_and_prints_a_row_a_case(folder: Path, tmp_path: Path) -> None:
    arguments = [str(folder), "--out", str(tmp_path / "out"), "--only", "order", "--plain"]
    done = CliRunner().invoke(misses.command, [*arguments, "--json"], standalone_mode=False)
    document = json.loads(done.stdout)
    kept = tmp_path / "out" / "instances" / "order" / "result.json"
    written = kept.stat().st_mtime_ns
    again = CliRunner().invoke(misses.command, arguments, standalone_mode=False)

    assert document["misses"]["in time"] == 1
    assert document["cases"][0]["case"] == "order"
    assert "in time" in again.output
    assert kept.stat().st_mtime_ns == written


def test_a_table_has_a_head_and_a_row_for_each(folder: Path) -> None:
    rows = list(table([stands(folder, "order", (HERE,)), stands(folder, "other", (HERE,))]))

    assert len(rows) == 3
    assert "position" in rows[0]
    assert "-" in rows[2]
