"""What a model proposes as a test and means as something else: commands by form, keys read through what fails, whatever else one test does."""

import ast
import base64
from types import SimpleNamespace

import pytest

from fixbot_agent.covering.keys import Keys
from fixbot_agent.covering.proposing.allowed import imported, known, needed
from fixbot_agent.covering.proposing.asking import _tidy
from fixbot_agent.covering.proposing.harmless import outward
from fixbot_agent.covering.proposing.leading import leads
from fixbot_agent.covering.proposing.places import misplaced
from fixbot_agent.covering.proposing.reading import Proposal, said
from fixbot_agent.covering.proposing.trying import Trials, _holds_more
from fixbot_agent.covering.proposing.withholding import HELD, holds, withheld
from fixbot_repair.entire import Tested

KEY = "Zq8vX2mN5kLp9wRt4yUb"
MODULE = f"import os\nimport gc\n\nAPI_TOKEN = '{KEY}'\n\n\ndef f(n):\n    gc.collect()\n    return os.path.join(n)\n".encode()
IMPORTS = (
    "import os", "import sys", "import subprocess", "import shutil", "import atexit", "import importlib", "import gc",
    "import ctypes", "import shop", "import pytest", "import platform", "from unittest import mock", "from os import system as s",
)  # fmt: skip


USED = known(
    ["shop.py", "pack/a.py", "tests/test_shop.py"],
    ["", "tests"],
    MODULE,
    [b"import yaml\nimport timeit\nimport fileinput"],
)


def form(code, *imports):
    """What is wrong with a test by what it leans on."""
    return imported(code, imports, USED) or leads(code, imports, USED) or misplaced(code, imports, USED.names)


@pytest.fixture
def keys(tmp_path):
    return Keys.of(ast.parse(MODULE), tmp_path)


@pytest.mark.parametrize(
    "code",
    [
        "@(lambda f: (os.listdir(), f)[1])\ndef test_a():\n    assert f(1)",
        "def test_a(x=f('touch')):\n    assert f(1)",
        "def test_a():\n    os.system('touch a')\n    assert f(1)",
        "def test_a(request):\n    request.addfinalizer(lambda: shop.os.popen('touch a'))\n    assert f(1)",
        "def test_a():\n    s('touch a')\n    assert f(1)",
        "def test_a():\n    run = subprocess.run\n    assert run(['touch', 'a'])",
        "def test_a():\n    from subprocess import Popen as P\n    assert P(['a'])",
        "def test_a():\n    assert getattr(os, 'sys' + 'tem')('touch a')",
        "def test_a():\n    assert getattr(shop, 'os').path",
        "def test_a():\n    o = shop.os\n    assert o.getcwd()",
        "def test_a():\n    assert vars(os)['system']('a')",
        "def test_a():\n    assert globals()['o' + 's'].system('a')",
        "def test_a():\n    def patch(run, words):\n        return run(words)\n    assert patch(os.system, 'a')",
        "def test_a():\n    from os import *\n    assert system('a')",
        "def test_a():\n    import weakref\n    assert weakref.finalize(f, shop.wipe)",
        "def test_a(request):\n    assert request.config.pluginmanager",
        "def test_a():\n    assert importlib.import_module('subprocess').run(['a'])",
        "def test_a():\n    assert __import__('os').system('a')",
        'def test_a():\n    assert eval(\'__import__("os").system("a")\')',
        "def test_a():\n    exec(shop.TEXT)\n    assert f(1)",
        "def test_a():\n    shutil.rmtree('/srv/data')\n    assert f(1)",
        "def test_a(tmp_path):\n    shutil.rmtree('../data')\n    assert f(1)",
        "def test_a():\n    atexit.register(shop.wipe)\n    assert f(1)",
        "def test_a():\n    assert sys._getframe(1).f_globals",
        "def test_a():\n    assert ctypes.CDLL(None).system(b'a')",
        "def test_a():\n    import multiprocessing\n    assert multiprocessing.Process()",
        "def test_a():\n    assert f.__globals__['os']",
        "def test_a():\n    assert sys.modules['_fixbot_guest_guarding']",
        "def test_a():\n    assert ().__class__.__base__.__subclasses__()",
        "def test_a():\n    import pickle\n    assert pickle.loads(b'cos')",
        "def test_a():\n    import pkgutil\n    assert pkgutil.resolve_name('os:system')('a')",
        "def test_a():\n    import webbrowser\n    assert webbrowser.GenericBrowser(['a']).open('b')",
        "def test_a():\n    import timeit\n    assert timeit.timeit('a')",
    ],
)
def test_what_runs_commands_or_leads_around_the_guard_is_refused_by_its_form(code):
    assert outward(code, IMPORTS, MODULE)


@pytest.mark.parametrize(
    "code",
    [
        "@pytest.mark.parametrize('n', [os.sep, shop.Cart()])\ndef test_a(n):\n    assert f(n)",
        "@mock.patch('subprocess.run')\ndef test_a(run):\n    assert f(1)\n    run.assert_called_once_with(['a'])",
        "@mock.patch.object(subprocess, 'run')\ndef test_a(run):\n    assert f(1)\n    subprocess.run.assert_called_once()",
        "def test_a(monkeypatch):\n    monkeypatch.setattr(os, 'system', lambda words: 0)\n    assert f(1)",
        "def test_a(monkeypatch):\n    monkeypatch.setattr(shop.os, 'getcwd', lambda: '/')\n    assert f(1)",
        "def test_a(monkeypatch):\n    monkeypatch.setattr(sys, 'argv', ['a'])\n    assert f(1)",
        "def test_a(monkeypatch):\n    monkeypatch.setitem(sys.modules, 'x', None)\n    assert f(1)",
        "def test_a():\n    with pytest.raises(subprocess.CalledProcessError):\n        f(1)",
        "def test_a(tmp_path):\n    shutil.rmtree(tmp_path / 'a')\n    assert f(1)",
        "def test_a():\n    gc.collect()\n    assert f(1)",
        "def test_a():\n    assert eval(repr(f(1))) == f(1)",
        "def test_a(name):\n    assert getattr(f(1), name) == getattr(f(1), 'name')",
        "def test_a():\n    assert os.path.join('a', os.environ['B']) == f(1)",
        "def test_a():\n    assert f(1).system == platform.system()",
        "def test_a():\n    assert 'shop.extra' not in sys.modules",
    ],
)
def test_what_honest_tests_do_is_not(code):
    assert outward(code, IMPORTS, MODULE) == ""


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("import math", True),
        ("import os", True),
        ("from unittest import mock", True),
        ("import urllib.parse", True),
        ("from shop import f", True),
        ("from pack.a import g", True),
        ("from . import near", True),
        ("import gc", True),  # the module does
        ("import yaml", True),  # its tests do
        ("import fileinput", True),
        ("import timeit", False),  # runs text: not because tests do
        ("import urllib.request", False),
        ("import readline", False),
        ("import pickle", False),
        ("import pkgutil", False),
        ("from concurrent.futures import process", False),
        ("import requests", False),
        ("from shop import *", False),
    ],
)
def test_what_is_imported_is_harmless_or_in_use(line, allowed):
    assert (imported("def test_a():\n    assert f(1)", [line], USED) == "") is allowed
    assert (imported(f"def test_a():\n    {line}\n    assert f(1)", [], USED) == "") is allowed


def test_only_imports_that_a_test_uses_come_with_it():
    assert needed("def test_a():\n    assert m.f(1)\n", ["import os", "import shop as m"]) == ("import shop as m",)


@pytest.mark.parametrize(
    "line",
    [
        "os.__dict__['system']('touch a')",
        "os.__getattribute__('system')('touch a')",
        "tempfile._os.system('touch a')",
        "tempfile._io.open('a', 'w')",
        "match tempfile._os:\n        case object(system=s):\n            s('touch a')",
        "match f(1):\n        case object(__globals__=s):\n            s['os']",
        "__builtins__['exec']('1')",
        "enum.bltns.exec('1')",
        "list(map(exec, ['1']))",
        "json.codecs.open('a', 'w')",
        "os.execv_hidden",
        "os",
        "setattr(f, 'x', os)",
        "getattr(shop, f(1))",
        "len.__self__.exec('1')",
        "f.__init__.__globals__",
        "mock.patch('os.system').temp_original('touch a')",
        "monkeypatch._setattr",
        "monkeypatch.setattr('tempfile._os.system', f)",
        "typing.get_type_hints(f)",
        "globals()['os']",
        "def __reduce__(self):\n        return f, ()",
        "pathlib.Path('/srv/a').unlink()",
        "pathlib.Path('a').write_text('b')",
        "(tmp_path / '../a').unlink()",
        "(tmp_path / '/srv/a').rmdir()",
        "p = pathlib.Path('/srv')\n    q = tmp_path / p\n    q.unlink()",
        "gone = pathlib.Path('/srv').unlink\n    gone()",
        "os.remove('/srv/a')",
        "open('/srv/a', 'w')",
        "io.open('/srv/a', mode=f(1))",
        "pathlib.Path('/srv/a').open('w')",
        "(tmp_path / 'a').rename('/srv/a')",
        "assert f(1) if os.path.exists('/srv') else 1",
        "assert pathlib.Path('/srv/a').exists()",
        "there = pathlib.Path('/srv/a')\n    assert there.is_dir()",
        "assert os.environ['HOME'] == f(1)",
        "assert sys.platform == f(1)",
    ],
)
def test_what_leads_elsewhere_writes_elsewhere_or_asks_for_the_machine_is_refused(line):
    imports = ("enum", "io", "json", "os", "pathlib", "shop", "sys", "tempfile", "typing")
    code = f"def test_a(tmp_path, monkeypatch):\n    {line}\n    assert f(1)"
    assert form(code, *(f"import {name}" for name in imports), "from unittest import mock", "from shop import f")


@pytest.mark.parametrize(
    "line",
    [
        "(tmp_path / 'a').write_text('/srv')",
        "p = tmp_path / 'a'\n    p.mkdir()\n    (p / 'b').rename(p / 'c')",
        "monkeypatch.chdir(tmp_path)\n    with open('a', 'w') as file:\n        file.write('b')",
        "os.remove(tmp_path / 'a')",
        "assert not (tmp_path / 'a').exists() and os.path.isfile(tmp_path / 'b')",
        "monkeypatch.setattr(os, 'getcwd', lambda: 'a')",
        "monkeypatch.setattr(sys, 'argv', ['a'])",
        "monkeypatch.setattr(shop.os, 'getcwd', lambda: 'a')",
        "os.environ['A'] = 'b'",
        "assert f('a'.replace('b', 'c')).replace(year=1)",
        "assert json.loads('1') == f(1).__class__.__name__",
        "assert f(1)._held == vars(f(2)) == f(3).__dict__",
        "with mock.patch('shop.open', mock.mock_open(read_data='a')):\n        f(1)",
        "with mock.patch.object(shop, 'f') as stand:\n        stand.assert_not_called()",
        "assert open(shop.__file__).read()",
        "assert datetime.datetime(2020, 1, 1).time() == f(1)",
        "assert isinstance(f(1), os.PathLike) and os.path.join('a', os.sep) == f(1)",
        "assert shop._hidden(io.StringIO('/srv')) == sys.maxsize",
    ],
)
def test_what_honest_tests_lean_on_is_not(line):
    imports = ("datetime", "io", "json", "os", "shop", "sys")
    code = f"def test_a(tmp_path, monkeypatch):\n    {line}\n    assert f(1)"
    assert form(code, *(f"import {name}" for name in imports), "from unittest import mock", "from shop import f") == ""


@pytest.mark.parametrize(
    "odd", ["\r", "\f", "\x1a", "\x1b", "\x00", "\u202e", "\u2066", "\u2028", "\u200b", "\ufeff", "\ue000", "a\tb"]
)
def test_characters_that_nobody_sees_are_to_be_escaped(odd):
    (found,) = said(f"```python\nimport shop\n\n\ndef test_a():\n    assert shop.f(1) == 'a{odd}b'\n```").proposals
    assert "which does not show: write it as an escape in a string" in found.why_not


def test_other_line_ends_and_tabs_are_read_as_usual_ones():
    (found,) = said("```python\r\ndef test_a():\r\n\tassert f(1) == 'é'\r\n```").proposals
    assert (found.code, found.why_not) == ("def test_a():\n    assert f(1) == 'é'\n", "")


def test_nothing_but_a_function_and_imports_comes_into_the_file():
    before, after = b"A = 1\n", b"import os\nA = 1\ndef test_a():\n    assert A\n"
    assert not _holds_more(before, after, {"test_a"})
    assert _holds_more(before, after + b"os.remove('a')\n", {"test_a"})
    assert _holds_more(before, after, {"test_b"})


@pytest.mark.parametrize(
    "shown",
    [
        KEY,
        KEY[::-1],
        KEY.encode().hex(),
        base64.b64encode(f"{{'password': '{KEY}'}}".encode()).decode(),
        base64.b64encode(KEY[::-1].encode()).decode(),
        base64.b32encode(KEY.encode()).decode(),
        repr(list(KEY)),
        repr([ord(letter) for letter in KEY]),
        str(int.from_bytes(KEY.encode(), "big")),
        KEY[4:15][::-1],
    ],
)
def test_what_came_is_not_told_where_it_holds_a_key_in_any_form(keys, shown):
    ended = Tested(
        "failed", f"AssertionError: assert '{shown}' == 1", f">   assert f() == 1\nE   assert '{shown}' == 1"
    )
    found = withheld(ended, keys, "def test_a():\n    assert f() == 1\n", MODULE)
    assert found.message == f"AssertionError: {HELD}"
    assert found.detail == ">   assert f() == 1"


def test_what_came_is_told_where_it_holds_none_and_not_where_the_test_looks_at_a_key(keys):
    ended = Tested("failed", "AssertionError: assert 27 == '2031-12-31T23:59:00' + 'e3b0c44298fc1c149afbf4c8996fb924'")
    assert withheld(ended, keys, "def test_a():\n    assert f() == 1\n", MODULE) == ended
    found = withheld(ended, keys, "def test_a():\n    assert rot13(shop.API_TOKEN) == 1\n", MODULE)
    assert found.message == f"AssertionError: {HELD}"


def test_an_answer_that_holds_a_key_is_not_repeated(keys):
    assert KEY not in _tidy(f'{{"tests": "{KEY}"}}', keys)
    assert KEY[::-1] not in _tidy(f'{{"tests": "{KEY[::-1]}"}}', keys)
    assert _tidy('{"tests":"é"}', keys) == '{"tests": "é"}'
    assert not holds("def test_a_price_of_nothing(): assert price('x', 1) == 0", keys)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("os.__dict__['system']('a')", "which leads to what no test needs"),
        ("readline.write_history_file('/srv/a')", "readline.write_history_file"),
        ("assert tomli.loads('')", "it imports tomli, which neither the module nor the project's tests use"),
        ("assert not os.path.isdir('/srv')", "which depends on the machine"),
    ],
)
def test_it_is_refused_before_it_is_tried_and_told_why(keys, line, why):
    here = SimpleNamespace(keys=keys, source=MODULE)
    trials = Trials(here, SimpleNamespace(), 1.0, _known=USED)
    code = f"def test_a():\n    {line}\n    assert f(1)\n"
    refused = trials.tried(
        Proposal("test_a", code, ("import os", "import readline", "import tomli")), SimpleNamespace(), "m"
    )
    assert refused.kind == "reaches outside"
    assert why in refused.why


def test_what_one_test_does_to_those_who_try_it_ends_nothing():
    class Gone:
        keys = property(lambda _: 1 / 0)

    trials = Trials(Gone(), SimpleNamespace(), 1.0)
    refused = trials.tried(Proposal("test_a", "def test_a():\n    assert f()\n", ()), SimpleNamespace(), "m")
    assert (refused.kind, dict(trials.refused)) == ("does not run", {"does not run": 1})
