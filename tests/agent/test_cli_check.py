"""``fixbot check`` as a user meets it: text, JSON, exit codes, and words for every bad input."""

import json
import os
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from fixbot_agent.cli.app import run
from fixbot_agent.schemas import load


@pytest.fixture
def project(tmp_path, monkeypatch):
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "src" / "a.py").write_text("import os\nrows = [[]] * 3\n")
    (root / "src" / "fine.py").write_text("x = 1\n")
    monkeypatch.chdir(root)
    return root


def git(root, *arguments):
    identity = ("-c", "user.name=n", "-c", "user.email=n@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def test_text_is_grouped_by_file(project, capsys):
    assert run(["check", "src"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("src/a.py\n     1:8  warning  `os` imported but unused  (ruff F401)  [fix]\n")
    assert out.endswith("2 warnings in 1 of 2 files; 2 with a fix offered by the tool.\n")
    assert "\x1b" not in out


def test_nothing_found_is_zero(project, capsys):
    assert run(["check", "src/fine.py"]) == 0
    assert capsys.readouterr().out == "Nothing found in 1 file.\n"


def test_json_has_the_contracts_shape(project, capsys):
    assert run(["check", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert list(document)[:4] == ["schema", "findings", "fixed", "seconds"]
    unused, shared = document["findings"]
    wanted = {
        "path": "src/a.py", "line": 1, "column": 8, "end_line": 1, "end_column": 10, "tool": "ruff", "rule": "F401",
        "severity": "warning", "message": "`os` imported but unused", "fix": True,
    }  # fmt: skip
    assert wanted.items() <= unused.items()
    assert len(unused["fingerprint"]) == 16
    assert (shared["tool"], shared["rule"]) == ("semgrep", "one-list-many-times")
    assert document["fixed"] == []
    assert list(Draft202012Validator(load("check")).iter_errors(document)) == []
    assert shared["edits"] == [{"start": 17, "end": 25, "text": "[[] for _ in range(3)]"}]
    assert document["seconds"] > 0


def test_only_some_tools(project, capsys):
    assert run(["check", "--only", "compiler, semgrep"]) == 1
    assert "F401" not in capsys.readouterr().out
    assert run(["check", "--only", "pylint", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["hint"].startswith("there are compiler, ruff, semgrep, mypy, ")


def test_other_formats(project, capsys):
    assert run(["check", "--format", "github"]) == 1
    assert capsys.readouterr().out.startswith(
        "::warning file=src/a.py,line=1,endLine=1,col=8,endColumn=10,title=ruff F401::"
    )
    assert run(["check", "--format", "sarif"]) == 1
    assert json.loads(capsys.readouterr().out)["version"] == "2.1.0"


def test_since_takes_changed_files_only(project, capsys):
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "base")
    assert run(["check", "--since", "main"]) == 0
    (project / "src" / "new.py").write_text("import sys\n")
    assert run(["check", "--since", "main", "--json"]) == 1
    assert [f["path"] for f in json.loads(capsys.readouterr().out.partition("\n")[2])["findings"]] == ["src/new.py"]
    assert run(["check", "--since", "--output=x"]) == 2
    assert run(["check", "--since", "nope"]) == 2


def test_since_needs_a_repository(project, capsys):
    assert run(["check", "--since", "main"]) == 2
    assert "not in a git repository" in capsys.readouterr().err


def _bad_inputs(root):
    (root / "notes.txt").write_text("x")
    (root / "binary.py").write_bytes(b"\0\1" * 100)
    (root / "big.py").write_bytes(b"x = 1\n" * 9_000_000)
    os.mkfifo(root / "pipe.py")
    (root / "loop.py").symlink_to("loop.py")
    (root.parent / "outside.py").write_text("x = 1\n")
    return ["absent.py", "notes.txt", "binary.py", "big.py", "pipe.py", "loop.py", "../outside.py"]


def test_bad_input_is_told_without_a_traceback(project, capsys):
    for name in _bad_inputs(project):
        if name == "../outside.py":
            assert run(["check", "src/fine.py", name]) == 2
        else:
            assert run(["check", name]) == 2, name
        captured = capsys.readouterr()
        assert captured.err.startswith("fixbot: ")
        assert "Traceback" not in captured.err
        assert captured.out == ""


def test_empty_files_and_folders_are_fine(project, capsys):
    (project / "empty.py").write_text("")
    (project / "nothing").mkdir()
    assert run(["check", "empty.py"]) == 0
    assert run(["check", "nothing"]) == 0
    assert capsys.readouterr().out == "Nothing found in 1 file.\nNothing found in 0 files.\n"


def test_a_tool_that_cannot_run_is_not_a_clean_bill(project, capsys, monkeypatch):
    from fixbot_repair.errors import CheckFailed

    def missing():
        raise CheckFailed("it is missing")

    monkeypatch.setattr("fixbot_repair.checks.semgrep._core", missing)
    assert run(["check", "src/fine.py"]) == 6
    assert "fixbot: not checked: semgrep: it is missing" in capsys.readouterr().err


def test_names_cannot_drive_the_terminal(project, capsys):
    name = "\x1b]0;owned\x07.py"
    (project / name).write_text("import os\n")
    assert run(["check", name]) == 1
    out = capsys.readouterr().out
    assert "\\x1b]0;owned\\x07.py" in out
    assert "\x1b" not in out


def test_the_projects_settings_need_trust(project, capsys):
    (project / "ruff.toml").write_text('[lint]\nselect = ["T201"]\n')
    assert run(["check", "--only", "ruff"]) == 1
    assert run(["check", "--only", "ruff", "--trust"]) == 0


def test_as_a_process_it_leaves_nothing_behind(project):
    before = sorted(p.name for p in project.rglob("*"))
    command = [sys.executable, "-m", "fixbot_agent.cli", "check", "--json"]
    done = subprocess.run(command, cwd=project, capture_output=True, check=False)
    assert done.returncode == 1
    assert len(json.loads(done.stdout)["findings"]) == 2
    assert done.stderr == b""
    assert sorted(p.name for p in project.rglob("*")) == before


def test_help_has_an_example(capsys):
    assert run(["check", "--help"]) == 0
    assert "fixbot check --since main" in capsys.readouterr().out


def test_a_name_cannot_turn_the_direction_of_writing(project, capsys):
    (project / "src" / "x\u202eyp.py").write_text("import os\n")
    assert run(["check", "src"]) == 1
    shown = capsys.readouterr()
    assert "\u202e" not in shown.out + shown.err
    assert "x\\u202eyp.py" in shown.out


def committed(root):
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "base")


def findings(capsys):
    out = capsys.readouterr().out
    return [(f["path"], f["line"], f["tool"], f["rule"]) for f in json.loads(out)["findings"]]


def test_new_shows_what_the_base_did_not_have(project, capsys):
    committed(project)
    (project / "src" / "a.py").write_text("# moved\n\nimport os\nrows = [[]] * 3\nprint(nowhere)\n")
    assert run(["check", "--new", "--base", "main", "--json"]) == 1
    assert findings(capsys) == [("src/a.py", 5, "ruff", "F821")]
    (project / "src" / "a.py").write_text("# moved\n\nimport os\nrows = [[]] * 3\n")
    assert run(["check", "--new"]) == 0
    assert run(["check", "--base", "main"]) == 2
    assert "--base goes with --new" in capsys.readouterr().err


def test_new_sees_what_a_change_breaks_in_another_file(project, capsys):
    (project / "mypy.ini").touch()
    (project / "src" / "lib.py").write_text("def f(x: int) -> None: ...\n")
    (project / "src" / "use.py").write_text("from lib import f\n\nf(1)\nf('old')\n")
    committed(project)
    (project / "src" / "lib.py").write_text("\ndef f(x: list[int]) -> None: ...\n")
    assert run(["check", "--new", "--base", "main", "--only", "mypy", "--json"]) == 1
    assert findings(capsys) == [("src/use.py", 3, "mypy", "arg-type")]


@pytest.fixture
def tested(project):
    (project / "src" / "a.py").write_text("def half(n):\n    return n / 2\n")
    (project / "test_a.py").write_text(
        "from src.a import half\n\n\ndef test_half():\n    assert half(4) == 2\n\n\ndef test_odd():\n    assert half(3) == 1\n"
    )
    (project / "test_other.py").write_text("def test_never():\n    assert False\n")
    committed(project)
    return project


def test_failing_tests_are_findings(tested, capsys):
    assert run(["check", "--tests", "all"]) == 1
    out = capsys.readouterr().out
    assert "test_a.py\n     9:5  error    test_a.py::test_odd: AssertionError" in out
    assert "(tests AssertionError)" in out
    assert out.endswith("2 errors in 2 of 4 files; 3 tests ran, 2 failed.\n")


def test_tests_that_see_a_change_run_by_themselves(tested, capsys):
    assert run(["check"]) == 0
    assert "ran" not in capsys.readouterr().out
    (tested / "src" / "a.py").write_text("def half(n):\n    return missing / 2\n")
    assert run(["check", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["tests"] == {"run": 2, "failed": ["test_a.py::test_half", "test_a.py::test_odd"]}
    places = {(f["path"], f["line"], f["tool"], f["rule"]) for f in document["findings"]}
    assert {("src/a.py", 2, "tests", "NameError"), ("src/a.py", 2, "ruff", "F821")} <= places
    assert list(Draft202012Validator(load("check")).iter_errors(document)) == []
    assert run(["check", "--tests", "none", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["tests"] == {"run": 0, "failed": []}


def test_a_test_that_failed_before_is_not_new(tested, capsys):
    (tested / "src" / "a.py").write_text("def half(n):\n    return n // 2 + (n == 4)\n")
    assert run(["check", "--new", "--json"]) == 1
    assert [f[3] for f in findings(capsys)] == ["AssertionError"]
    assert run(["check", "--new", "--tests", "all", "--json"]) == 1
    assert len(findings(capsys)) == 1


def test_tests_need_a_repository_only_when_asked_for(project, capsys):
    assert run(["check", "src/fine.py"]) == 0
    assert run(["check", "src/fine.py", "--tests", "all"]) == 2
    assert "not in a git repository" in capsys.readouterr().err


def test_foreign_tools_stand_in_every_format(project, capsys):
    (project / "mypy.ini").touch()
    (project / "src" / "a.py").write_text("print(nowhere)\nx: int = 'a'\n")
    assert run(["check", "src/a.py", "--only", "ruff,mypy"]) == 1
    assert "(ruff F821, mypy name-defined)" in capsys.readouterr().out
    assert run(["check", "src/a.py", "--format", "sarif"]) == 1
    (log,) = json.loads(capsys.readouterr().out)["runs"]
    assert [r["ruleId"] for r in log["results"]] == ["ruff/F821", "mypy/assignment"]
    assert log["results"][0]["message"]["text"].endswith("(also mypy name-defined)")
    assert run(["check", "src/a.py", "--format", "github"]) == 1
    assert "title=mypy assignment::Incompatible types" in capsys.readouterr().out


def test_on_a_terminal_what_comes_late_follows_and_nothing_is_said_twice(monkeypatch, capsys):
    from fixbot_agent.cli.listing import Live
    from fixbot_repair.checks import Feedback, Finding, Severity

    one, two = (Finding("a.py", n, 1, n, 2, tool, "r", Severity.ERROR, "m") for n, tool in ((1, "fast"), (2, "slow")))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    now = [100.0]
    monkeypatch.setattr("fixbot_agent.cli.listing.time.monotonic", lambda: now[0])
    with Live(on=True) as live:
        live.heard(Feedback((one,)))
        assert capsys.readouterr().out == ""  # the others may be done soon
        now[0] += 5
        live.heard(Feedback((one,)))
        assert "(fast r)" in capsys.readouterr().out
        live.heard(Feedback((one, two)))
        live.tell((one, two))
    out = capsys.readouterr().out
    assert out.count("(slow r)") == 1
    assert "fast" not in out
