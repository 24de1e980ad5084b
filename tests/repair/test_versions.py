"""Many versions of a file in one run: each judged by itself, as if it stood at the place of its file."""

from dataclasses import replace

import pytest

from fixbot_analysis.source import Document
from fixbot_repair import checks
from fixbot_repair.checks.layers import lay
from fixbot_repair.checks.versions import Ground, judge

TEXTS = [b"import os\nimport here\n", b"import sys\nimport here\n", b"x = (\n", b"fine = 1\n"]


def judged(root, plain, *, trusted=False, tools=("ruff", "compiler")):
    versions = [Document("pkg/inner/a.py", text) for text in TEXTS]
    return judge(Ground(root, trusted=trusted, sandbox=plain), versions, checks.chosen(tools))


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pkg" / "inner").mkdir(parents=True)
    (tmp_path / "here.py").write_text("")
    for folder in ("pkg", "pkg/inner"):
        (tmp_path / folder / "__init__.py").write_text("")
    (tmp_path / "pkg" / "inner" / "a.py").write_bytes(TEXTS[0])
    return tmp_path


def test_each_version_is_judged_by_itself(project, plain):
    found = judged(project, plain)
    rules = [sorted({(f.tool, f.rule) for f in one}) for one in found.findings]
    assert rules == [
        [("ruff", "F401")],
        [("ruff", "F401")],
        [("compiler", "SyntaxError"), ("ruff", "invalid-syntax")],
        [],
    ]
    assert found.broken == {}


SETTINGS = {
    "by place": (
        '[lint]\nselect = ["F401", "INP", "I001"]\nper-file-ignores = {"pkg/inner/*" = ["F401"]}\n',
        "ruff.toml",
    ),
    "nearest": ('[lint]\nselect = ["F401"]\n', "pkg/ruff.toml"),
    "out of the project": ('extend = "../outside.toml"\n', "ruff.toml"),
}


@pytest.mark.parametrize("kind", SETTINGS)
def test_settings_and_neighbours_are_those_of_the_file(project, plain, kind):
    text, place = SETTINGS[kind]
    (project / "ruff.toml").write_text("")
    (project / place).write_text(text)
    (project.parent / "outside.toml").write_text('[lint]\nselect = ["F401"]\n')
    found = judged(project, plain, trusted=True, tools=("ruff",))
    wanted = [
        checks.run(
            project, ["pkg/inner/a.py"], only=["ruff"], trusted=True, sandbox=plain, overlay={"pkg/inner/a.py": text}
        )
        for text in TEXTS
    ]
    assert found.broken == {}
    assert [[(f.rule, f.line) for f in one] for one in found.findings] == [
        [(f.rule, f.line) for f in one.findings] for one in wanted
    ]


def test_a_tree_holds_one_version_and_links_to_what_is_around(project, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trees")
    one = Document("0/pkg/inner/a.py", b"one\n")
    documents = {"0/pkg/inner/a.py": one, "1/pkg/inner/a.py": replace(one, data=b"two\n"), "2/new/b.py": one}
    placed = lay(folder, project, documents, {name: name.partition("/")[2] for name in documents})
    assert placed == {
        "0/pkg/inner/a.py": "0/pkg/inner/a.py",
        "0/new/b.py": "2/new/b.py",
        "1/pkg/inner/a.py": "1/pkg/inner/a.py",
    }
    assert (folder / "1/pkg/inner/a.py").read_bytes() == b"two\n"
    assert (folder / "1/pkg/inner/__init__.py").is_symlink()
    assert (folder / "0/here.py").is_symlink()
    assert (project / "pkg/inner/a.py").read_bytes() == TEXTS[0]
