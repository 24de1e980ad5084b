"""The linter as a tool: places, safe fixes, and whose configuration counts."""

import pytest

from fixbot_repair import checks
from fixbot_repair.candidates import Patch


def linted(root, *paths, **options):
    return checks.run(root, paths, only=["ruff"], **options)


def test_places_are_characters_and_fixes_are_bytes(tmp_path):
    text = '"😀é"; import os, sys\nprint(sys)\n'
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    (finding,) = linted(tmp_path, "a.py").findings
    assert (finding.rule, finding.line, finding.column, finding.end_column) == ("F401", 1, 14, 16)
    assert Patch(finding.fix).apply({"a.py": text.encode()})["a.py"].decode() == '"😀é"; import sys\nprint(sys)\n'


def test_unsafe_fixes_are_left_out(tmp_path):
    (tmp_path / "a.py").write_text("def f():\n    x = 1\n")
    (finding,) = linted(tmp_path, "a.py").findings
    assert (finding.rule, finding.fix) == ("F841", ())


@pytest.mark.parametrize("trusted", [True, False])
def test_the_projects_configuration_counts_only_when_trusted(tmp_path, trusted):
    (tmp_path / "ruff.toml").write_text('[lint]\nselect = ["T201"]\n')
    (tmp_path / "a.py").write_text("import os\nprint(1)\n")
    rules = [f.rule for f in linted(tmp_path, "a.py", trusted=trusted).findings]
    assert rules == (["T201"] if trusted else ["F401"])


@pytest.mark.parametrize("trusted", [True, False])
def test_a_broken_configuration_is_a_problem_only_when_it_counts(tmp_path, trusted):
    (tmp_path / "ruff.toml").write_text("select = = [\n")
    (tmp_path / "a.py").write_text("import os\n")
    feedback = linted(tmp_path, "a.py", trusted=trusted)
    assert feedback.broken == (("ruff",) if trusted else ())
    assert bool(feedback.problems) == trusted
    assert [f.rule for f in feedback.findings] == ([] if trusted else ["F401"])


def test_an_open_buffer_stands_for_the_file(tmp_path):
    (tmp_path / "a.py").write_text("import os\n")
    overlay = {"a.py": b"import sys\n", "new.py": b"print(nowhere)\n"}
    findings = linted(tmp_path, "a.py", "new.py", overlay=overlay).findings
    assert [(f.path, f.message) for f in findings] == [
        ("a.py", "`sys` imported but unused"),
        ("new.py", "Undefined name `nowhere`"),
    ]


def test_other_encodings_are_read(tmp_path):
    (tmp_path / "a.py").write_bytes("# coding: latin-1\nname = 'é'\nimport os\n".encode("latin-1"))
    (tmp_path / "b.py").write_bytes(b"\xef\xbb\xbfimport os\n")
    findings = linted(tmp_path, "a.py", "b.py").findings
    assert [(f.path, f.line, f.column) for f in findings] == [("a.py", 3, 8), ("b.py", 1, 8)]


def test_a_link_out_of_the_project_is_not_read(tmp_path):
    outside, root = tmp_path / "secret.py", tmp_path / "project"
    root.mkdir()
    outside.write_text("token = undefined_secret\n")
    (root / "a.py").symlink_to(outside)
    feedback = linted(root, "a.py")
    assert feedback.findings == ()
    assert feedback.problems
    assert "undefined_secret" not in str(feedback)


def test_odd_names_are_names(tmp_path):
    for name in ("-rf.py", "a b.py", "@args.py"):
        (tmp_path / name).write_text("import os\n")
    assert [f.path for f in linted(tmp_path, "-rf.py", "@args.py", "a b.py").findings] == [
        "-rf.py",
        "@args.py",
        "a b.py",
    ]
