"""The guest works on every interpreter there is, with pytest where it has one and without."""

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.debugging import Debugger, Question
from fixbot_repair.environment import Environment
from fixbot_repair.errors import EnvironmentFailure
from fixbot_repair.sandbox import Sandbox
from fixbot_repair.workspace import GUEST, Workspace

Make = Callable[..., Path]

TESTS = """
import time
import unittest
from pkg import half

def setUpModule():
    pass

class TestHalf(unittest.TestCase):
    def test_good(self):
        self.assertEqual(half(4), 2)
    def test_bad(self):
        self.assertEqual(half(4), 3)
    def test_raise(self):
        half(3)
    def test_parts(self):
        for n in range(3):
            with self.subTest(n=n):
                self.assertEqual(n, 1)
    @unittest.skip("later")
    def test_skip(self):
        pass
    @unittest.expectedFailure
    def test_expected(self):
        self.fail()
    def test_slow(self):
        time.sleep(60)
"""
EXPECTED = {
    "test_bad": "failed",
    "test_expected": "xfailed",
    "test_good": "passed",
    "test_parts": "failed",
    "test_raise": "failed",
    "test_skip": "skipped",
    "test_slow": "timeout",
}
FILES = {
    "pkg/__init__.py": "def half(n):\n    if n % 2:\n        raise ValueError(n)\n    return n // 2\n",
    "tests/test_unit.py": TESTS,
    "tests/test_broken.py": "import absent\n",
}


def pythons() -> Iterator[object]:
    from shutil import which

    names = [f"3.{minor}" for minor in range(6, 15)]
    for name in names:
        kept = sorted((Path.home() / ".pyenv" / "versions").glob(f"{name}.*/bin/python"))
        found = str(kept[-1]) if kept else which(f"python{name}")
        reason = f"there is no Python {name} on this machine"
        yield pytest.param(found, id=name, marks=[] if found else pytest.mark.skip(reason=reason))


@pytest.fixture(scope="module")
def environments() -> Callable[[str], Environment]:
    def find(python: str) -> Environment:
        try:
            return Environment.find(Path("/nonexistent"), Path(python))
        except EnvironmentFailure as error:
            pytest.skip(error.message)

    return find


def with_runner(environment: Environment, runner: str) -> Environment:
    """The environment as one that has this runner; skips the test where it has no pytest."""
    if runner == "unittest":
        return dataclasses.replace(environment, pytest="")
    if not environment.pytest:
        pytest.skip("this interpreter has no pytest")
    return environment


@pytest.mark.parametrize("python", list(pythons()))
@pytest.mark.parametrize("runner", ["unittest", "pytest"])
def test_every_interpreter(
    python: str, runner: str, environments: Callable[[str], Environment], make_repository: Make, plain: Sandbox
) -> None:
    environment = with_runner(environments(python), runner)
    with Workspace.create(make_repository(FILES), environment, plain) as workspace:
        tests = TestRunner(workspace, environment, plain)
        feedback = tests.run(trace=True, per_test_seconds=0.5)
        assert "pkg/__init__.py" in tests.loaded
    by_name = {o.test.rpartition("::")[2]: o for o in feedback.outcomes}
    broken = by_name.pop("tests/test_broken.py")
    assert {n: o.status.value for n, o in sorted(by_name.items())} == EXPECTED
    assert broken.message.endswith("'absent'") or "absent" in broken.message
    assert broken.frames[-1][:2] == ("tests/test_broken.py", 1)
    raised = by_name["test_raise"]
    assert raised.test == "tests/test_unit.py::TestHalf::test_raise"
    assert raised.message == "ValueError: 3"
    assert raised.frames[-1] == ("pkg/__init__.py", 3, "half")
    assert dict(raised.lines)["pkg/__init__.py"] == (2, 3)
    assert dict(by_name["test_good"].lines)["pkg/__init__.py"] == (2, 4)
    assert feedback.problems == ()


@pytest.mark.parametrize("python", list(pythons()))
def test_every_file_of_the_guest_compiles_everywhere(python: str) -> None:
    code = "import sys\nfor name in sys.argv[1:]: compile(open(name, encoding='utf-8').read(), name, 'exec')"
    subprocess.run([python, "-I", "-S", "-c", code, *map(str, GUEST.glob("*.py"))], check=True)


def test_the_guest_needs_nothing_but_the_standard_library_and_pytest() -> None:
    import ast

    allowed = {*sys.stdlib_module_names, "pytest", "_pytest"}
    for file in GUEST.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {n.partition(".")[0] for n in names} <= allowed, file.name


@pytest.mark.parametrize(
    "hostile",
    ["unittest.TestCase.run = lambda self, result=None: result", "unittest.TestSuite.run = lambda s, r, d=0: r"],
)
def test_unittest_made_to_pass_is_not_believed(
    hostile: str, own_environment: Environment, make_repository: Make, plain: Sandbox
) -> None:
    environment = dataclasses.replace(own_environment, pytest="")
    top = make_repository({**FILES, "tests/test_a.py": f"import unittest\n{hostile}\n"})
    with Workspace.create(top, environment, plain) as workspace:
        feedback = TestRunner(workspace, environment, plain).run(
            ["tests/test_unit.py::TestHalf::test_bad", "tests/test_a.py"]
        )
    assert feedback.passing == ()
    assert "tests/test_unit.py::TestHalf::test_bad" in feedback.failing


SPIN = "import time\nwhile True: pass\n"
WORK = """
import time

def test_works():
    began = time.process_time()
    while time.process_time() - began < 0.5:
        pass

def test_waits():
    time.sleep(60)
"""


@pytest.mark.skipif(
    not Path("/proc/self/schedstat").exists(), reason="nobody counts how long a process waits for a core"
)
def test_waiting_for_a_core_is_no_time_of_a_test(
    own_environment: Environment, make_repository: Make, plain: Sandbox
) -> None:
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    other = subprocess.Popen([sys.executable, "-c", SPIN], start_new_session=True)
    try:
        with Workspace.create(make_repository({"test_m.py": WORK}), own_environment, plain) as workspace:
            feedback = TestRunner(workspace, own_environment, plain).run(per_test_seconds=0.7)
    finally:
        os.sched_setaffinity(0, cores)
        other.kill()
        other.wait()
    assert {o.test: str(o.status) for o in feedback.outcomes} == {
        "test_m.py::test_works": "passed",
        "test_m.py::test_waits": "timeout",
    }


def test_one_line_functions_are_traced(own_environment: Environment, make_repository: Make, plain: Sandbox) -> None:
    files = {"m.py": "def f(): return 1\ng = lambda: f()\n", "test_m.py": "import m\ndef test_m():\n    assert m.g()\n"}
    with Workspace.create(make_repository(files), own_environment, plain) as workspace:
        (outcome,) = TestRunner(workspace, own_environment, plain).run(trace=True).outcomes
    assert dict(outcome.lines) == {"m.py": (1, 2), "test_m.py": (3,)}


@pytest.mark.parametrize("python", list(pythons()))
@pytest.mark.parametrize("runner", ["unittest", "pytest"])
def test_the_debugger_on_every_interpreter(
    python: str, runner: str, environments: Callable[[str], Environment], make_repository: Make, plain: Sandbox
) -> None:
    environment = with_runner(environments(python), runner)
    with Workspace.create(make_repository(FILES), environment, plain) as workspace:
        debugger = Debugger(TestRunner(workspace, environment, plain))
        test = "tests/test_unit.py::TestHalf::test_good"
        seen = debugger.ask(
            Question(test, "pkg/__init__.py", 4, expressions=("n * 2", "[k for k in range(n) if k < n]"))
        )
        assert seen.stack[0] == ("pkg/__init__.py", 4, "half")
        assert seen.stack[1][2] == "test_good"
        assert (seen.locals, seen.values[0]) == ((("n", "4"),), ("n * 2", "8"))
        assert seen.values[1][1] == "[0, 1, 2, 3]"
        assert seen.outcome is not None
        assert seen.outcome.ok
        raised = debugger.ask(Question("tests/test_unit.py::TestHalf::test_raise", expressions=("n",)))
        assert raised.stack[0] == ("pkg/__init__.py", 3, "half")
        assert raised.values == (("n", "3"),)
        watched = debugger.ask(Question(test, "pkg/__init__.py", 2, expressions=("n",), watch=True))
        assert (watched.hits, watched.watched) == (1, (("4",),))
