"""Semgrep as a tool: byte offsets, whose rules and ignore files count, and nothing left behind."""

from pathlib import Path

import pytest

from fixbot_repair import checks
from fixbot_repair.candidates import Patch
from fixbot_repair.checks.all import container
from fixbot_repair.checks.semgrep import Semgrep
from fixbot_repair.checks.tool import Request

RULE = """rules:
  - id: no-nine
    languages: [python]
    severity: INFO
    message: nine
    pattern: nine($X)
"""


def searched(root, *paths, **options):
    return checks.run(root, paths, only=["semgrep"], **options)


def test_places_are_characters_and_fixes_are_bytes(tmp_path):
    text = 'é = "😀"; rows = [[]] * 3\r\n'
    (tmp_path / "a.py").write_bytes(text.encode())
    (finding,) = searched(tmp_path, "a.py").findings
    assert (finding.rule, finding.line, finding.column, finding.end_line, finding.end_column) == (
        "one-list-many-times", 1, 17, 1, 25,
    )  # fmt: skip
    fixed = Patch(finding.fix).apply({"a.py": text.encode()})["a.py"].decode()
    assert fixed == 'é = "😀"; rows = [[] for _ in range(3)]\r\n'


@pytest.mark.parametrize("trusted", [True, False])
def test_the_projects_rules_count_only_when_trusted(tmp_path, trusted):
    (tmp_path / ".semgrep.yml").write_text(RULE)
    (tmp_path / "a.py").write_text("nine(1)\n")
    assert [f.rule for f in searched(tmp_path, "a.py", trusted=trusted).findings] == (["no-nine"] if trusted else [])


def test_a_broken_rule_is_a_problem(tmp_path):
    (tmp_path / ".semgrep.yml").write_text("rules:\n  - id: broken\n    languages: [python]\n")
    (tmp_path / "a.py").write_text("rows = [[]] * 3\n")
    feedback = searched(tmp_path, "a.py", trusted=True)
    assert any("semgrep" in p for p in feedback.problems)


def test_ignore_files_and_hidden_folders_do_not_hide_code(tmp_path):
    for name in ("tests", "vendor", ".hidden"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text("rows = [[]] * 3\n")
    (tmp_path / ".semgrepignore").write_text("*\n")
    (tmp_path / ".gitignore").write_text("*\n")
    paths = ("tests/a.py", "vendor/a.py", ".hidden/a.py")
    assert {f.path for f in searched(tmp_path, *paths).findings} == set(paths)


def test_nothing_is_written_at_home(tmp_path, monkeypatch):
    home, root = tmp_path / "home", tmp_path / "root"
    home.mkdir()
    root.mkdir()
    (root / "a.py").write_text("rows = [[]] * 3\n")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "SEMGREP_SETTINGS_FILE"):
        monkeypatch.setenv(name, str(home))
    assert searched(root, "a.py").findings
    assert list(home.iterdir()) == []
    assert [p.name for p in root.iterdir()] == ["a.py"]


def test_code_that_does_not_parse_is_the_compilers_to_name(tmp_path):
    (tmp_path / "a.py").write_text("def f(:\n    rows = [[]] * 3\n")
    assert searched(tmp_path, "a.py").problems == ()


def test_more_files_than_one_command_line(tmp_path, monkeypatch):
    monkeypatch.setattr("fixbot_repair.checks.semgrep._AT_ONCE", 2)
    overlay = {f"a{i}.py": b"rows = [[]] * 3\n" for i in range(5)}
    assert len(searched(tmp_path, *overlay, overlay=overlay).findings) == 5


def test_a_rule_file_that_is_not_there_is_told(tmp_path):
    from fixbot_analysis.source import SourceTree
    from fixbot_repair.errors import CheckFailed

    document = SourceTree(tmp_path, {"a.py": b"x = 1\n"}).read("a.py")
    request = Request(tmp_path, {"a.py": document}, container())
    with pytest.raises(CheckFailed):
        Semgrep(rules=(Path("/nowhere/rules"),)).check(request)
