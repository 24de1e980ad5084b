"""Fixing with real tools, files and tests: what is verified is fixed, what is not is said, and nothing lies."""

import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import pytest

from fixbot_analysis.source import Span
from fixbot_repair import checks
from fixbot_repair.candidates import Edit
from fixbot_repair.checks import Feedback, Finding, Severity
from fixbot_repair.checks.all import container
from fixbot_repair.checks.tool import PYTHON, run, scratch
from fixbot_repair.checks.versions import Ground
from fixbot_repair.errors import CheckFailed, GitError
from fixbot_repair.fixing import Fixed, Tests, Wish, fix, open_workspace
from fixbot_repair.fixing.clock import Clock

F_STRINGS = 'def f():\n    return f"one", f"two"\n'


@pytest.fixture
def mend(tmp_path, plain):
    """Check the files of a project, and fix what can be."""

    def mend(files: Mapping[str, str | bytes], *tools, trusted: bool = False, **options) -> Fixed:
        for path, content in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(content if isinstance(content, bytes) else content.encode())
        paths = sorted(p for p in files if p.endswith(".py"))
        chosen = checks.chosen(tools or ("ruff",))
        sandbox = options.pop("sandbox", plain)
        feedback = checks.run(tmp_path, paths, only=chosen, trusted=trusted, sandbox=sandbox)
        return fix(Ground(tmp_path, trusted=trusted, sandbox=sandbox), paths, chosen, feedback, **options)

    return mend


def after(fixed: Fixed, path: str = "a.py") -> str:
    return fixed.after[path].decode()


def whys(fixed: Fixed) -> dict[str, str]:
    return {r.finding.rule: r.why for r in fixed.refused}


@dataclass(frozen=True)
class Fake:
    """A tool that says of each file what it is told to say; `judge` maps its text to (rule, span, replacement or None)."""

    judge: Callable[[str, str], list[tuple[str, Span, str | None]]]
    name: str = "fake"
    languages: frozenset[str] = PYTHON
    per_file: bool = True

    def check(self, request) -> Feedback:
        return Feedback(tuple(f for d in request.documents.values() for f in self._of(d)))

    def _of(self, document):
        for rule, span, text in self.judge(document.path, document.text):
            place = document.position(span.start)
            edits = () if text is None else (Edit(document.path, span, text),)
            line, column = place.line + 1, place.column + 1
            yield Finding(
                document.path, line, column, line, column + 1, self.name, rule, Severity.WARNING, "m", fix=edits
            )


def words(word: str, becomes: str | None, rule: str = "W") -> Fake:
    """A tool that finds `word` wherever it stands, and would have it be `becomes`."""

    def judge(path: str, text: str):
        at = text.find(word)
        while at >= 0:
            yield rule, Span(at, at + len(word)), becomes
            at = text.find(word, at + 1)

    return Fake(judge, rule)


def test_each_is_verified_alone_and_all_together(mend):
    fixed = mend({f"m{n}.py": "import os\nimport sys\n\nprint(os)\n" for n in range(30)} | {"a.py": F_STRINGS})
    assert (len(fixed.verified), fixed.refused, fixed.remaining) == (32, (), ())
    assert {v.evidence.beside for v in fixed.verified} == {0}
    assert {v.evidence.tools for v in fixed.verified} == {("ruff", "compiler")}
    assert after(fixed, "m7.py") == "import os\n\nprint(os)\n"
    assert after(fixed) == 'def f():\n    return "one", "two"\n'
    assert fixed.before["m7.py"] == b"import os\nimport sys\n\nprint(os)\n"


def test_our_semgrep_rules_fix_too(mend):
    fixed = mend({"a.py": "# \u00fc\u00df\u2603\nrows = [[]] * 3\n"}, "semgrep")
    assert after(fixed) == "# \u00fc\u00df\u2603\nrows = [[] for _ in range(3)]\n"


def test_what_goes_with_another_is_gone_already(mend):
    files = {"ruff.toml": 'lint.select = ["I", "F401"]\n', "a.py": "import sys, os\nimport re\n\nprint(re)\n"}
    fixed = mend(files, trusted=True)
    assert after(fixed) == "import re\n\nprint(re)\n"
    assert [f.rule for f in fixed.gone] == ["I001"]
    assert [f.rule for v in fixed.verified for f in v.fix.findings] == ["F401", "F401"]
    assert (fixed.remaining, fixed.refused) == ((), ())


def test_fixes_in_each_others_way_are_made_one_after_the_other(mend):
    def judge(path, text):
        if "ab" in text:
            yield "AB", Span(text.index("ab"), text.index("ab") + 2), "xb"
        if "b = " in text:
            yield "B", Span(text.index("b = "), text.index("b = ") + 1), "longer"

    fixed = mend({"a.py": "ab = 1\n"}, Fake(judge))
    assert after(fixed) == "xlonger = 1\n"
    assert fixed.rounds == 2


def test_a_fix_that_brings_a_finding_is_refused_and_says_which(mend):
    fixed = mend({"a.py": "value = 1\nprint(value)\n"}, words("value = ", "other = "), "ruff")
    assert "it brings ruff F821 (line 2): Undefined name `value`" in whys(fixed)["W"]
    assert (fixed.after, len(fixed.remaining)) == ({}, 1)


def test_what_a_fix_brings_is_fixed_with_it(mend):
    chain = (
        "def f(x):\n    if x:\n        return 1\n    elif x is None:\n        return 2\n    else:\n        return 3\n"
    )
    fixed = mend({"ruff.toml": 'lint.select = ["RET505"]\n', "a.py": chain}, trusted=True)
    assert "else" not in after(fixed)
    assert [v.evidence.steps for v in fixed.verified] == [2]


def test_a_fix_that_does_not_help_or_does_not_compile_is_refused(mend):
    assert "is still found" in whys(mend({"a.py": "wrong = 1\n"}, words("wrong", "wrong2")))["W"]
    assert "does not compile" in whys(mend({"a.py": "x = 1\n"}, words("= 1", "= = 1")))["W"]


@dataclass(frozen=True)
class Whole(Fake):
    """A tool that looks at the project as a whole: calls of f in b.py must name what a.py does."""

    per_file: bool = False
    name: str = "whole"

    def check(self, request) -> Feedback:
        a, b = request.documents["a.py"], request.documents["b.py"]
        found = [] if "def f(a)" in a.text or "f(a=" not in b.text else [("CALL", Span(0, 1), None)]
        found += [("NAME", Span(at, at + 3), "new") for at in [b.text.find("old")] if at >= 0]
        return Feedback(tuple(Fake(lambda *_: found, self.name)._of(b)))


def test_what_a_fix_breaks_in_another_file_is_seen_by_whole_project_tools(mend):
    files = {"a.py": "def f(a):\n    return bad(a)\n", "b.py": "from a import f\n\nold = f(a=1)\n"}
    fixed = mend(files, words("bad", "good"), words("def f(a)", "def f(x)", "RENAME"), Whole(lambda *_: []))
    assert whys(fixed) == {"RENAME": "with it whole says of b.py, line 1: m (CALL)"}
    assert {f.rule for v in fixed.verified for f in v.fix.findings} == {"W", "NAME"}
    assert after(fixed) == "def f(a):\n    return good(a)\n"
    assert after(fixed, "b.py") == "from a import f\n\nnew = f(a=1)\n"


def test_a_name_that_another_file_takes_from_here_stays(mend):
    files = {
        "pkg/compat.py": "import json\nfrom os import path, sep\nimport re\n",
        "pkg/user.py": "from .compat import json\nfrom . import compat\n\nprint(json, compat.path)\n",
    }
    fixed = mend(files)
    assert after(fixed, "pkg/compat.py") == "import json\nfrom os import path, sep\n"
    assert {r.why for r in fixed.refused} == {"pkg/user.py takes json from it", "pkg/user.py takes path from it"}


BY_STRING = {
    "pyproject.toml": '[project.scripts]\nrun = "pkg.compat:json"\n',
    "setup.cfg": "[options.entry_points]\nconsole_scripts =\n    run = pkg.compat : json\n",
    "setup.py": "from setuptools import setup\n\nsetup(entry_points={'console_scripts': ['run-it = pkg.compat:json']})\n",
    "settings.py": "MIDDLEWARE = ['pkg.compat.json']\n",
    "taken.py": "from pkg import compat\n\nprint(getattr(compat, 'json'))\n",
    "aliased.py": "import pkg.compat as c\n\nprint(hasattr(c, 'json'))\n",
    "patched.py": "from unittest import mock\n\nmock.patch('pkg.compat.json.dumps')\n",
    "loaded.py": "from importlib import import_module\n\nn = 'json'\nprint(getattr(import_module('pkg.compat'), n))\n",
    "plugins.py": "pytest_plugins = (\n    'other.thing',\n    'pkg.compat',\n)\n",
}


@pytest.mark.parametrize("path", BY_STRING)
def test_a_name_that_only_a_string_takes_stays_and_it_is_said_who_takes_it(mend, path):
    fixed = mend({"pkg/compat.py": "import json\nimport re\n", path: BY_STRING[path]}, "ruff")
    whole = path == "plugins.py"  # which hands pytest all names of the module
    assert fixed.after.get("pkg/compat.py", b"") == (b"" if whole else b"import json\n")
    assert f"{path} names compat.json in a string" in {r.why for r in fixed.refused}


BY_NOBODY = {
    "pyproject.toml": '[project.scripts]\nrun = "pkg.compat:jsonify"\n',
    "prose.py": '"""It was pkg.compat.json once, which is gone."""\n\nNAMES = ["json"]\n',
    "taken.py": "from pkg import other\n\nprint(getattr(other, 'json'))\n",
    "plugins.py": "pytest_plugins = ['other.compat_more']\nNAME = 'json'\n",
}


@pytest.mark.parametrize("path", BY_NOBODY)
def test_a_string_that_is_about_something_else_keeps_nothing(mend, path):
    fixed = mend({"pkg/compat.py": "import json\n", "pkg/other.py": "", path: BY_NOBODY[path]}, "ruff")
    assert (after(fixed, "pkg/compat.py"), fixed.refused) == ("", ())


def test_what_a_module_or_a_test_takes_by_name_stays(mend):
    files = {
        "a.py": "import json\nimport os\n\n\ndef f(name):\n    return globals()['json']\n",
        "test_b.py": "from fixtures import db\nimport re\n\n\ndef test_it(db):\n    assert db\n",
        "conf/site.py": "import LIMIT\nimport low\n",
        "manage.py": "import os\n\nos.environ['DJANGO_SETTINGS_MODULE'] = 'conf.site'\n",
    }
    fixed = mend(files, wish=Wish(allow_tests=True))
    assert {path: after(fixed, path).partition("\n\n")[0] for path in fixed.after} == {
        "a.py": "import json",
        "test_b.py": "from fixtures import db",
        "conf/site.py": "import LIMIT\n",
    }
    assert {r.why for r in fixed.refused} == {
        "it may take json from itself by a string",
        "a test may take db as a fixture",
        "manage.py names site.LIMIT in a string",
    }


ODD = {
    "crlf": b"import os\r\nx = '\xc3\xbc', f'y'\r\nprint(x)\r\n",
    "bom": b"\xef\xbb\xbfimport os\nx = '\xc3\xbc', f'y'\nprint(x)\n",
    "latin": b"# coding: latin-1\nimport os\nx = '\xfc', f'y'\nprint(x)\n",
    "no end": b"import os\nx = '\xf0\x9f\x98\x80', f'y'\nprint(x)",
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("trusted", [True, False])
def test_bytes_that_no_fix_is_about_are_kept(mend, kind, trusted):
    settings = {"ruff.toml": 'lint.select = ["F"]\n'} if trusted else {}
    fixed = mend({"a.py": ODD[kind], **settings}, trusted=trusted)
    assert len(fixed.verified) == 2
    wanted = ODD[kind].replace(b"import os\r\n", b"").replace(b"import os\n", b"").replace(b"f'y'", b"'y'")
    assert fixed.after["a.py"] == wanted


def test_lines_that_only_the_tool_counts_offer_no_fix(mend):
    fixed = mend({"a.py": b"x = 1\rimport os\nimport sys\n"})
    assert fixed.verified == ()
    assert len(fixed.remaining) == 2


def test_a_thousand_findings_in_one_file_take_groups_and_say_so(mend):
    body = "".join(f'def f{n}():\n    return f"{n}", f"x", f"y", f"z"\n' for n in range(250))
    fixed = mend({"a.py": body + "import os\n"})
    assert len(fixed.verified) == 1001
    assert 0 < max(v.evidence.beside for v in fixed.verified) < 20
    assert ' f"' not in after(fixed)
    assert "import os" not in after(fixed)


def test_a_bad_one_among_hundreds_is_singled_out(mend):
    text = "".join(f"def f{n}():\n    return {'odd' if n == 77 else 'bad'}_{n}\n" for n in range(120))

    def judge(path, text):
        yield from words("bad", "good").judge(path, text)
        yield from (("W", s, "lost(") for _, s, _ in words("odd", None).judge(path, text))

    fixed = mend({"a.py": text}, Fake(judge))
    assert len(fixed.verified) == 119
    assert [r.finding.line for r in fixed.refused] == [156]
    assert "does not compile" in fixed.refused[0].why


def test_a_tool_that_hangs_on_one_version_costs_that_fix_alone(mend):
    @dataclass(frozen=True)
    class Hangs(Fake):
        def check(self, request) -> Feedback:
            with scratch() as folder:
                if any("hang" in d.text for d in request.documents.values()):
                    done = run(request.sandbox, ["/bin/sleep", "60"], folder, seconds=0.2)
                    assert done.timed_out
                    raise CheckFailed("it took more than 0.2 s")
            return Fake.check(self, request)

    def judge(path, text):
        return [*words("good", "fine").judge(path, text), *words("bad", "hang", "H").judge(path, text)]

    fixed = mend({"a.py": "good = 1\n", "b.py": "bad = 1\n"}, Hangs(judge), sandbox=container())
    assert list(fixed.after) == ["a.py"]
    assert whys(fixed) == {"H": "not verified: fake: it took more than 0.2 s"}


def test_an_interrupt_hands_back_what_held_until_then(mend):
    @dataclass(frozen=True)
    class Interrupted(Fake):
        calls: list[int] = field(default_factory=list)

        def check(self, request) -> Feedback:
            self.calls.append(len(request.documents))
            if len(self.calls) == at:
                raise KeyboardInterrupt
            return Fake.check(self, request)

    judge = words("bad", "good").judge
    for at, verified in ((2, 0), (3, 0), (4, 3)):  # the trials alone, those of whole files, a look at what is left
        fixed = mend({"a.py": "bad = 1\nx = bad\n", "b.py": "bad = 2\n"}, Interrupted(judge))
        assert (fixed.interrupted, len(fixed.verified)) == (True, verified), at
        assert {r.why for r in fixed.refused} == ({"interrupted before it was verified"} if not verified else set())


def slow_from(call: int, **options):
    """A tool that would have "bad" be "good", and has no end from its `call`-th run on."""

    @dataclass(frozen=True)
    class Slow(Fake):
        calls: list[int] = field(default_factory=list)

        def check(self, request) -> Feedback:
            self.calls.append(len(request.documents))
            while len(self.calls) >= call:
                time.sleep(0.01)
            return Fake.check(self, request)

    return Slow(words("bad", "good").judge, **options)


def test_when_the_time_is_over_what_was_verified_is_kept_and_the_rest_was_not_tried(mend):
    slow = slow_from(3)  # it finds, it judges the first few
    files = {f"m{n:02}.py": f"bad = {n}\n" for n in range(30)}
    fixed = mend(files, slow, wish=Wish(seconds=1.5))
    assert (fixed.over, fixed.interrupted) == (True, False)
    assert 0 < len(fixed.verified) < 30
    assert {path: text for path, text in fixed.after.items() if b"good" not in text} == {}
    untried = {r.finding.path for r in fixed.refused}
    assert untried == files.keys() - fixed.after.keys()
    assert {(r.tried, r.why) for r in fixed.refused} == {(False, "the time was over before it was verified")}


def test_what_no_project_tool_could_look_at_in_time_is_not_verified(mend):
    slow = slow_from(2, name="whole", per_file=False)
    fixed = mend({"a.py": "bad = 1\n"}, words("bad", "good"), slow, wish=Wish(seconds=1.0))
    assert (fixed.over, fixed.verified, fixed.after) == (True, (), {})
    assert {r.why for r in fixed.refused} == {"the time was over before it was verified"}


def test_with_little_time_the_worst_go_first_and_rounds_take_what_is_left(mend):
    def judge(path, text):
        yield from words("bad", "good").judge(path, text)

    @dataclass(frozen=True)
    class Mixed(Fake):
        def _of(self, document):
            worse = document.path in ("m20.py", "m28.py")
            for finding in Fake._of(self, document):
                yield replace(finding, severity=Severity.ERROR if worse else Severity.WARNING)

    seen = []

    @dataclass(frozen=True)
    class Watched(Mixed):
        def check(self, request) -> Feedback:
            seen.append([path.partition("/")[2] for path, d in request.documents.items() if "good" in d.text])
            return Mixed.check(self, request)

    fixed = mend({f"m{n:02}.py": f"bad = {n}\n" for n in range(40)}, Watched(judge), wish=Wish(seconds=600.0))
    assert (len(fixed.verified), fixed.over, fixed.refused) == (40, False, ())
    first = next(paths for paths in seen if paths)
    assert first[:2] == ["m20.py", "m28.py"]
    assert len(first) < 40


def test_shares_of_the_time_that_is_left():
    now = [100.0]
    clock = Clock(10.0, lambda: now[0])
    half = clock.until(0.5)
    assert (clock.left, clock.over, half()) == (10.0, False, False)
    now[0] = 105.0
    assert (half(), clock.over) == (True, False)
    now[0] = 109.5
    assert clock.over
    assert not Clock(now=lambda: now[0]).over
    assert not Clock(now=lambda: now[0]).until(0.5)()


def test_a_project_tool_that_hangs_is_not_asked_for_ever(mend):
    @dataclass(frozen=True)
    class Hangs(Whole):
        calls: list[int] = field(default_factory=list)

        def check(self, request) -> Feedback:
            self.calls.append(1)
            if "good" in request.documents["a.py"].text:
                raise CheckFailed("it took more than 600 s")
            return Feedback()

    whole = Hangs(lambda *_: [])
    files = {"a.py": "bad\n" * 40, "b.py": "\n"}
    fixed = mend(files, words("bad", "good"), whole)
    assert fixed.verified == ()
    assert {r.why for r in fixed.refused} == {"not verified: whole: it took more than 600 s"}
    assert len(whole.calls) < 8


class Interrupting(Tests):
    """Tests of which the third run is interrupted."""

    def __init__(self) -> None:
        super().__init__(lambda: None, everything)
        self.runs: list[int] = []

    def prepare(self, paths) -> None:
        pass

    def hold(self, state, fixes) -> str:
        self.runs.append(len(fixes))
        if len(self.runs) == 3:
            raise KeyboardInterrupt
        return "with it a test fails" if len(fixes) > 2 else ""


def test_an_interrupt_of_the_tests_hands_back_what_passed_until_then(mend):
    files = {f"m{n}.py": f"bad = {n}\n" for n in range(4)}
    tests = Interrupting()
    fixed = mend(files, words("bad", "good"), tests=tests, wish=Wish(alone_seconds=0.0))
    assert (fixed.interrupted, tests.runs) == (True, [4, 2, 3])
    assert sorted(fixed.after) == ["m0.py", "m1.py"]
    assert {r.why for r in fixed.refused} == {"interrupted before it was verified"}


# With the project's own tests.


def everything(paths):
    return None


@pytest.fixture
def tested(make_repository, plain, own_environment):
    """Fix a repository, with its tests held against the fixes."""

    def tested(files: Mapping[str, str], *tools, **options) -> tuple[Fixed, Tests]:
        root = make_repository(files)
        paths = sorted(p for p in files if p.endswith(".py"))
        chosen = checks.chosen(tools or ("ruff",))
        feedback = checks.run(root, paths, only=chosen, sandbox=plain)
        with Tests(open_workspace(root, own_environment, plain), everything) as tests:
            wish = Wish(**options)
            fixed = fix(Ground(root, own_environment, sandbox=plain), paths, chosen, feedback, wish=wish, tests=tests)
        git = subprocess.run(["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True)
        assert git.stdout == ""  # the user's tree is as it was
        return fixed, tests

    return tested


TESTED = {
    "shop.py": """
        import json
        import os


        def total(prices):
            return sum(prices), f"total"


        def name():
            return f"shop"
        """,
    "test_shop.py": """
        import shop


        def test_total():
            assert shop.total([1, 2]) == (3, "total")


        def test_what_is_offered():
            assert getattr(shop, "js" + "on").dumps(1) == "1"


        def test_broken_already():
            assert shop.name() == "nothing"
        """,
}


def test_a_fix_that_breaks_a_test_is_refused_and_names_it(tested):
    fixed, _ = tested(TESTED)
    (refused,) = fixed.refused
    assert refused.finding.message == "`json` imported but unused"
    assert refused.why.startswith("with it test_shop.py::test_what_is_offered fails: AttributeError")
    text = after(fixed, "shop.py")
    assert "import json" in text
    assert "import os" not in text
    assert fixed.tests == 2
    assert any("1 tests fail already" in p for p in fixed.problems)
    strings = [v.evidence for v in fixed.verified if v.fix.findings[0].rule == "F541"]
    assert all(e.tests_alone and e.tests for e in strings)


def test_what_an_interpreter_cannot_tell_apart_needs_no_run_alone(tested):
    fixed, _ = tested(TESTED, words("prices), f", "prices),  f", "SPACE"))
    (verified,) = fixed.verified
    assert (verified.evidence.same_code, verified.evidence.tests_alone, verified.evidence.tests) == (True, True, 1)


def test_without_time_for_runs_alone_all_are_tried_together_only(tested):
    fixed, _ = tested(TESTED, alone_seconds=0.0)
    assert [r.finding.message for r in fixed.refused] == ["`json` imported but unused"]
    assert not any(v.evidence.tests_alone for v in fixed.verified if not v.evidence.same_code)


def test_no_test_or_none_that_can_run_is_said(tested, mend, plain, own_environment, tmp_path):
    fixed, tests = tested({"a.py": "import os\n"})
    assert (len(fixed.verified), fixed.tests, tests.count) == (1, 0, 0)
    assert any("no test" in p for p in fixed.problems)
    tests = Tests(open_workspace(tmp_path, own_environment, plain), everything)
    fixed = mend({"b.py": "import os\n"}, tests=tests)
    assert len(fixed.verified) == 1
    assert any("fixes were verified without" in p for p in fixed.problems)
    required = Tests(open_workspace(tmp_path, own_environment, plain), everything, required=True)
    with pytest.raises(GitError):
        mend({"c.py": "import os\n"}, tests=required)


def test_a_test_that_fails_now_and_then_is_not_counted(tested, tmp_path):
    flaky = """
        import pathlib

        import shop


        def test_now_and_then():
            place = pathlib.Path({!r})
            place.write_text(place.read_text() + "x" if place.exists() else "x")
            assert len(place.read_text()) == 1
            assert shop.total([1])
        """
    files = {**TESTED, "test_shop.py": flaky.format(str(tmp_path / "count"))}
    fixed, _ = tested(files, words("prices), f", "prices),  f", "SPACE"))
    assert len(fixed.verified) == 1
    assert any("fails now and then" in p for p in fixed.problems)
