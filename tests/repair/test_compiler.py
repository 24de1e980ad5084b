"""The compiler as a tool: every interpreter, and sources that are meant to break it."""

import sys
from pathlib import Path

import pytest

from fixbot_repair import checks
from fixbot_repair.checks import Severity
from fixbot_repair.checks.all import container
from fixbot_repair.checks.compiler import Compiler
from fixbot_repair.checks.tool import Interpreter, Request
from fixbot_repair.environment import Environment
from fixbot_repair.sandbox import Completed


def compiled(root, files, **options):
    return checks.run(root, tuple(files), only=["compiler"], overlay=files, **options)


def test_says_where_and_what(tmp_path):
    feedback = compiled(tmp_path, {"a.py": "x = 'é'; y = (1,\nz = 2\n".encode(), "b.py": b"fine = 1\n"})
    (finding,) = feedback.findings
    assert (finding.path, finding.line, finding.column) == ("a.py", 1, 14)
    assert (finding.tool, finding.rule, finding.severity) == ("compiler", "SyntaxError", Severity.ERROR)
    assert "never closed" in finding.message
    assert finding.fingerprint
    assert feedback.problems == ()


def test_finds_what_only_compiling_finds(tmp_path):
    (finding,) = compiled(tmp_path, {"a.py": b"x = 1\nreturn x\n"}).findings
    assert finding.line == 2
    assert "outside function" in finding.message


def test_warnings_of_the_compiler_are_warnings(tmp_path):
    (finding,) = compiled(tmp_path, {"a.py": b"def f(x):\n    return x is 'a'\n"}).findings
    assert (finding.rule, finding.severity) == ("SyntaxWarning", Severity.WARNING)
    assert (finding.line, finding.column, finding.end_column) == (2, 5, 20)


@pytest.mark.parametrize(
    "source",
    [
        b"x = " + b"(\n" * 10_000 + b")\n" * 10_000,
        b"x = (" + b"-\n" * 100_000 + b"1)",
        b"x = (" + b"1 +\n" * 100_000 + b"1)",
        b"if x:\n" + b"".join(b" " * i + b"if x:\n" for i in range(1, 150)),
    ],
    ids=["brackets", "unary", "sum", "blocks"],
)
def test_bombs_are_findings_and_the_rest_is_still_checked(tmp_path, source):
    feedback = compiled(tmp_path, {"a.py": source, "b.py": b"def f(:\n"})
    assert [f.path for f in feedback.findings] == ["a.py", "b.py"]
    assert feedback.problems == ()


def test_nul_is_told(tmp_path):
    feedback = compiled(tmp_path, {"a.py": b"x = 1\0\n", "b.py": b"def f(:\n"})
    assert [f.path for f in feedback.findings] in (["a.py", "b.py"], ["b.py"])
    assert len(feedback.findings) + len(feedback.problems) == 2


def test_an_empty_file_is_fine(tmp_path):
    assert compiled(tmp_path, {"a.py": b""}) == checks.Feedback()


def test_nothing_is_run(tmp_path):
    compiled(tmp_path, {"a.py": f"open({str(tmp_path / 'ran')!r}, 'w')\n".encode()})
    assert list(tmp_path.iterdir()) == []


class Dying:
    """A sandbox whose compiler dies at the file named bad.py, as a crash in the interpreter would make it."""

    name = "dying"

    def __init__(self):
        self.real = container()

    def promises(self):
        return self.real.promises()

    def where(self, policy):
        return self.real.where(policy)

    def run(self, argv, policy, stdin=b""):
        lines = stdin.split(b"\n")
        kept = next((i for i, line in enumerate(lines) if b"bad.py" in line), len(lines))
        done = self.real.run(argv, policy, b"\n".join(lines[:kept]))
        return done if kept == len(lines) else Completed(-11, done.stdout, b"", done.seconds)


def test_a_file_that_kills_the_compiler_is_a_finding(tmp_path):
    files = {"a.py": b"def f(:\n", "bad.py": b"x = 1\n", "c.py": b"def g(:\n"}
    feedback = compiled(tmp_path, files, sandbox=Dying())
    assert [(f.path, f.rule) for f in feedback.findings] == [
        ("a.py", "SyntaxError"),
        ("bad.py", "crash"),
        ("c.py", "SyntaxError"),
    ]


def test_an_interpreter_that_does_not_start_is_a_problem(tmp_path):
    from fixbot_analysis.source import SourceTree

    document = SourceTree(tmp_path, {"a.py": b"x = 1\n"}).read("a.py")
    broken = Interpreter(Path("/nowhere/python"), (3, 11))
    feedback = Compiler().check(Request(tmp_path, {"a.py": document}, container(), interpreter=broken))
    assert feedback.findings == ()
    assert "1 files were not compiled, from a.py on" in feedback.problems[0]


@pytest.mark.parametrize("trusted", [False, True])
def test_a_python_that_an_untrusted_project_brings_is_not_run(tmp_path, trusted):
    brought = tmp_path / "venv" / "bin" / "python"
    brought.parent.mkdir(parents=True)
    brought.write_text("#!/bin/sh\necho ran >&2\nexit 3\n")
    brought.chmod(0o755)
    environment = Environment(brought, sys.version_info[:3], "venv", readable=(tmp_path / "venv",))
    feedback = compiled(tmp_path, {"a.py": b"def f(:\n"}, environment=environment, trusted=trusted)
    assert [f.rule for f in feedback.findings] == ([] if trusted else ["SyntaxError"])
    assert ("ran" in str(feedback.problems)) == trusted


def _others():
    found = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python"))
    return found or [Path(sys.executable)]


@pytest.mark.parametrize("python", _others(), ids=lambda p: p.parts[-3])
def test_the_projects_own_interpreter_decides(tmp_path, python):
    environment = Environment.find(tmp_path, python)
    understands_match = environment.version >= (3, 10, 0)
    feedback = compiled(tmp_path, {"a.py": b"match x:\n    case 1:\n        pass\n"}, environment=environment)
    assert feedback.problems == ()
    assert [f.rule for f in feedback.findings] == ([] if understands_match else ["SyntaxError"])
