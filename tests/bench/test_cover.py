"""The judge of written tests: what fails is taken out, branches are coverage.py's, mutants are noticed by plain pytest."""

import subprocess
import sys
from pathlib import Path

from fixbot_bench.covering.judging import judge, mutants

SHOP = "def size(n):\n    if n > 3:\n        return 'large'\n    return 'small'\n"
TESTS = """import pytest
from shop import size


@pytest.mark.parametrize("n", [4, 9])
def test_large(n):
    assert size(n) == "large"


def test_wrong():
    assert size(1) == "tiny"
"""


def test_judge(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "shop.py").write_text(SHOP)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    made = mutants(SHOP.encode(), 60, 1)
    assert made == mutants(SHOP.encode(), 60, 1)
    few = [m for m in made if m.name == "line 3: return 'large' to return None"]
    found = judge(tmp_path, "src/shop.py", TESTS, few, Path(sys.executable), 1)
    assert (found.passing, found.failing, found.branches) == (2, 1, 0.5)
    assert {m.name for m in made} == {
        "line 2: n > 3 to (not (n > 3))", "line 2: > to >=", "line 2: 3 to 4",
        "line 3: return 'large' to return None", "line 4: return 'small' to return None",
    }  # fmt: skip
    assert found.noticed == 1
    assert judge(tmp_path, "src/shop.py", "", made, Path(sys.executable), 2).noticed == 0
