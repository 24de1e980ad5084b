"""Judging: the same program, the same behaviour, another behaviour."""

from pathlib import Path

import pytest

from fixbot_bench.judging.judge import judge

BROKEN = (
    "def total(numbers):\n    result = 1\n    for number in numbers:\n        result += number\n    return result\n"
)
FIXED = BROKEN.replace("result = 1", "result = 0")
TEST = "from total import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n    assert total([5]) == 5\n"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "cases" / "total"
    folder.mkdir(parents=True)
    (folder / "total.py").write_text(BROKEN)
    (folder / "test_total.py").write_text(TEST)
    fixed = tmp_path / "fixed" / "total"
    fixed.mkdir(parents=True)
    (fixed / "total.py").write_text(FIXED)
    return folder


def patch(line: str, instead: str) -> str:
    lines = BROKEN.splitlines()
    at = lines.index(line)
    return f"--- a/total.py\n+++ b/total.py\n@@ -{at + 1} +{at + 1} @@\n-{line}\n+{instead}\n"


def verdict(case: Path, line: str, instead: str) -> tuple[bool, str]:
    judged = judge(case, case.parent.parent / "fixed" / case.name, patch(line, instead))
    return judged.correct, judged.how


def test_the_reference_itself(case: Path) -> None:
    assert verdict(case, "    result = 1", "    result = 0") == (True, "the same program as the reference")


def test_other_code_with_the_same_behaviour(case: Path) -> None:
    correct, how = verdict(case, "    return result", "    return result - 1")
    assert correct
    assert "agrees with the reference" in how


def test_code_that_only_passes_the_tests(case: Path) -> None:
    correct, how = verdict(case, "    return result", "    return result - 1 if result in (4, 6) else result")
    assert not correct
    assert "differs from the reference" in how


def test_where_a_function_lies_is_no_behaviour(tmp_path: Path) -> None:
    broken = "class Sum:\n    pass\n\n\ndef adder(n):\n    def add(m):\n        return n - m\n\n    return add, Sum\n"
    cases, fixed = tmp_path / "cases" / "adder", tmp_path / "fixed" / "adder"
    cases.mkdir(parents=True)
    fixed.mkdir(parents=True)
    (cases / "adder.py").write_text(broken)
    (cases / "test_adder.py").write_text(
        "from adder import adder\n\n\ndef test_add():\n    assert adder(1)[0](2) == 3\n"
    )
    (fixed / "adder.py").write_text(broken.replace("n - m", "n + m"))
    mended = "--- a/adder.py\n+++ b/adder.py\n@@ -7 +7 @@\n-        return n - m\n+        return m + n\n"

    judged = judge(cases, fixed, mended)
    assert judged.correct, judged.how


def test_a_patch_that_does_not_apply(case: Path) -> None:
    judged = judge(
        case, case.parent.parent / "fixed" / case.name, patch("    result = 1", "x").replace("result = 1", "no")
    )
    assert not judged.correct
