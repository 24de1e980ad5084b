"""All tools in one list: order, one voice on syntax, and problems in words instead of silence."""

import os
import sys
from pathlib import Path

import pytest

from fixbot_repair import checks
from fixbot_repair.checks import Feedback
from fixbot_repair.checks.minimum import minimum_python
from fixbot_repair.environment import Environment
from fixbot_repair.errors import CheckFailed


def test_one_list_in_order_of_place(tmp_path):
    (tmp_path / "b.py").write_text("import os\nrows = [[]] * 3\nx = '\\d'\n")
    (tmp_path / "a.py").write_text("print(nowhere)\n")
    feedback = checks.run(tmp_path, ("b.py", "a.py"))
    assert [(f.path, f.line, f.tool) for f in feedback.findings] == [
        ("a.py", 1, "ruff"),
        ("b.py", 1, "ruff"),
        ("b.py", 2, "semgrep"),
        ("b.py", 3, "compiler"),
    ]
    assert feedback.problems == ()
    assert len({f.fingerprint for f in feedback.findings}) == 4


def test_syntax_is_said_once(tmp_path):
    (tmp_path / "a.py").write_text("def f(:\n    pass\n")
    assert [f.tool for f in checks.run(tmp_path, ("a.py",)).findings] == ["compiler"]
    assert {f.tool for f in checks.run(tmp_path, ("a.py",), only=["ruff"]).findings} == {"ruff"}


def test_unknown_tools_are_refused(tmp_path):
    with pytest.raises(CheckFailed, match="no such tool: pylint"):
        checks.run(tmp_path, (), only=["pylint"])


def test_what_cannot_be_read_is_a_problem(tmp_path):
    (tmp_path / "binary.py").write_bytes(b"\0\1\2" * 100)
    (tmp_path / "big.py").write_bytes(b"x = 1\n" * 10_000_000)
    os.mkfifo(tmp_path / "pipe.py")
    feedback = checks.run(tmp_path, ("binary.py", "big.py", "pipe.py", "absent.py"))
    assert feedback.findings == ()
    assert [p.partition(":")[0] for p in feedback.problems] == ["binary.py", "big.py", "pipe.py", "absent.py"]


@pytest.mark.parametrize("tool", ["ruff", "semgrep"])
def test_a_missing_tool_is_a_problem_and_the_others_go_on(tmp_path, monkeypatch, tool):
    def missing():
        raise CheckFailed("it is missing")

    monkeypatch.setattr(f"fixbot_repair.checks.{tool}._{'binary' if tool == 'ruff' else 'core'}", missing)
    (tmp_path / "a.py").write_text("rows = [[]] * 3\nprint(nowhere)\nx = '\\d'\n")
    feedback = checks.run(tmp_path, ("a.py",))
    assert feedback.broken == (tool,)
    assert feedback.problems == (f"{tool}: it is missing",)
    assert {f.tool for f in feedback.findings} == {"compiler", "ruff", "semgrep"} - {tool}


def test_a_full_disk_is_a_problem(tmp_path, monkeypatch):
    (tmp_path / "a.py").write_text("import os\n")
    sandbox = checks.all.container()

    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    feedback = checks.run(tmp_path, ("a.py",), sandbox=sandbox)
    assert set(feedback.broken) == {"compiler", "ruff", "semgrep"}
    assert all("no scratch folder" in p for p in feedback.problems)


@pytest.mark.parametrize("only", [["compiler"], None])
@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", '[project]\nrequires-python = ">= 3.12"\n'),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.12"\n'),
        ("setup.cfg", "[options]\npython_requires = >=3.12\n"),
    ],
)
def test_an_interpreter_older_than_the_code_does_not_judge_it(tmp_path, only, file, text):
    old = Environment(Path(sys.executable), (3, 11, 0), "test")
    (tmp_path / file).write_text(text)
    overlay = {"a.py": b"type Name = str\n", "b.py": b"def f(:\n"}
    findings = checks.run(tmp_path, ("a.py", "b.py"), only=only, overlay=overlay, environment=old).findings
    assert {(f.path, f.tool, f.category) for f in findings} == {("b.py", "ruff", "syntax")}


@pytest.mark.parametrize(
    "text", ["[project\n", "requires-python = 3\n", "[project]\nrequires-python = 3\n", "project = 3\n"]
)
def test_odd_project_files_say_nothing(tmp_path, text):
    (tmp_path / "pyproject.toml").write_text(text)
    assert minimum_python(tmp_path) is None


def test_nothing_to_check(tmp_path):
    assert checks.run(tmp_path, ()) == Feedback()


def test_progress_is_told(tmp_path):
    steps = []

    class Listener:
        def step(self, what, done, total):
            steps.append((what, done, total))

    (tmp_path / "a.py").write_text("x = 1\n")
    checks.run(tmp_path, ("a.py",), only=["compiler", "ruff"], progress=Listener())
    assert steps[:2] == [("checking with compiler", 0, 1), ("checking with ruff", 0, 1)]
    assert {("checking with compiler", 1, 1), ("checking with ruff", 1, 1)} <= set(steps)


def test_a_tool_is_handed_files_of_its_languages_alone(tmp_path):
    files = {
        "a.c": b"int main(void) { return 0; }\n",
        "b.ts": b"let x = 1;\n",
        "c.py": b"import os\n",
        "go.mod": b"x\n",
    }
    feedback = checks.run(tmp_path, tuple(files), overlay=files)
    assert [(f.path, f.rule) for f in feedback.findings] == [("c.py", "F401")]
    assert feedback.problems == (
        "1 c file: none of the tools that ran is made for them",
        "1 typescript file: none of the tools that ran is made for them",
    )


def test_that_no_sandbox_held_the_tools_is_said(tmp_path, plain):
    (tmp_path / "a.py").write_text("x = 1\n")
    held = checks.run(tmp_path, ("a.py",), only=["compiler", "ruff"])
    loose = checks.run(tmp_path, ("a.py",), only=["compiler", "ruff"], sandbox=plain)
    assert (held.notes, len(loose.notes)) == ((), 1)
    assert loose.notes[0].startswith("no sandbox works here: compiler, ruff ran under limits only")
