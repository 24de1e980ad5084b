"""The fork server itself, spoken to over its pipes, on every interpreter that is here."""

import json
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

GUEST = Path(__file__).parents[2] / "repair" / "fixbot_repair" / "guest" / "forkserver.py"
WORD = "word"
TESTS = """\
    import unittest
    import heavy
    from m import value

    class TestValue(unittest.TestCase):
        def test_value(self):
            self.assertEqual(value(), 2)

        def test_other(self):
            self.assertEqual(heavy.LOADED, 1)
    """


class Server:
    """A fork server and the project that it works in."""

    def __init__(self, process: subprocess.Popen[bytes], root: Path) -> None:
        self.process = process
        self.root = root
        self.number = 0

    def tell(self, message: dict[str, object]) -> dict[str, object]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline().decode().partition(" ")[2])

    def ask(self, source: str, **options: object) -> tuple[str, dict[str, str]]:
        """How the fork ended, and the status of each test, with `source` in m.py."""
        (self.root / "m.py").write_text(textwrap.dedent(source))
        self.number += 1
        request = {"number": self.number, "ids": ["test_m.py"], "files": ["test_m.py"], "changed": ["m.py"]}
        return self.read({**request, "seconds": 0.3, "wall": 6.0, "fail_fast": True, **options})

    def swap(self, before: str, after: str, ids: list[str], **options: object) -> tuple[str, dict[str, str]]:
        """The same for a server that keeps everything, with the function `before` of m.py made `after`."""
        self.number += 1
        text = (self.root / "m.py").read_text()
        line = text[: text.index(before)].count("\n") + 1
        change = {"path": "m.py", "name": "value", "classes": [], "imports": [], "line": line, **options}
        change.update(before=before, after=after)
        request = {"number": self.number, "ids": ids, "files": [], "changed": [], "swaps": [change], "first": True}
        return self.read({**request, "seconds": 0.3, "limits": {}, "wall": 6.0, "fail_fast": True})

    def read(self, request: dict[str, object]) -> tuple[str, dict[str, str]]:
        answer = self.tell(request)
        assert (answer["kind"], answer["number"]) == ("trial", self.number)
        messages = [json.loads(line.partition(" ")[2]) for line in str(answer["report"]).splitlines()]
        return str(answer["how"]), {m["id"].rpartition("::")[2]: m["status"] for m in messages if m["kind"] == "test"}


@contextmanager
def serving(
    root: Path, python: Path, runner: str, keep: bool = False, **files: str
) -> Iterator[tuple[Server, dict[str, object]]]:
    contents = {"m": "def value():\n    return 1\n", "heavy": "LOADED = 1\n", "test_m": TESTS, **files}
    for name, text in contents.items():
        (root / f"{name}.py").write_text(textwrap.dedent(text))
    argv = [python, "-B", GUEST]
    process = subprocess.Popen(
        argv, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"PATH": "/usr/bin:/bin"}
    )
    server = Server(process, root)
    config = {
        "word": WORD, "runner": runner, "root": str(root), "original": str(root), "files": ["test_m.py"] if keep else [], "ids": None, "collect": False,
        "fail_fast": True, "autoload": False, "drop_addopts": False, "arguments": [], "suspects": [] if keep else ["m.py"], "warm": True, "keep": keep,
    }  # fmt: skip
    try:
        yield server, server.tell(config)
    finally:
        assert process.stdin
        assert process.stdout
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


def interpreters() -> list[Path]:
    """Every Python 3.6 to 3.14 on PATH or kept by pyenv, one of each version."""
    versions = [f"3.{minor}" for minor in range(6, 15)]
    named = [shutil.which(f"python{v}") for v in versions]
    kept = [p for v in versions for p in sorted((Path.home() / ".pyenv" / "versions").glob(f"{v}.*/bin/python"))]
    found = {p.resolve(): p for p in [*(Path(n) for n in named if n and "shims" not in n), *kept]}
    return sorted(found.values())


EACH = [(p, "unittest") for p in interpreters()] + [(Path(sys.executable), "pytest")]


@pytest.mark.parametrize(("python", "runner"), EACH, ids=[f"{p.parent.parent.name}-{r}" for p, r in EACH])
def test_each_trial_sees_the_files_as_they_are_then(tmp_path, python, runner):
    with serving(tmp_path, python, runner) as (server, ready):
        assert ready["kind"] == "ready", ready
        assert ready["session"] is (runner == "pytest")
        assert server.ask("def value():\n    return 3\n")[1]["test_value"] == "failed"
        assert server.ask("def value():\n    return 2\n") == ("ended", {"test_other": "passed", "test_value": "passed"})
        assert server.ask("def value(:\n") == ("uncompiled", {})
        assert server.ask("import os\nos._exit(0)\n") == ("ended", {})
        how, tests = server.ask("def value():\n    while True: pass\n")
        assert (how, tests.get("test_value")) in (("ended", "timeout"), ("exit", "timeout"))
        assert server.ask("def value():\n    import time\n    time.sleep(60)\n", wall=1.0)[0] == "timeout"
        assert server.ask("def value():\n    return 2\n")[1] == {"test_other": "passed", "test_value": "passed"}


VALUE = "def value():\n    return 1\n"
BOTH = ["test_m.py::TestValue::test_other", "test_m.py::TestValue::test_value"]


@pytest.mark.parametrize(("python", "runner"), EACH, ids=[f"{p.parent.parent.name}-{r}" for p, r in EACH])
def test_a_function_is_changed_in_place_and_only_for_its_trial(tmp_path, python, runner):
    with serving(tmp_path, python, runner, keep=True) as (server, ready):
        assert (ready["kind"], sorted(ready["ids"])) == ("ready", BOTH)
        assert server.swap(VALUE, "def value():\n    return 3\n", BOTH[1:])[1] == {"test_value": "failed"}
        assert server.swap(VALUE, "def value():\n    return 2\n", BOTH)[1] == {
            "test_other": "passed",
            "test_value": "passed",
        }
        assert server.swap(VALUE, "def value():\n    return 4\n", BOTH[1:])[1] == {"test_value": "failed"}
        assert server.swap(VALUE, "def value():\n    return 1  # as before\n", BOTH) == ("equal", {})
        assert server.swap(VALUE, "def value():\n\n    return (2)\n", BOTH) == ("same 2", {})
        assert server.swap(VALUE, "def value(:\n", BOTH) == ("uncompiled", {})
        assert server.swap(VALUE, "def value():\n    import os\n    os._exit(0)\n", BOTH[1:])[1] == {}
        how, tests = server.swap(VALUE, "def value():\n    while True: pass\n", BOTH[1:])
        assert (how, tests) in (("ended", {"test_value": "timeout"}), ("exit", {"test_value": "timeout"}))
        how, tests = server.swap(VALUE, "def value():\n    import itertools\n    sum(itertools.repeat(0))\n", BOTH[1:])
        assert (how, tests) == ("signal 26", {})
        assert server.swap(VALUE, "def value():\n    return 2 + 0 * 1\n", BOTH[1:])[1] in ({"test_value": "passed"}, {})


def test_a_loop_that_takes_no_signal_ends_by_its_processor_time_not_by_the_clock(tmp_path):
    masked = (
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\ndef value():\n    while True: pass\n"
    )
    with serving(tmp_path, Path(sys.executable), "unittest") as (server, _):
        assert server.ask(masked, ids=["test_m.py"], wall=300.0)[0] == "signal 9"


UNSAFE = {
    "a default": ("def value(x=1):\n    return x\n", "def value(x=2):\n    return x\n", ""),
    "a decorator": ("@plain\ndef value():\n    return 1\n", "def value():\n    return 2\n", "def plain(f):\n    return f\n"),
    "a signature": ("def value():\n    return 1\n", "def value(x=None):\n    return 2\n", ""),
    "a generator": ("def value():\n    return 1\n", "def value():\n    yield 2\n", ""),
    "a docstring": ("def value():\n    'One.'\n    return 1\n", "def value():\n    'Two.'\n    return 1\n", ""),
    "a second statement": ("def value():\n    return 1\n", "def value():\n    return 1\nX = 2\n", ""),
    "a use on import": ("def value():\n    return 1\n", "def value():\n    return 2\n", "\nTABLE = [value()]\n"),
    "code that was taken": ("def value():\n    return 1\n", "def value():\n    return 2\n", "\nCODES = {value.__code__: 1}\n"),
    "a waiting generator": ("def value():\n    yield 1\n", "def value():\n    yield 2\n", "\nWAITING = value()\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSAFE)
def test_what_is_more_than_a_body_is_not_changed_in_place(tmp_path, name):
    before, after, more = UNSAFE[name]
    source = before + more if more.startswith("\n") else more + before
    with serving(tmp_path, Path(sys.executable), "pytest", keep=True, m=source) as (server, ready):
        assert ready["kind"] == "ready"
        assert server.swap(before, after, BOTH)[0].startswith("refused")


def test_decorators_registries_classes_and_super_see_a_change_in_place(tmp_path):
    method = "    def value(self):\n        return 1\n"
    source = (
        "import functools\nSEEN = []\ndef noted(f):\n    SEEN.append(f)\n    @functools.wraps(f)\n"
        "    def inner(*a):\n        return f(*a)\n    return inner\n"
        "class Base:\n    def value(self):\n        return 2\n"
        "class Thing(Base):\n    @noted\n" + method
    )
    tests = (
        "from m import Thing, SEEN\nclass Child(Thing):\n    pass\nBOUND = Child().value\n"
        "def test_value():\n    assert BOUND() == 2 and SEEN[0](Thing()) == 2\n"
    )
    before = "    @noted\n" + method
    after = "    @noted\n    def value(self):\n        self.__x = 2\n        return self._Thing__x\n"
    with serving(tmp_path, Path(sys.executable), "pytest", keep=True, m=source, test_m=tests) as (server, _):
        ids = ["test_m.py::test_value"]
        assert server.swap(method, method, ids, classes=["Thing"])[0].startswith("refused")  # its decorator is missing
        assert server.swap(before, after, ids, classes=["Thing"]) == ("ended", {"test_value": "passed"})


def test_what_imports_the_suspect_is_not_kept(tmp_path):
    files = {"heavy": "from m import value\nLOADED = value()\n"}
    with serving(tmp_path, Path(sys.executable), "pytest", **files) as (server, ready):
        assert ready["tainted"] >= 3
        assert server.ask("def value():\n    return 1\n", fail_fast=False)[1] == {
            "test_value": "failed",
            "test_other": "passed",
        }
        assert server.ask("def value():\n    return 2\n", fail_fast=False)[1] == {
            "test_value": "passed",
            "test_other": "failed",
        }


def test_a_failing_assertion_stays_one_however_pytest_compares(tmp_path):
    files = {
        "test_m": """\
            import pytest
            from m import value

            def test_value():
                with pytest.raises(AssertionError):
                    assert [value()] == [3]

            def test_text():
                try:
                    assert {"a": value()} == {"a": 4}
                except TypeError:
                    raise RuntimeError("comparing itself failed")
                except AssertionError:
                    pass
            """
    }
    with serving(tmp_path, Path(sys.executable), "pytest", **files) as (server, _):
        assert server.ask("def value():\n    return 2\n", fail_fast=False)[1] == {
            "test_value": "passed",
            "test_text": "passed",
        }


def test_what_is_imported_anew_is_asked_in_the_order_that_is_wanted(tmp_path):
    """The likeliest to tell comes first, and ends the fork."""
    files = {"test_m": "from m import value\ndef test_one():\n    pass\ndef test_two():\n    assert value() == 2\n"}
    ids = ["test_m.py::test_two", "test_m.py::test_one"]
    with serving(tmp_path, Path(sys.executable), "pytest", **files) as (server, _):
        assert server.ask("def value():\n    return 1\n", ids=ids)[1] == {"test_two": "failed"}
        assert list(server.ask("def value():\n    return 2\n", ids=ids)[1]) == ["test_two", "test_one"]
        assert list(server.ask("def value():\n    return 2\n", ids=ids[::-1])[1]) == ["test_one", "test_two"]


DEAR = "import time\nEND = time.process_time() + 0.1\nwhile time.process_time() < END:\n    pass\n"  # takes longer to import than each fork has for it
THREAD = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\nLOADED = 1\n"


def test_threads_make_forking_unsafe(tmp_path):
    files = {"heavy": DEAR + THREAD}
    with serving(tmp_path, Path(sys.executable), "pytest", **files) as (_, said):
        assert said["kind"] == "unsafe"
        assert "threads" in str(said["why"])


def test_a_thread_of_a_module_that_is_cheap_to_import_is_each_forks_own(tmp_path):
    with serving(tmp_path, Path(sys.executable), "pytest", heavy=THREAD) as (server, said):
        assert said["kind"] == "ready"
        assert server.ask("def value():\n    return 2\n")[1] == {"test_value": "passed", "test_other": "passed"}
        assert server.ask("def value():\n    return 1\n")[1]["test_value"] == "failed"


def test_what_is_cheap_to_import_is_left_to_each_fork_too(tmp_path):
    """One server then does for candidates of all these files."""
    with serving(tmp_path, Path(sys.executable), "pytest") as (server, said):
        assert said["suspects"] == ["heavy.py", "m.py"]
        (tmp_path / "heavy.py").write_text("LOADED = 2\n")
        both = {"changed": ["heavy.py", "m.py"], "fail_fast": False}
        assert server.ask("def value():\n    return 2\n", **both)[1] == {"test_value": "passed", "test_other": "failed"}
        (tmp_path / "heavy.py").write_text("LOADED = 1\n")
        assert server.ask("def value():\n    return 2\n", **both)[1] == {"test_value": "passed", "test_other": "passed"}


def test_what_is_dear_to_import_is_imported_once(tmp_path):
    with serving(tmp_path, Path(sys.executable), "pytest", heavy=DEAR + "LOADED = 1\n") as (_, said):
        assert said["suspects"] == ["m.py"]


def test_what_a_conftest_imports_is_imported_once(tmp_path):
    """Else pytest itself would have to start anew in each fork."""
    with serving(tmp_path, Path(sys.executable), "pytest", conftest="import heavy\n") as (_, said):
        assert (said["suspects"], said["session"]) == (["m.py"], True)


def test_tests_that_cannot_even_be_collected_are_said_so(tmp_path):
    files = {"test_m": "import os\nos._exit(3)\n"}
    with serving(tmp_path, Path(sys.executable), "pytest", **files) as (_, said):
        assert said["kind"] == "unsafe"
        assert "cannot be collected" in str(said["why"])


def test_no_process_outlives_its_trial(tmp_path):
    source = """\
        import os, subprocess, sys
        def value():
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
            open("pid", "w").write(str(child.pid))
            return 2
        """
    with serving(tmp_path, Path(sys.executable), "pytest") as (server, _):
        server.ask(source)
        left = int((tmp_path / "pid").read_text())
        assert not Path(f"/proc/{left}").exists()
