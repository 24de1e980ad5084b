"""Tests of the project are run, and what they did is believed only where it is proven."""

import os
import re
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from fixbot_repair.checks import Feedback, TestStatus
from fixbot_repair.checks.command import SAID, UNPRINTED, split
from fixbot_repair.checks.tests import Runner, TestRunner, runner
from fixbot_repair.environment import Environment
from fixbot_repair.errors import EnvironmentFailure, SandboxError
from fixbot_repair.sandbox import Sandbox, choose
from fixbot_repair.workspace import Workspace

Make = Callable[..., Path]
Ready = Callable[..., TestRunner]

CODE = "def half(n):\n    if n % 2:\n        raise ValueError(n)\n    return n // 2\n"
TESTS = (
    "from code_ import half\n\ndef test_good():\n    assert half(4) == 2\n\ndef test_bad():\n    assert half(4) == 3\n"
)
GOOD, BAD = "test_it.py::test_good", "test_it.py::test_bad"


@pytest.fixture
def ready(make_repository: Make, own_environment: Environment, plain: Sandbox) -> Iterator[Ready]:
    """Make a runner for a project of these files."""
    open_ones: list[Workspace] = []

    def make(files: Mapping[str, str] | None = None, sandbox: Sandbox = plain, **more: str) -> TestRunner:
        top = make_repository({"code_.py": CODE, "test_it.py": TESTS, **(files or {})})
        open_ones.append(Workspace.create(top, own_environment, sandbox))
        return TestRunner(open_ones[-1], own_environment, sandbox)

    yield make
    for workspace in open_ones:
        workspace.close()


def bare_pytest(runner: Runner, *, autoload: bool = False) -> str:
    """What pytest itself would have said."""
    assert isinstance(runner, TestRunner)
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    variables = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    if autoload:
        del variables["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
    done = subprocess.run(argv, cwd=runner.workspace.path, env=variables, capture_output=True, text=True, check=False)
    return f"exit {done.returncode}\n{done.stdout}{done.stderr}"


def statuses(feedback: Feedback) -> dict[str, str]:
    return {o.test.rpartition("::")[2]: o.status.value for o in feedback.outcomes}


KINDS = """
    import time, unittest
    import pytest
    from code_ import half

    def test_pass(): assert half(4) == 2
    def test_fail():
        assert half(4) == 3
    def test_raise():
        half(3)
    @pytest.mark.skip(reason="later")
    def test_skip(): pass
    @pytest.mark.xfail
    def test_xfail(): assert 0
    @pytest.mark.xfail
    def test_xpass(): pass
    @pytest.mark.xfail(strict=True, reason="must")
    def test_strict(): pass
    @pytest.fixture
    def broken(): raise RuntimeError("no")
    def test_setup(broken): pass
    @pytest.fixture
    def late():
        yield
        raise RuntimeError("late")
    def test_teardown(late): pass
    @pytest.mark.parametrize("n", [2, 3])
    def test_param(n): half(n)
    class TestUnit(unittest.TestCase):
        def test_unit(self): self.assertEqual(half(2), 1)
        @unittest.expectedFailure
        def test_expected(self): self.fail()
    def test_slow(): time.sleep(60)
"""
EXPECTED = {
    "test_pass": "passed",
    "test_fail": "failed",
    "test_raise": "failed",
    "test_skip": "skipped",
    "test_xfail": "xfailed",
    "test_xpass": "xpassed",
    "test_strict": "xpassed",
    "test_setup": "error",
    "test_teardown": "error",
    "test_param[2]": "passed",
    "test_param[3]": "failed",
    "test_unit": "passed",
    "test_expected": "xfailed",
    "test_slow": "timeout",
}


def test_every_kind_of_outcome_with_places_and_lines(ready: Ready) -> None:
    tests = ready({"tests/test_kinds.py": KINDS, "tests/test_broken.py": "import absent\n"})
    ids = tests.collect()
    assert ids[:4] == (GOOD, BAD, "tests/test_kinds.py::test_pass", "tests/test_kinds.py::test_fail")
    feedback = tests.run([i for i in ids if "kinds" in i], trace=True, per_test_seconds=1.0)
    assert statuses(feedback) == EXPECTED
    assert feedback.problems == ()
    by_name = {o.test.rpartition("::")[2]: o for o in feedback.outcomes}
    assert by_name["test_raise"].message == "ValueError: 3"
    assert [f[0::2] for f in by_name["test_raise"].frames] == [
        ("tests/test_kinds.py", "test_raise"),
        ("code_.py", "half"),
    ]
    assert by_name["test_raise"].frames[-1][1] == 3
    assert dict(by_name["test_raise"].lines)["code_.py"] == (2, 3)
    assert dict(by_name["test_fail"].lines)["code_.py"] == (2, 4)
    assert "code_.py" in tests.loaded


def test_a_file_that_cannot_be_collected_is_an_error_with_its_place(ready: Ready) -> None:
    tests = ready({"test_broken.py": "import absent\n", "test_syntax.py": "def f(:\n"})
    feedback = tests.run()
    broken = {o.test: o for o in feedback.outcomes if o.status is TestStatus.ERROR}
    assert broken["test_broken.py"].message.startswith("ModuleNotFoundError")
    assert broken["test_broken.py"].frames[-1][:2] == ("test_broken.py", 1)
    assert broken["test_syntax.py"].frames[-1][:2] == ("test_syntax.py", 1)
    assert statuses(tests.run([GOOD])) == {"test_good": "passed"}
    tests.workspace.write({"test_broken.py": b"def test_now(): pass\n"})
    assert [o.status for o in tests.run(["test_broken.py"]).outcomes] == [TestStatus.PASSED] * 2


def test_order_and_selection(ready: Ready) -> None:
    tests = ready()
    assert [o.test for o in tests.run([BAD, GOOD]).outcomes] == [GOOD, BAD]  # the order they always run in
    assert [o.test for o in tests.run([BAD]).outcomes] == [BAD]
    assert tests.run([]).outcomes == ()
    absent = tests.run(["test_it.py::test_gone", "gone.py::test_a", GOOD])
    assert statuses(absent) == {"test_good": "passed", "test_gone": "error", "test_a": "error"}


@pytest.mark.parametrize("asked", ["test_a.py::TestT::test_p", "test_a.py::TestT"])
def test_a_function_or_a_class_is_all_that_it_holds(asked: str, ready: Ready) -> None:
    marked = "    @pytest.mark.parametrize('n', [1, '2::3'])\n    def test_p(self, n): pass\n"
    tests = ready({"test_a.py": f"import pytest\nclass TestT:\n{marked}def test_b(): pass\n"})
    found = tests.run([asked, "test_a.py::TestT::test_q"]).outcomes
    assert [(o.test, o.status) for o in found] == [
        ("test_a.py::TestT::test_p[1]", "passed"), ("test_a.py::TestT::test_p[2::3]", "passed"), ("test_a.py::TestT::test_q", "error")
    ]  # fmt: skip


def test_fail_fast_stops(ready: Ready) -> None:
    tests = ready({"test_a.py": "def test_a(): assert 0\ndef test_b(): pass\n"})
    assert statuses(tests.run(fail_fast=True)) == {"test_a": "failed"}


def test_no_tests_and_broken_tests_are_told_apart(ready: Ready, make_repository: Make) -> None:
    tests = ready({"test_it.py": "import absent\n"})
    with pytest.raises(EnvironmentFailure, match="absent"):
        tests.collect()
    tests.workspace.write({"test_it.py": b"x = 1\n"})
    assert tests.collect() == ()
    assert tests.run().problems == ("no test was found",)


# --- 27 to 35: what the project can do to its own results


FORGERIES = {
    "32 a hook that reports success": """
        import pytest
        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_makereport(item, call):
            outcome = yield
            report = outcome.get_result()
            report.outcome, report.longrepr = "passed", None
        """,
    "32 a hook that runs nothing": """
        import pytest
        @pytest.hookimpl(tryfirst=True)
        def pytest_pyfunc_call(pyfuncitem):
            return True
        """,
    "32 a hook that swallows what is raised": """
        import pytest
        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_call(item):
            outcome = yield
            outcome.force_result(None)
        """,
    "32 a hook that changes the report last": """
        import pytest
        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_logreport(report):
            report.outcome = "passed"
        """,
}


@pytest.mark.parametrize("case", FORGERIES)
def test_32_forged_results_are_not_believed(case: str, ready: Ready) -> None:
    tests = ready({"conftest.py": FORGERIES[case]})
    assert "2 passed" in bare_pytest(tests), "the forgery does not work on pytest itself"
    feedback = tests.run([BAD, GOOD])
    assert feedback.passing == () or BAD in feedback.failing
    assert BAD in feedback.failing
    assert any("sentinel" in p for p in feedback.problems) or GOOD in feedback.passing


def test_32_a_forged_result_of_one_test_only_is_seen(ready: Ready) -> None:
    tests = ready({
        "conftest.py": """
        import pytest
        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_makereport(item, call):
            outcome = yield
            if item.name == "test_bad":
                outcome.get_result().outcome = "passed"
        """
    })  # fmt: skip
    assert "2 passed" in bare_pytest(tests)
    assert statuses(tests.run()) == {"test_good": "passed", "test_bad": "failed"}


def test_32_printed_results_and_report_files_are_nothing(ready: Ready) -> None:
    forged = """
        import os, pathlib, sys
        def test_bad():
            print("PASSED test_it.py::test_bad\\n====== 2 passed in 0.01s ======")
            pathlib.Path("report.xml").write_text('<testsuite tests="2" failures="0"/>')
            for descriptor in range(3, 1100):
                try:
                    os.write(descriptor, b'{"kind": "test", "id": "test_it.py::test_bad", "status": "passed"}\\n')
                except OSError:
                    pass
            assert 0
        """
    tests = ready({"test_it.py": forged, "setup.cfg": "[tool:pytest]\naddopts = --junitxml=report.xml\n"})
    feedback = tests.run()
    assert statuses(feedback) == {"test_bad": "failed"}
    assert any("not the reporter's" in p for p in feedback.problems)


@pytest.mark.parametrize("how", ["os._exit(0)", "os.kill(os.getpid(), 9)", "ctypes.string_at(0)"])
def test_33_a_process_that_ends_early_passes_nothing(how: str, ready: Ready) -> None:
    tests = ready(
        {"test_a.py": f"import ctypes, os\ndef test_a(): pass\ndef test_out():\n    {how}\ndef test_z(): pass\n"}
    )
    feedback = tests.run()
    assert statuses(feedback) == {
        "test_a": "passed", "test_out": "error", "test_z": "passed", "test_good": "passed", "test_bad": "failed",
    }  # fmt: skip
    (out,) = [o for o in feedback.outcomes if o.test.endswith("test_out")]
    assert "process ended during this test" in out.message


@pytest.mark.parametrize(
    "text", ["import os; os._exit(0)", "import pytest; pytest.exit('no', 0)", "raise SystemExit(0)"]
)
def test_33_ending_while_collecting_passes_nothing(text: str, ready: Ready) -> None:
    tests = ready({"conftest.py": text})
    feedback = tests.run([GOOD, BAD])
    assert feedback.passing == ()
    assert set(feedback.failing) == {GOOD, BAD}
    assert feedback.problems
    with pytest.raises(EnvironmentFailure):
        tests.collect()


@pytest.mark.parametrize(
    "options",
    [
        "--co",
        "--setup-plan",
        "--maxfail=1",
        "--version",
        "--deselect test_it.py::test_bad",
    ],
)
def test_34_addopts_cannot_keep_tests_from_running(options: str, ready: Ready) -> None:
    tests = ready({"pytest.ini": f"[pytest]\naddopts = {options}\n"})
    feedback = tests.run([GOOD, BAD])
    assert BAD in feedback.failing
    if "deselect" not in options:
        assert GOOD in feedback.passing


def test_34_the_trap_is_one(ready: Ready) -> None:
    tests = ready({"pytest.ini": "[pytest]\naddopts = --co\n"})
    assert bare_pytest(tests).startswith("exit 0")


@pytest.mark.parametrize(
    ("hook", "status"),
    [
        ("def pytest_collection_modifyitems(items):\n    for i in items: i.add_marker(pytest.mark.skip)\n", "skipped"),
        ("def pytest_collection_modifyitems(items):\n    for i in items: i.add_marker(pytest.mark.xfail)\n", "xfailed"),
        (
            "def pytest_collection_modifyitems(items):\n    items[:] = [i for i in items if i.name != 'test_bad']\n",
            "error",
        ),
    ],
)
def test_35_a_test_that_is_skipped_or_dropped_has_not_passed(hook: str, status: str, ready: Ready) -> None:
    tests = ready({"conftest.py": "import pytest\n" + hook})
    assert bare_pytest(tests).startswith("exit 0")
    assert statuses(tests.run([BAD])) == {"test_bad": status}


@pytest.mark.parametrize("path", ["conftest.py", "sub/conftest.py", "pytest.ini"])
def test_27_test_settings_are_those_of_the_start(path: str, ready: Ready) -> None:
    tests = ready({"conftest.py": "", "sub/test_more.py": "def test_more(): assert 0\n"})
    forged = b"[pytest]\naddopts = -p no:python\n" if path.endswith("ini") else FORGERIES["32 a hook that runs nothing"]
    content = forged if isinstance(forged, bytes) else re.sub("^        ", "", forged, flags=re.MULTILINE).encode()
    tests.workspace.write({path: content})
    feedback = tests.run()
    assert statuses(feedback) == {"test_good": "passed", "test_bad": "failed", "test_more": "failed"}
    assert any(p.startswith(f"{path} was changed") for p in feedback.problems)
    assert tests.workspace.read(path) == content  # still there for whoever looks at the change


def test_28_a_plugin_of_addopts_runs_in_the_sandbox_only_and_cannot_forge(ready: Ready, tmp_path: Path) -> None:
    evil = "import pytest\n@pytest.hookimpl(tryfirst=True)\ndef pytest_pyfunc_call(pyfuncitem): return True\n"
    tests = ready({"evil.py": evil, "pytest.ini": "[pytest]\naddopts = -p evil\n"})
    feedback = tests.run([BAD])
    assert feedback.failing == (BAD,)
    assert any("sentinel" in p for p in feedback.problems)


def test_29_a_planted_plugin_is_not_loaded(ready: Ready) -> None:
    tests = ready({
        "evil.py": "import pathlib\npathlib.Path('marker').touch()\n",
        "evil-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n",
        "evil-1.0.dist-info/entry_points.txt": "[pytest11]\nevil = evil\n",
    })  # fmt: skip
    tests.run()
    assert not (tests.workspace.path / "marker").exists()
    bare_pytest(tests, autoload=True)
    assert (tests.workspace.path / "marker").exists(), "the trap is not one"


@pytest.mark.parametrize("name", ["pytest.py", "_pytest/__init__.py", "unittest.py"])
def test_30_a_module_that_shadows_the_runner_does_not_take_its_place(name: str, ready: Ready) -> None:
    tests = ready({name: "print('1 passed')\nraise SystemExit(0)\n"})
    assert statuses(tests.run()) == {"test_good": "passed", "test_bad": "failed"}


def test_31_variables_of_the_caller_do_not_reach_the_tests(ready: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PYTEST_ADDOPTS": "--co",
        "PYTHONPATH": "/evil",
        "PYTEST_PLUGINS": "evil",
        "API_KEY": "secret",
    }.items():
        monkeypatch.setenv(name, value)
    seen = "import os\ndef test_seen(): raise ValueError(sorted(os.environ))\n"
    tests = ready({"test_env.py": seen})
    feedback = tests.run(["test_env.py::test_seen"])
    assert "ValueError" in feedback.outcomes[0].message
    assert not re.search("API_KEY|PYTHONPATH|ADDOPTS|PYTEST_PLUGINS", feedback.outcomes[0].message)


# --- time, output, processes


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "import time\n    try:\n        time.sleep(60)\n    except BaseException:\n        time.sleep(60)",
    ],
)
def test_38_a_test_that_does_not_end_is_a_timeout_and_the_others_run(body: str, ready: Ready) -> None:
    tests = ready({"test_a.py": f"def test_loop():\n    {body}\n"})
    feedback = tests.run(per_test_seconds=0.5)
    assert statuses(feedback) == {"test_loop": "timeout", "test_good": "passed", "test_bad": "failed"}


def test_38_a_test_deaf_to_signals_costs_its_process(ready: Ready) -> None:
    deaf = "import signal, time\ndef test_deaf():\n    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n    time.sleep(60)\n"
    tests = ready({"test_a.py": deaf})
    feedback = tests.run(per_test_seconds=0.3)
    assert statuses(feedback) == {"test_deaf": "timeout", "test_good": "passed", "test_bad": "failed"}


def test_a_thread_that_does_not_end_keeps_nobody_waiting(ready: Ready) -> None:
    waits = "import threading\nthreading.Thread(target=threading.Event().wait).start()\ndef test_quick():\n    pass\n"
    feedback = ready({"test_a.py": waits}).run(per_test_seconds=20)
    assert statuses(feedback) == {"test_quick": "passed", "test_good": "passed", "test_bad": "failed"}


def test_37_output_does_not_disturb(ready: Ready) -> None:
    loud = "import os, sys\ndef test_loud():\n    for _ in range(300):\n        os.write(1, b'x' * 65536)\n    assert 'x' * 10**6 == ''\n"
    tests = ready({"test_a.py": loud})
    feedback = tests.run(["test_a.py::test_loud"])
    assert statuses(feedback) == {"test_loud": "failed"}
    assert len(feedback.outcomes[0].message) < 50_000


def test_tests_that_close_descriptors_or_fork_do_not_break_the_report(ready: Ready) -> None:
    tests = ready({
        "test_a.py": """
        import os
        def test_close():
            os.closerange(3, 256)
        def test_fork():
            if os.fork() == 0:
                raise SystemExit(1)  # pytest goes on in the child
            os.wait()
        """,
            "pytest.ini": "[pytest]\naddopts = -s\n",
    })  # fmt: skip
    feedback = tests.run()
    assert statuses(feedback) == {
        "test_close": "passed", "test_fork": "passed", "test_good": "passed", "test_bad": "failed",
    }  # fmt: skip


# --- where the code comes from


def test_a_src_layout_works_without_being_installed(ready: Ready) -> None:
    tests = ready(
        {"src/deep/__init__.py": "x = 1\n", "tests/test_deep.py": "from deep import x\ndef test_x(): assert x\n"}
    )
    feedback = tests.run(["tests/test_deep.py::test_x"])
    assert statuses(feedback) == {"test_x": "passed"}
    assert "src/deep/__init__.py" in tests.loaded
    assert any("src/" in p for p in feedback.problems)


def test_an_editable_install_leads_to_the_workspace(
    make_repository: Make, plain: Sandbox, own_environment: Environment, tmp_path: Path
) -> None:
    top = make_repository(
        {"src/deep/__init__.py": "x = 1\n", "test_deep.py": "import deep\ndef test_x(): assert deep.x == 2\n"}
    )
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(f"import sys\nsys.path.append({str(top / 'src')!r})\n")
    with Workspace.create(top, own_environment, plain, overlay={"src/deep/__init__.py": b"x = 2\n"}) as workspace:
        tests = TestRunner(workspace, own_environment, _With(plain, PYTHONPATH=str(site)))
        feedback = tests.run()
    assert statuses(feedback) == {"test_x": "passed"}
    assert feedback.problems == ()


def test_a_package_that_comes_from_elsewhere_is_said(
    make_repository: Make, plain: Sandbox, own_environment: Environment, tmp_path: Path
) -> None:
    top = make_repository(
        {"python/deep.py": "", "lib/deep.py": "", "test_deep.py": "import deep\ndef test_x(): pass\n"}
    )
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "deep.py").write_text("")
    with Workspace.create(top, own_environment, plain) as workspace:
        tests = TestRunner(workspace, own_environment, _With(plain, PYTHONPATH=str(tmp_path / "site")))
        feedback = tests.run()
        assert "lib/deep.py" not in tests.loaded
    assert any(p.startswith("deep was loaded from") for p in feedback.problems)


class _With:
    """A sandbox whose commands have further variables, as an environment of the project's may set them."""

    def __init__(self, inner: Sandbox, **variables: str) -> None:
        self.inner, self.variables, self.name = inner, variables, inner.name

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def run(self, argv: Sequence[str], policy: object, stdin: bytes = b"") -> object:
        import dataclasses

        environment = {**policy.environment, **self.variables}
        return self.inner.run(argv, dataclasses.replace(policy, environment=environment), stdin)


def test_plugins_are_loaded_where_the_tests_ask_for_them(ready: Ready) -> None:
    tests = ready({
        "test_a.py": "async def test_async():\n    assert True\n",
        "pytest.ini": "[pytest]\nasyncio_mode = auto\nfilterwarnings = ignore\n",
    })  # fmt: skip
    feedback = tests.run(["test_a.py::test_async"])
    assert statuses(feedback) == {"test_async": "passed"}
    assert any("plug-ins of the environment were loaded" in p for p in feedback.problems)


def test_addopts_for_a_plugin_that_is_missing_are_left_out(ready: Ready) -> None:
    tests = ready({"pytest.ini": "[pytest]\naddopts = --no-such-option\n"})
    feedback = tests.run()
    assert statuses(feedback) == {"test_good": "passed", "test_bad": "failed"}
    assert any("addopts were left out" in p for p in feedback.problems)


@pytest.fixture(params=["bwrap", "landlock"])
def real(request: pytest.FixtureRequest) -> Sandbox:
    """Each sandbox that works on this machine."""
    try:
        return choose(request.param)
    except SandboxError as error:
        pytest.skip(error.message)


SLEEPY = "import time\n\n" + "".join(f"def test_{n}():\n    time.sleep(0.25)\n\n" for n in range(40))


def test_what_there_is_no_time_for_is_counted_and_not_called_broken(ready: Ready, real: Sandbox) -> None:
    feedback = ready({"test_sleepy.py": SLEEPY}, real).run(trace=True, until=time.monotonic() + 4)

    assert {o.status.value for o in feedback.outcomes} == {"passed", "failed"}  # the one that fails by itself
    assert feedback.outcomes
    assert len(feedback.outcomes) + feedback.unrun == 42


def test_without_time_nothing_is_said_of_any_test(ready: Ready, real: Sandbox) -> None:
    feedback = ready(None, real).run(until=time.monotonic() - 1)

    assert (feedback.outcomes, feedback.problems) == ((), ())
    assert feedback.unrun


def test_a_command_that_takes_too_long_says_what_it_printed_by_then(ready: Ready, real: Sandbox) -> None:
    script = "import sys, time\nprint('test_a (t.T) ... ok', flush=True)\ntime.sleep(60)\n"
    workspace = ready({"run.py": script}, real).workspace

    feedback = runner(workspace, ("python", "run.py")).run(until=time.monotonic() + 3)

    assert [o.test for o in feedback.outcomes] == ["test_a (t.T)"]
    assert feedback.unrun


def test_it_works_in_the_real_sandboxes(real: Sandbox, ready: Ready) -> None:
    tests = ready({"tests/test_kinds.py": KINDS}, sandbox=real)
    feedback = tests.run(["tests/test_kinds.py"], trace=True, per_test_seconds=1.0)
    assert {k: v for k, v in statuses(feedback).items() if k in EXPECTED} == EXPECTED
    assert "code_.py" in tests.loaded


def test_an_environment_in_the_project_and_its_editable_install_lead_to_the_workspace(
    real: Sandbox, make_repository: Make
) -> None:
    test = "import deep, unittest\nclass T(unittest.TestCase):\n    def test_x(self): self.assertEqual(deep.x, 2)\n"
    top = make_repository({"src/deep.py": "x = 1\n", "test_deep.py": test, ".gitignore": ".venv\n"})
    venv.EnvBuilder(symlinks=True).create(top / ".venv")
    site = next((top / ".venv").glob("lib/python*/site-packages"))
    (site / "deep.pth").write_text(f"{top / 'src'}\n")
    environment = Environment.find(top)
    with Workspace.create(top, environment, real, overlay={"src/deep.py": b"x = 2\n"}) as workspace:
        tests = TestRunner(workspace, environment, real)
        assert statuses(tests.run()) == {"test_x": "passed"}
        assert "src/deep.py" in tests.loaded
        assert workspace.reset() == frozenset()
        assert statuses(tests.run()) == {"test_x": "passed"}


# --- a command of the project's own


def test_a_command_is_read_from_what_it_prints(ready: Ready) -> None:
    unit = "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        'In words.'\n    def test_b(self): self.fail()\n    @unittest.skip('no')\n    def test_c(self): pass\n"
    tests = runner(ready({"test_unit.py": unit}).workspace, split("python -m unittest -v test_unit"))
    feedback = tests.run()
    assert {o.test.partition(" ")[0]: o.status.value for o in feedback.outcomes} == {
        "test_a": "passed", "test_b": "failed", "test_c": "skipped",
    }  # fmt: skip
    assert SAID in feedback.problems
    one = runner(tests.workspace, split("python -m unittest -v {tests}")).run(
        [feedback.outcomes[0].test, "test_z (x.Y)"]
    )
    assert [o.status.value for o in one.outcomes] == ["passed", "error"]
    one = runner(tests.workspace, split("python -m unittest -v {tests}")).run([feedback.outcomes[0].test])
    assert [o.status.value for o in one.outcomes] == ["passed"]


def test_a_command_that_prints_nothing_is_an_error(ready: Ready) -> None:
    workspace = ready().workspace
    with pytest.raises(EnvironmentFailure, match="printed no result"):
        runner(workspace, ["true"]).collect()
    with pytest.raises(EnvironmentFailure):
        split("a 'b")


def test_pytest_under_another_name_is_run_by_us(ready: Ready) -> None:
    tests = runner(ready().workspace, split("python -m pytest -k good"))
    assert statuses(tests.run()) == {"test_good": "passed"}


def test_tests_for_pytest_need_pytest(make_repository: Make, own_environment: Environment, plain: Sandbox) -> None:
    import dataclasses

    without = dataclasses.replace(own_environment, pytest="")
    top = make_repository({"test_it.py": TESTS})
    with (
        Workspace.create(top, without, plain) as workspace,
        pytest.raises(EnvironmentFailure, match="does not have"),
    ):
        TestRunner(workspace, without, plain)


def test_a_conftest_that_raises_is_the_first_thing_said(ready: Ready) -> None:
    tests = ready({"conftest.py": "import json\n\njson.loads('{')\n"})
    with pytest.raises(EnvironmentFailure, match=r"no test can be collected: conftest\.py: JSONDecodeError: Expecting"):
        tests.collect()
    feedback = tests.run()
    assert feedback.problems[0].startswith("the tests could not be collected: conftest.py: JSONDecodeError: Expecting")
    assert not any("plug-in" in p or "addopts" in p for p in feedback.problems)
    assert [path for path, _ in feedback.uncollected] == ["conftest.py"]


@pytest.mark.parametrize("ids", [None, (GOOD, "test_odd.py::test_it"), (GOOD, "test_odd.py")])
def test_a_file_that_cannot_be_collected_is_no_failing_test(ready: Ready, ids: Sequence[str] | None) -> None:
    tests = ready({"test_odd.py": "import not_installed_anywhere\n\ndef test_it(): pass\n"})
    feedback = tests.run(ids)
    ((path, message),) = feedback.uncollected
    assert path == "test_odd.py"
    assert message == "ModuleNotFoundError: No module named 'not_installed_anywhere'"
    assert [o.collected for o in feedback.outcomes if o.test == GOOD] == [True]


def test_what_a_command_prints_of_a_function_is_all_its_parameters(ready: Ready) -> None:
    tests = ready({"say.py": "print('PASSED a.py::test_p[1]\\nFAILED a.py::test_p[2]\\nPASSED a.py::test_pq')"})
    command = runner(tests.workspace, ("python", "say.py", "{tests}"))
    found = command.run(["a.py::test_p", "a.py::test_gone"]).outcomes
    assert [(o.test, str(o.status), o.message) for o in found] == [
        ("a.py::test_p[1]", "passed", ""), ("a.py::test_p[2]", "failed", ""), ("a.py::test_gone", "error", UNPRINTED),
    ]  # fmt: skip
