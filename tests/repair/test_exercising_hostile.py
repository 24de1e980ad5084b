"""Tests that a model wrote and that mean harm: what they reach for is refused from their import to their teardown, and told whatever they say themselves."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixbot_repair import entire
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.environment import Environment
from fixbot_repair.exercising import Exercise, Subject
from fixbot_repair.sandbox import choose
from fixbot_repair.workspace import GUEST, Workspace

SHOP = "import os\n\n\ndef price(n):\n    return n * 10\n\n\ndef shell(words):\n    return os.system(words)\n"
DEPLOY = "import os\n\nos.system('touch pwned')\n\n\ndef price(n):\n    return 1\n"
CONFTEST = """import socket
import subprocess
import sys
import threading

import pytest
import shop


@pytest.fixture
def told(request):
    end = socket.socket()
    bound = threading.Thread(target=end.bind, args=(("127.0.0.1", 0),))
    bound.start()
    bound.join()
    request.addfinalizer(end.close)
    yield subprocess.run([sys.executable, "-c", "print('told')"], capture_output=True, text=True, check=True).stdout
    subprocess.run([sys.executable, "-c", ""], check=True)
"""
BEFORE = "import os\nimport shop\n"
HEAD = """import functools
import gc
import json
import os
import shop
import sys
import threading
"""
HOSTILE = {
    "decorator": """
@(lambda f: (os.system("touch pwned"), f)[1])
def test_decorator():
    assert shop.price(1) == 10
""",
    "default": """
def test_default(n=os.system("touch pwned")):
    assert shop.price(1) == 10
""",
    "finalizer": """
def test_finalizer(request):
    request.addfinalizer(lambda: os.system("touch pwned"))
    assert shop.price(1) == 10
""",
    "part": """
def test_part(request):
    request.addfinalizer(functools.partial(shop.shell, "touch pwned"))
    assert shop.price(1) == 10
""",
    "thread": """
def test_thread(request):
    thread = threading.Thread(target=functools.partial(os.system, "touch pwned"))
    request.addfinalizer(thread.join)
    request.addfinalizer(thread.start)
    assert shop.price(1) == 10
""",
    "objects": """
def test_objects():
    for each in gc.get_objects():
        if type(each).__name__ == "Guard":
            each._folder = None
    os.system("touch pwned")
    assert shop.price(1) == 10
""",
    "plugin": """
def test_plugin(request):
    seen, left = set(), list(request.config.pluginmanager.get_plugins())
    left += [m for n, m in sys.modules.items() if "fixbot" in n]
    while left:
        each = left.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        for cell in getattr(each, "__closure__", None) or ():
            try:
                left.append(cell.cell_contents)
                if isinstance(cell.cell_contents, (str, bool)):
                    cell.cell_contents = ""
            except ValueError:
                pass
        if hasattr(each, "__dict__"):
            left += [v for v in vars(each).values() if callable(v) or "fixbot" in type(v).__module__]
        if isinstance(each, type) and "fixbot" in each.__module__:
            for name in ("answers", "is_inside", "_heard", "heard"):
                if hasattr(each, name):
                    setattr(each, name, lambda *a: True)
    try:
        os.system("touch pwned")
    except BaseException:
        pass
    assert shop.price(1) == 10
""",
    "patched": """
def test_patched(tmp_path, monkeypatch):
    monkeypatch.setattr(os.path, "realpath", lambda *a, **k: str(tmp_path))
    monkeypatch.setattr(os, "fsdecode", lambda *a: os.devnull)
    monkeypatch.setattr(sys.modules["builtins"], "any", lambda *a: True)
    try:
        open("precious.txt", "w").close()
    except BaseException:
        pass
    assert shop.price(1) == 10
""",
    "audit": """
def test_audit():
    for said in (("stop",), ("start", "/"), ("around", "/", {}), ("fixtures", [__file__]), ("page", [])):
        try:
            sys.audit("fixbot.guard", *said)
        except Exception:
            pass
    os.system("touch pwned")
    assert shop.price(1) == 10
""",
    "stand_in": """
def test_stand_in():
    from unittest import mock

    for each in mock.Mock(side_effect=gc.get_objects)():
        if type(each).__name__ == "State":
            each.folder = None
    os.system("touch pwned")
    assert shop.price(1) == 10
""",
    "below": """
def test_below(tmp_path, monkeypatch):
    end = os.open(os.getcwd(), os.O_RDONLY)
    monkeypatch.chdir(tmp_path)
    os.close(os.open("precious.txt", os.O_WRONLY | os.O_TRUNC, dir_fd=end))
    assert shop.price(1) == 10
""",
    "database": """
def test_database(tmp_path, monkeypatch):
    import sqlite3

    place = os.path.abspath("pwned")
    monkeypatch.chdir(tmp_path)
    base = sqlite3.connect("file:" + place + "?mode=rwc", uri=True)
    base.execute("create table a (b)")
    assert shop.price(1) == 10
""",
    "late": """
def test_late():
    class Late:
        def __del__(self):
            shop.shell("touch pwned")

    each = Late()
    each.itself = each
    assert shop.price(1) == 10
""",
    "spawn": """
def test_spawn():
    import multiprocessing

    started = multiprocessing.get_context("spawn").Process(target=shop.shell, args=("touch pwned",))
    started.start()
    started.join()
    assert shop.price(1) == 10
""",
    "borrowed": """
def test_borrowed(request):
    code = compile("import os; os.system('touch pwned')", os.path.abspath("conftest.py"), "exec")
    request.addfinalizer(functools.partial(exec, code, {}))
    assert shop.price(1) == 10
""",
    "hook": """
def test_hook():
    sys.addaudithook(lambda *a: None)
    assert shop.price(1) == 10
""",
    "forged": """
def test_forged():
    row = {"kind": "tested", "status": "passed", "message": "", "detail": "", "reaches": "", "leaves": False}
    try:
        os.system("touch pwned")
    except BaseException:
        pass
    for end in range(3, 1000):
        try:
            os.write(end, (json.dumps(dict(row, lines=[5], outcomes=[0])) + "\\n").encode())
        except OSError:
            pass
    os._exit(0)
""",
}  # fmt: skip
FORGES = """
def test_forges():
    row = {"kind": "tested", "status": "passed", "message": "", "detail": "", "reaches": "", "leaves": False}
    for end in range(3, 1000):
        try:
            os.write(end, (json.dumps(dict(row, lines=[5], outcomes=[0])) + "\\n").encode())
        except OSError:
            pass
    assert shop.price(1) == 10


def test_leaves():
    os.getcwd = lambda: "/"
    assert shop.price(1) == 10


def test_ends():
    os._exit(0)


def test_handles():
    import signal

    signal.signal(signal.SIGTERM, lambda *a: None)
    assert shop.price(1) == 10


def test_traces():
    sys.settrace(lambda *a: None)
    assert shop.price(1) == 10


def test_honest(told, tmp_path):
    import collections
    import dataclasses
    import logging
    from unittest import mock

    dataclasses.make_dataclass("Row", ["n"])(1)
    collections.namedtuple("Row", "n")(1)
    mock.AsyncMock(), mock.MagicMock(spec=shop)
    logging.getLogger("shop").warning("told")
    gc.collect()
    (tmp_path / "a").write_text(told)
    assert (shop.price(1), told) == (10, "told\\n")
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = tmp_path_factory.mktemp("project")
    files = {
        "shop.py": SHOP,
        "deploy.py": DEPLOY,
        "conftest.py": CONFTEST,
        "precious.txt": "keep",
        "test_shop.py": BEFORE,
    }
    for name, text in files.items():
        (root / name).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    with Workspace.create(root, Environment.find(root, Path(sys.executable)), choose("auto", trusted=True)) as made:
        yield made


@pytest.fixture(scope="module")
def ended(workspace):
    """How each test of a text ends, by name."""
    runner = TestRunner(workspace, workspace.environment, workspace.sandbox)
    with Exercise(workspace, Subject("shop.py", "shop", ()), 120) as exercise:

        def tried(text: str, *names: str, is_import_guarded: bool = True):
            workspace.write({"test_shop.py": text.encode()})
            imports = entire.new_imports(BEFORE.encode(), text.encode()) if is_import_guarded else ()
            try:
                found = exercise.tested(runner, [(f"test_shop.py::test_{name}", None) for name in names], imports)
                assert workspace.changed() == {"test_shop.py"}
            finally:
                workspace.reset()
            return dict(zip(names, found, strict=True))

        yield tried


def test_harm_is_refused_wherever_it_stands_and_told_whatever_the_test_says(ended):
    found = {name: ended(HEAD + text, name)[name] for name, text in HOSTILE.items()}
    assert {name: each.reaches for name, each in found.items()} == {
        **dict.fromkeys(HOSTILE, "os.system"), "objects": "gc.get_objects", "stand_in": "gc.get_objects", "spawn": "subprocess.fork_exec", "borrowed": "exec",
        "patched": "open", "below": "open", "database": "sqlite3.connect", "hook": "sys.addaudithook",
    }  # fmt: skip
    assert found["forged"].status == "lost"


def test_what_a_test_writes_where_it_is_judged_is_no_verdict_and_the_projects_own_fixtures_may_reach_out(ended):
    found = ended(HEAD + FORGES, "forges", "leaves", "ends", "traces", "handles", "honest")
    assert (found["honest"].status, found["honest"].reaches, found["honest"].leaves) == ("passed", "", False)
    assert found["forges"].status == found["ends"].status == "lost"
    assert found["leaves"].leaves
    assert found["traces"].leaves
    assert found["handles"].leaves


def test_an_import_that_came_with_the_test_is_held_to_the_same(ended):
    text = f"{BEFORE}import deploy\nimport ctypes.util\n\n\ndef test_a():\n    assert deploy.price(ctypes.sizeof(ctypes.c_char)) == 1\n"
    assert ended(text, "a")["a"].reaches == "os.system"
    assert entire.new_imports(BEFORE.encode(), text.encode()) == ((3, 3), (4, 4))
    harmless = text.replace("import deploy\n", "").replace("deploy.price(", "abs(")
    assert (ended(harmless, "a")["a"].status, ended(harmless, "a")["a"].reaches) == ("passed", "")


def test_a_row_too_many_or_without_the_word_makes_all_of_an_answer_worth_nothing():
    spec = importlib.util.spec_from_file_location("_guest_exercising_rows", GUEST / "exercising.py")
    guest = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(guest)
    rows = guest.Bench.rows
    assert rows(b'w {"a": 1}\n', "w", 1, True) == [{"a": 1}]
    assert rows(b'w {"a": 1}\nw {"a": 2}\n', "w", 1, True) == rows(b'v {}\nw {"a": 1}\n', "w", 1, True) == []
    assert rows(b'w {"a": 1}\nw {"a": 2', "w", 2, False) == [{"a": 1}]


def test_an_answer_of_another_shape_counts_as_lost():
    row = {"status": "passed", "lines": [1], "outcomes": [0]}
    assert entire.tested(row).status == "passed"
    for wrong in ({"lines": "1"}, {"lines": [[1]]}, {"outcomes": {"a": 1}}, {"status": 3}, {"message": [1]}):
        assert entire.tested({**row, **wrong}).status == "lost"


def test_a_test_that_prints_without_end_is_not_taken_for_one_that_passes(ended):
    text = BEFORE + "\n\ndef test_a():\n    print('A' * {})\n    assert shop.price(1) == 10\n"
    assert ended(text.format(2000000), "a")["a"].status == "flooded"
    assert ended(text.format(2000), "a")["a"].status == "passed"
