"""Tests that lack a module or a plug-in are no fault of the project: they are left out of what is mended, and that is said."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fixbot_agent.solving.proving.lacking import Lacking
from fixbot_agent.solving.proving.unbuilt import Project, ignored, unbuilt
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus

CODE = "def total(prices):\n    return sum(prices) + 1\n"
PLAIN = "from shop import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n    assert total([]) == 0\n    assert total([5]) == 5\n"
TIMED = "from shop import total\n\n\ndef test_speed(no_such_stopwatch):\n    assert no_such_stopwatch(total, [1]) == 1\n\n\ndef test_name():\n    assert total.__name__ == 'total'\n"


def solve(root: Path, files: dict[str, str], *said: str) -> tuple[int, dict[str, object]]:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    who = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    for args in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "start"]):
        subprocess.run(["git", *args], cwd=root, check=True, capture_output=True)
    argv = [sys.executable, "-m", "fixbot_agent.cli", "solve", *said, "--no-model", "--timeout", "600", "--json"]
    done = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def test_a_missing_fixture_is_left_out_and_the_fault_is_mended(tmp_path: Path) -> None:
    code, report = solve(tmp_path / "shop", {"shop.py": CODE, "test_shop.py": PLAIN, "test_speed.py": TIMED})
    assert (code, report["status"]) == (0, "plausible")
    assert report["verification"]["failed_before"] == ["test_shop.py::test_total"]  # type: ignore[index]
    said = [w for w in report["warnings"] if "no_such_stopwatch" in w and "--python" in w]  # type: ignore[attr-defined]
    assert said
    assert said[0].startswith("1 failing test is left out")


def test_where_nothing_else_fails_the_interpreter_is_asked_for(tmp_path: Path) -> None:
    files = {"shop.py": CODE, "test_speed.py": TIMED}
    code, report = solve(tmp_path / "shop", files)
    assert (code, report["status"]) == (1, "needs-info")
    assert "a fixture 'no_such_stopwatch'" in str(report["question"])


def outcome(message: str, frames: tuple[tuple[str, int, str], ...] = ()) -> TestOutcome:
    return TestOutcome("tests/test_a.py::test_it", TestStatus.ERROR, message=message, frames=frames)


@pytest.mark.parametrize(
    ("failed", "lacks"),
    [
        (outcome("ModuleNotFoundError: No module named 'requests'"), True),
        (outcome("ModuleNotFoundError: No module named 'shop.extra'"), False),  # its own: that may be the fault
        (outcome("fixture 'benchmark' not found"), True),
        (outcome("FixtureLookupError: ('benchmark', <FixtureRequest for <Function test_speed>>)"), True),
        (outcome("LookupError: fixture 'x' not found", (("shop.py", 3, "find"),)), False),  # the project says so itself
        (outcome("AssertionError: assert 1 == 2"), False),
    ],
)
def test_what_no_patch_can_bring(failed: TestOutcome, lacks: bool) -> None:
    assert bool(Lacking.of(Feedback(outcomes=(failed,)), Project(["shop.py"])).outcomes) is lacks


SCM = '[build-system]\nrequires = ["setuptools_scm"]\n\n[tool.setuptools_scm]\nversion_file = "shop/_version.py"\n'
ISSUE = "`total` is wrong\n\n```python\n>>> from shop import total\n>>> total([1, 2])\n4\n```\n\nIt should be `3`.\n"


@pytest.mark.parametrize("said", [(), ("issue.md",)])
def test_a_project_that_was_never_built_is_not_searched_but_asked_about(tmp_path: Path, said: tuple[str, ...]) -> None:
    files = {"pyproject.toml": SCM, "shop/__init__.py": f"from ._version import version\n{CODE}", "issue.md": ISSUE}
    code, report = solve(tmp_path / "shop", {**files, "tests/test_shop.py": PLAIN}, *said)
    assert (code, report["status"], report["trials"]) == (1, "needs-info", 0)
    question = str(report["question"])
    assert "no module 'shop._version': pyproject.toml names shop/_version.py, which is not there" in question
    assert "pip install -e" in question


GONE = "ModuleNotFoundError: No module named '{}'"


@pytest.mark.parametrize(
    ("message", "files", "why"),
    [
        (GONE.format("shop._version"), {"pyproject.toml": 'version-file = "src/shop/_version.py"', "src/shop/a.py": ""}, "names"),
        (GONE.format("shop._version"), {"pyproject.toml": 'write_to = "shop/_version.py"', "src/shop/a.py": ""}, "names"),
        ("ImportError: cannot import name '_v' from 'shop' (a.py)", {"setup.cfg": "file = shop/_v.py\n", "shop/a.py": ""}, "names"),
        (GONE.format("shop._fast"), {"setup.py": 'Extension("shop._fast", ["c/fast.c"])', "shop/a.py": ""}, "compiled"),
        (GONE.format("shop._fast"), {"pyproject.toml": 'module-name = "shop._fast"', "shop/a.py": ""}, "compiled"),
        (GONE.format("shop._fast"), {"shop/_fast.pyx": "", "shop/a.py": ""}, "shop/_fast.pyx has not been compiled"),
        (GONE.format("shop.sale_pb2"), {"proto/sale.proto": "", "shop/a.py": ""}, "proto/sale.proto has not been compiled"),
        (GONE.format("shop"), {"libs/shop/pyproject.toml": "", "libs/shop/shop/__init__.py": ""}, "not installed"),
        (GONE.format("shop"), {"pyproject.toml": 'python-source = "python"', "python/shop/__init__.py": ""}, "not installed"),
        (
            "PackageNotFoundError: No package metadata was found for my-shop",
            {"pyproject.toml": 'name = "my_shop"\n', "shop/a.py": ""},
            "pyproject.toml calls the project so",
        ),
        ("PackageNotFoundError: shop", {"setup.cfg": "[metadata]\nname = shop\n", "shop/a.py": ""}, "setup.cfg calls"),
        # What may be the very fault:
        (GONE.format("shop.tilll"), {"setup.py": 'packages=["shop", "shop.till"]', "shop/till.py": ""}, ""),
        (GONE.format("shop.till"), {"setup.py": 'scripts = "shop/till.py"', "shop/till.py": ""}, ""),  # it is there
        (GONE.format("shop._version"), {"pyproject.toml": 'omit = "other/shop/_version.py"', "shop/a.py": ""}, ""),
        (GONE.format("helper"), {"pyproject.toml": "", "tests/helper/__init__.py": ""}, ""),
        ("PackageNotFoundError: shpo", {"setup.cfg": "[metadata]\nname = shop\n", "shop/a.py": ""}, ""),
        ("AssertionError: No module named 'shop._version'", {"pyproject.toml": '"shop/_version.py"', "shop/a.py": ""}, ""),
    ],
)  # fmt: skip
def test_what_a_build_would_bring_is_told_by_the_project_itself(message: str, files: dict[str, str], why: str) -> None:
    found = unbuilt(message, Project(list(files), lambda path: files[path].encode()))[1]
    assert why in found
    assert bool(found) is bool(why)


def test_what_git_ignores_was_made_outside_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / ".gitignore").write_text("*/_made.py\n")
    project = Project(["src/shop/a.py"], ignores=lambda path: ignored(tmp_path, path))
    assert unbuilt(GONE.format("shop._made"), project)[1] == "git leaves src/shop/_made.py out of the repository"
    assert not unbuilt(GONE.format("shop.made"), project)[1]
