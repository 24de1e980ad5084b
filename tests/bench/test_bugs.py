"""``fixbot bench bugs``: a tiny bug of its own is verified, laid out, and judged by its held-out tests."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixbot_bench.bugs import command, read_projects
from fixbot_bench.errors import DatasetError
from fixbot_bench.judging.judge import judge

SHOP = "def total(prices):\n    return sum(prices)\n\n\ndef mean(prices):\n    return total(prices) / len(prices)\n"
TESTS = "from shop import mean, total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n\n\ndef test_mean():\n    assert mean([3]) == 3\n"
HELD_OUT = "import pytest\nfrom shop import total\n\n\n@pytest.mark.parametrize('n', range(5))\ndef test_many(n):\n    assert total(range(n)) == n * (n - 1) // 2\n"
PATCH = "--- a/shop.py\n+++ b/shop.py\n@@ -1,2 +1,2 @@\n def total(prices):\n-    return sum(prices)\n+    return sum(prices, 1)\n"
FACTS = """kind = "wrong default"
summary = "Sums begin at one."
given = "tests"
place = "line"
far = false
fails = ["tests/test_shop.py::test_mean", "tests/test_shop.py::test_total"]
"""
TEST_PATCH = "--- a/tests/test_shop.py\n+++ b/tests/test_shop.py\n@@ -7,3 +7,7 @@\n \n def test_mean():\n     assert mean([3]) == 3\n+\n+\n+def test_fine():\n+    assert True\n"


@pytest.fixture
def split(tmp_path: Path) -> Path:
    root = tmp_path / "open" / "shop"
    for name, text in {
        "project/pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n',
        "project/shop.py": SHOP,
        "project/tests/test_shop.py": TESTS,
        "held_out/test_held_out.py": HELD_OUT,
        "bugs/sum.patch": PATCH,
        "bugs/sum.toml": FACTS,
        "bugs/sum.test.patch": TEST_PATCH,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return tmp_path / "open"


def check(split: Path) -> tuple[int, dict[str, object]]:
    done = CliRunner().invoke(
        command, [str(split), "--out", str(split.parent / "out"), "--json"], standalone_mode=False
    )
    return done.return_value, json.loads(done.stdout)


def test_a_sound_bug_is_laid_out_and_its_repairs_are_judged_by_the_held_out_tests(split: Path) -> None:
    code, document = check(split)
    assert (code, document["faults"], document["sound"], document["kind"]) == (0, [], 1, {"wrong default": 1})
    out = split.parent / "out"
    case, fixed, held_out = (out / part / "shop-sum" for part in ("cases", "fixed", "held_out"))
    assert (case / "shop.py").read_text() == SHOP.replace("sum(prices)", "sum(prices, 1)")
    assert "test_fine" in (case / "tests" / "test_shop.py").read_text()
    assert [path.name for path in fixed.rglob("*") if path.is_file()] == ["shop.py"]
    assert not (case / "held_out").exists()

    def verdict(line: str) -> tuple[bool, str]:
        patch = f"--- a/shop.py\n+++ b/shop.py\n@@ -2 +2 @@\n-    return sum(prices, 1)\n+    {line}\n"
        judged = judge(case, fixed, patch, held_out)
        return judged.correct, judged.how

    assert verdict("return sum(prices)") == (True, "the same program as the reference")
    assert verdict("return sum(prices, 1) - 1") == (True, "passes 5 held-out tests")
    assert verdict("return 3") == (False, "4 of 5 held-out tests fail")
    assert verdict("return (") == (False, "1 of 1 held-out tests fail")


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("bugs/sum.patch", "sum(prices)\n+", "min(prices)\n+", "a patch does not apply"),
        ("bugs/sum.toml", '"tests/test_shop.py::test_mean", ', "", "said was tests/test_shop.py::test_total"),
    ],
)
def test_what_is_not_as_it_says_is_named_and_not_laid_out(
    split: Path, file: str, old: str, new: str, fault: str
) -> None:
    path = split / "shop" / file
    path.write_text(path.read_text().replace(old, new))
    code, document = check(split)
    assert code == 1
    assert fault in json.dumps(document["faults"])
    assert not (split.parent / "out" / "cases").exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"wrong default"', '"typo"', "sum.toml says 'typo'"),
        ('place = "line"\n', "", "does not say 'place'"),
        ("= false", "= ", "cannot be read"),
        ('given = "tests"', 'given = "issue"', "given = 'issue'"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_names_the_file(split: Path, old: str, new: str, message: str) -> None:
    path = split / "shop" / "bugs" / "sum.toml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(DatasetError, match=message):
        read_projects(split)


def test_a_folder_without_projects(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="holds no PROJECT"):
        read_projects(tmp_path)
