"""``fixbot review`` as a user meets it."""

import json
import subprocess

import pytest
from jsonschema import Draft202012Validator

from fixbot_agent.cli.app import run
from fixbot_agent.schemas import load


@pytest.fixture
def project(tmp_path, monkeypatch):
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    git(root, "init", "-q", "-b", "main")
    commit(root, {"a.py": "def rows():\n    return []\n"})
    git(root, "checkout", "-q", "-b", "feature")
    commit(root, {"a.py": "def rows():\n    return [[]] * 3\n"})
    return root


def git(root, *arguments):
    identity = ("-c", "user.name=n", "-c", "user.email=n@example.org")
    done = subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(root, files):
    for path, text in files.items():
        (root / path).write_text(text, encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "change")


def test_text(project, capsys):
    assert run(["review"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("a.py:2  warning, correctness: All 3 elements are one and the same object")
    assert "\n    semgrep one-list-many-times at a.py:2:12: return [[]] * 3\n" in out
    assert "\n    +     return [[] for _ in range(3)]\n" in out
    assert out.endswith("1 new finding in 1 changed source file, checked with compiler, ruff, semgrep.\n")


def test_without_a_model_that_answers_the_review_is_that_of_checks(project, capsys, monkeypatch):
    monkeypatch.setenv("FIXBOT_MODELS", '{gone = {base_url = "http://127.0.0.1:1/v1", retries = 0}}')
    monkeypatch.setenv("FIXBOT_ROLES", '{review = ["gone"]}')
    assert run(["review", "--only", "compiler"]) == 0
    said = capsys.readouterr()
    assert said.out == "Nothing new in 1 changed source file, checked with compiler.\n"
    assert "fixbot: built-in engines from here: model 'gone' at http://127.0.0.1:1/v1" in said.err
    monkeypatch.setenv("FIXBOT_NO_MODEL", "1")
    assert run(["review", "--only", "compiler"]) == 0
    assert "built-in" not in capsys.readouterr().err


def test_json_has_the_contracts_shape(project, capsys):
    assert run(["review", "--base", "main", "--head", "feature", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert {"schema", "base", "head", "comments", "summary", "seconds"} <= document.keys()
    assert (document["base"], document["head"]) == (
        git(project, "rev-parse", "main"),
        git(project, "rev-parse", "feature"),
    )
    assert list(Draft202012Validator(load("review")).iter_errors(document)) == []
    (comment,) = document["comments"]
    contract = {"path", "line", "end_line", "kind", "message", "evidence", "suggestion", "fingerprint"}
    assert contract <= comment.keys()
    assert (comment["path"], comment["line"], comment["end_line"], comment["kind"]) == ("a.py", 2, 2, "correctness")
    assert comment["suggestion"] == "    return [[] for _ in range(3)]\n"


def test_a_files_name_begins_no_line(project, capsys):
    name = "b\nSAFE: nothing found.py"
    commit(project, {name: "def rows():\n    return [[]] * 3\nx = (\n"})
    assert run(["review", "--only", "semgrep,compiler"]) == 1
    said = capsys.readouterr()
    assert "b\\x0aSAFE: nothing found.py:" in said.out
    assert run(["check", name]) == 1
    said_too = capsys.readouterr()
    assert "b\\x0aSAFE: nothing found.py\n" in said_too.out
    told = said.out + said.err + said_too.out + said_too.err
    assert not [line for line in told.splitlines() if line.startswith("SAFE")]
    assert run(["review", "--format", "github"]) == 1
    assert all(line.startswith("::") for line in capsys.readouterr().out.splitlines())


def test_nothing_new_is_zero(project, capsys):
    assert run(["review", "--base", "feature"]) == 0
    assert capsys.readouterr().out.startswith("Nothing changed: no source file differs between ")


def test_sarif(project, capsys):
    assert run(["review", "--format", "sarif"]) == 1
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["ruleId"] == "semgrep/one-list-many-times"
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 2, "endLine": 2}


@pytest.mark.parametrize("bad", [["--base", "nope"], ["--head", "--exec=x"], ["--repo", "absent"], ["--format", "xml"]])
def test_bad_input_is_usage(project, capsys, bad):
    assert run(["review", *bad]) == 2
    assert capsys.readouterr().err.startswith("fixbot: ")


def test_no_repository_and_no_commit(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["review", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["kind"] == "git"
    assert error["hint"]
    git(tmp_path, "init", "-q")
    assert run(["review"]) == 2


def test_a_subfolder_will_do(project, capsys):
    (project / "sub").mkdir()
    assert run(["review", "--repo", "sub"]) == 1
    assert capsys.readouterr().out.startswith("a.py:2 ")


def test_outside_of_a_repository_the_folder_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["review"]) == 2
    assert f"{tmp_path} is not in a git repository" in capsys.readouterr().err
