"""Projects on old and new interpreters are repaired from end to end, by their own Python and without a model."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Syntax and library of the interpreter at hand: what another one cannot read is not what is repaired.
FILES = {
    "3.6": "import typing\n\n\nclass Pair(typing.NamedTuple):\n    low: int = 0\n    high: int = 0\n",
    "3.8": "def bounds(low, high, /):\n    return (found := (low, high))\n",
    "3.11": "def group(error):\n    try:\n        raise ExceptionGroup('both', [error])\n    except* ValueError:\n        error = None\n    return error\n",
    "3.13": "type Row[T = int] = list[T]\n\n\ndef first[T](row: Row[T]) -> T:\n    return row[0]\n",
}  # fmt: skip
CORE = "\n\ndef inside(value, low, high):\n    return low <= value < high\n"
FIXED = "return low <= value <= high"
TESTS = """\
import unittest
from limits import core


class TestInside(unittest.TestCase):
    def test_within(self):
        self.assertTrue(core.inside(2, 1, 3))

    def test_ends(self):
        self.assertTrue(core.inside(1, 1, 3) and core.inside(3, 1, 3))

    def test_beyond(self):
        self.assertFalse(core.inside(0, 1, 3) or core.inside(4, 1, 3) or core.inside(3.5, 1, 3))
        self.assertFalse(core.inside(1, 3, 1) or core.inside(3, 3, 1))
"""


def interpreters() -> Iterator[object]:
    for version in FILES:
        kept = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
        named = shutil.which(f"python{version}")
        found = kept[-1] if kept else Path(named) if named else None
        reason = f"there is no Python {version} on this machine"
        yield pytest.param(version, found, id=version, marks=[] if found else pytest.mark.skip(reason=reason))


@pytest.mark.parametrize(("version", "python"), list(interpreters()))
def test_a_project_is_repaired(tmp_path: Path, version: str, python: Path) -> None:
    files = {
        "limits/__init__.py": "",
        "limits/core.py": FILES[version] + CORE,
        "tests/__init__.py": "",
        "tests/test_core.py": TESTS,
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    identity = ("-c", "user.name=someone", "-c", "user.email=someone@example.org")
    for arguments in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-q", "-m", "first")):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, env={**os.environ, "HOME": str(tmp_path)})

    argv = [
        sys.executable,
        "-m",
        "fixbot_agent.cli",
        "solve",
        "--no-model",
        "--python",
        str(python),
        "--timeout",
        "120",
        "--json",
    ]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)

    report = json.loads(done.stdout)
    assert (done.returncode, report["status"]) == (0, "plausible"), done.stderr
    assert f"+    {FIXED}" in report["patch"]
    assert report["verification"]["passed_after"] == ["tests/test_core.py::TestInside::test_ends"]
