"""Trials are measured on a real small project, and judged as pytest judges them."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixbot_bench.errors import DatasetError
from fixbot_bench.trying.mutants import command as mutants
from fixbot_bench.trying.mutation import of_mutmut, own, some_functions
from fixbot_bench.trying.trials import command as trials

MODULE = "def small(x):\n    return x < 3 and x + 1 > 0\n\ndef unused(x):\n    return x - 2\n"
TESTS = "from m import small\n\ndef test_small():\n    assert small(2) and not small(3) and not small(-1)\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    top = tmp_path / "project"
    top.mkdir()
    (top / "m.py").write_text(MODULE)
    (top / "test_m.py").write_text(TESTS)
    identity = ("-c", "user.name=x", "-c", "user.email=someone@example.org")
    for arguments in (("init", "--quiet"), ("add", "--all"), (*identity, "commit", "--quiet", "--message=first")):
        subprocess.run(["git", *arguments], cwd=top, check=True)
    return top


def printed(command: Callable[..., object], *arguments: str) -> dict[str, object]:
    done = CliRunner().invoke(
        command, [*arguments, "--python", sys.executable, "--workers", "2", "--json"], standalone_mode=False
    )
    assert done.exception is None, done.output
    return json.loads(done.output)


def test_slips_are_single_and_in_functions():
    found = {m.name: m.data for m in own(MODULE.encode())}

    assert b"x <= 3 and" in found["line 2: < to <="]
    assert b"x < 3 or x" in found["line 2: and to or"]
    assert b"x - 3" in found["line 5: 2 to 3"]
    assert len(found) == 9
    with pytest.raises(DatasetError):
        own(b"def broken(:\n")


def test_trials_beside_pytest(project):
    said = printed(trials, str(project), "--module", "m.py", "--candidates", "9", "--reference", "3")

    assert said["same_verdict"] == "3 of 3"
    assert (said["ours"]["count"], said["pytest"]["count"]) == (9, 3)
    assert said["survived"] == 4  # two in what no test runs; x - 1 > 0 and x + 1 > 1 are not told apart


def test_mutants_that_mutmut_has_left_are_read_with_its_verdicts(project, tmp_path):
    made = "def x_small__mutmut_orig(x):\n    return x < 3 and x + 1 > 0\n\ndef x_small__mutmut_1(x):\n    return x <= 3 and x + 1 > 0\n"
    folder = tmp_path / "after" / "mutants"
    folder.mkdir(parents=True)
    (folder / "m.py").write_text(made)
    (folder / "m.py.meta").write_text(
        json.dumps({"exit_code_by_key": {"m.x_small__mutmut_1": 1, "m.x_small__mutmut_2": None}})
    )

    said = printed(mutants, str(project), "--module", "m.py", "--after", str(tmp_path / "after"))

    assert (said["mutants"], said["survived"], said["same_verdict"], said["other"]) == (1, 0, "1 of 1", [])
    with pytest.raises(DatasetError):
        of_mutmut(MODULE.encode(), tmp_path, "m.py")


def test_some_functions_stand_for_a_module_that_is_too_large():
    source = MODULE.encode()

    assert some_functions(source, None) == {"x_small", "x_unused"}
    assert some_functions(source, 1) == some_functions(source, 1) < {"x_small", "x_unused"}
    assert some_functions(source, 9) == some_functions(source, None)
