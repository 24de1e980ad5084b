"""Foreign tools: their recorded output read, the tools themselves where they are installed, and what they may not do."""

import os
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from fixbot_repair import checks
from fixbot_repair.checks.adapters import (
    Adapter,
    External,
    Lines,
    Place,
    Printed,
    Region,
    Remark,
    Replacement,
    Unit,
    adapters,
    in_project,
    load,
)
from fixbot_repair.checks.all import container
from fixbot_repair.environment import Environment

DATA = Path(__file__).parent / "data" / "checks"
PYTHON = frozenset({"python"})

# What each tool says of its sample: rule, line, column, excerpt of what is marked. Recorded with mypy 2.4.1, pyright 1.1.414,
# ty and pyrefly of the same month, TypeScript 5.9, GCC 12.2, javac 17, cargo 1.95.
SAMPLES: dict[str, tuple[str, list[tuple[str, int, int]]]] = {
    "mypy": ("sample.py", [("import-not-found", 1, 1), ("name-defined", 5, 26), ("call-arg", 9, 1), ("arg-type", 9, 7)]),
    "pyright": (
        "sample.py",
        [("reportMissingImports", 1, 8), ("reportUndefinedVariable", 5, 26), ("reportAssignmentType", 8, 27), ("reportCallIssue", 9, 12)],
    ),
    "ty": (
        "sample.py",
        [("import-not-found", 1, 8), ("unresolved-reference", 5, 26), ("invalid-assignment", 8, 27), ("invalid-argument-type", 9, 7),
         ("too-many-positional-arguments", 9, 12)],
    ),
    "pyrefly": ("sample.py", [("missing-import", 1, 8), ("unknown-name", 5, 26)]),
    "tsc": ("sample.ts", [("TS2322", 1, 26), ("TS2551", 3, 17), ("TS2304", 3, 26)]),
    "gcc": ("sample.c", [("unused-but-set-variable", 4, 17), ("unused-variable", 5, 17), ("error", 6, 20), ("error", 7, 13)]),
    "g++": ("sample.cpp", [("error", 4, 17), ("error", 4, 26)]),
    "javac": ("Sample.java", [("error", 4, 27), ("rawtypes", 5, 16), ("rawtypes", 5, 33), ("error", 5, 46)]),
    "cargo": ("rust/src/main.rs", [("E0308", 3, 25), ("E0599", 4, 36), ("E0308", 5, 8)]),
}  # fmt: skip


@pytest.fixture
def sandbox():
    return container()


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    shutil.copytree(DATA / "src", root)
    return root


def program(folder, name, text):
    """A program of a few lines of shell, as a tool that somebody installed."""
    place = folder / name
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(place.stat().st_mode | stat.S_IEXEC)
    return place


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """A foreign tool made of shell: `tool(text)` is an adapter of it; its lines are path:line:column:severity:rule:message."""
    folder = tmp_path / "tools" / "bin"
    folder.mkdir(parents=True)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def make(text, name="grumble", **options):
        program(folder, name, text)
        pattern = re.compile(
            r"(?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+):(?P<severity>\w+):(?P<rule>\w*):(?P<message>.*)"
        )
        plain = Adapter(
            name=name, languages=PYTHON, programs=(name,), places=(Place.PATH,), install=f"get {name}",
            arguments=("{files}",), read=Lines(pattern),
        )  # fmt: skip
        return External(replace(plain, **options))

    return make


def checked(root, tool, *paths, **options):
    return checks.run(root, paths or ("a.py",), only=[tool], **options)


# -- what tools print ---------------------------------------------------------------------------------------------------


def recorded(name):
    out, err = (DATA / f"{name}.{kind}" for kind in ("out", "err"))
    return Printed(*(p.read_text() if p.exists() else "" for p in (out, err)))


@pytest.mark.parametrize("name", SAMPLES)
def test_recorded_output_is_read(name, project, tool):
    path, expected = SAMPLES[name]
    adapter = adapters()[name]
    said = replace(adapter, read=lambda _: adapter.read(recorded(name)), anchor="", runs_code=False, arguments=())
    played = tool("exit 0", read=said.read, unit=said.unit, severities=said.severities, languages=said.languages)
    # The recordings name the place where they were made.
    moved = External(replace(played.adapter, read=lambda p: _moved(said.read(p), path, project)))
    findings = checked(project, moved, path).findings
    assert [(f.rule, f.line, f.column) for f in findings if f.rule != "assignment"] == expected
    assert all(f.end_column > f.column for f in findings)


def _moved(remarks, path, project):
    for remark in remarks:
        fix = tuple(replace(r, path=str(project / path)) for r in remark.fix)
        assert Path(remark.path).name == Path(path).name
        yield replace(remark, path=str(project / path), fix=fix)


# None of these is part of what `make test-system` installs; where one is found it is asked.
HERE = {
    name: next((p for n in adapter.programs if (p := shutil.which(n))), None) or (name == "mypy" and sys.executable)
    for name, adapter in adapters().items()
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_real_tool_says_what_was_recorded(name, project):
    if not HERE[name]:
        pytest.skip(f"{name} is not installed here")
    path, expected = SAMPLES[name]
    feedback = checks.run(project, [path], only=[name], trusted=True, environment=Environment.find(project))
    assert feedback.problems == ()
    # Rules come and go with versions; what is plainly wrong is found on its line.
    assert {line for _, line, _ in expected} <= {f.line for f in feedback.findings}
    assert {f.tool for f in feedback.findings} == {name}
    assert sorted(p.name for p in project.rglob("*") if p.is_dir()) == ["rust", "src"]
    assert not (project / "rust" / "Cargo.lock").exists()


def test_gos_lines_are_read_as_its_documentation_gives_them(project):
    # No Go was at hand to record it from.
    printed = Printed(
        "", "# sample\n./sample.go:7:9: undefined: missing\nvet: ./sample.go:6:2: wrong type\nexit status 1\n"
    )
    said = [(r.path, r.region.line, r.region.column, r.message, r.rule) for r in adapters()["go"].read(printed)]
    assert said == [("./sample.go", 7, 9, "undefined: missing", "vet"), ("./sample.go", 6, 2, "wrong type", "vet")]


def test_the_compilers_own_fixes_are_edits(project):
    remark = Remark("a.py", Region(1, 5), "m", "error", "r", (Replacement("a.py", Region(1, 5, 1, 7), "xyz"),))
    tool = External(replace(_silent(), read=lambda _: [remark], unit=Unit.BYTES))
    (finding,) = checked(project, tool, overlay={"a.py": "é = ab\n".encode()}).findings
    assert [(e.span.start, e.span.end, e.text) for e in finding.fix] == [(4, 6, "xyz")]
    elsewhere = replace(remark, fix=(Replacement("b.py", Region(1, 1, 1, 1), "x"),))
    tool = External(replace(_silent(), read=lambda _: [elsewhere]))
    assert checked(project, tool, overlay={"a.py": b"x = 1\n"}).findings[0].fix == ()


def _silent():
    return Adapter(
        name="true",
        languages=PYTHON,
        programs=("true",),
        places=(Place.PATH,),
        install="",
        arguments=(),
        read=lambda _: [],
    )


@pytest.mark.parametrize(("unit", "column"), [(Unit.CHARACTERS, 7), (Unit.UTF16, 8), (Unit.BYTES, 10)])
def test_columns_are_characters_whatever_a_tool_counts(project, tool, unit, column):
    said = tool(f"echo a.py:1:{column}:error:rule:message", unit=unit)
    (finding,) = checked(project, said, overlay={"a.py": "'😀'; word = 1\n".encode()}).findings
    assert (finding.column, finding.end_column) == (7 - 1 + 1, 7 + 3)


# -- what a tool may see and do -----------------------------------------------------------------------------------------


def test_only_what_was_asked_for_is_shown_and_nothing_is_written(project, tool):
    said = tool(
        "touch made-here $HOME/fine; echo a.py:1:1:error:x:one; echo sample.py:1:1:error:x:two; echo /etc/passwd:1:1:error:x:y"
    )
    (project / "a.py").write_text("x = 1\n")
    before = sorted(project.rglob("*"))
    findings = checked(project, said).findings
    assert [(f.path, f.message) for f in findings] == [("a.py", "one")]
    assert sorted(project.rglob("*")) == before


def test_buffers_are_laid_over_a_copy_of_the_whole_project(project, tool):
    (project / "a.py").write_text("old\n")
    (project / "pkg").mkdir()
    (project / "pkg" / "b.py").write_text("beside\n")
    said = tool('echo "a.py:1:1:error:x:$(cat a.py new.py pkg/b.py | tr "\\n" " ")"')
    feedback = checked(project, said, "a.py", "new.py", overlay={"a.py": b"buffer\n", "new.py": b"fresh\n"})
    assert [f.message for f in feedback.findings] == ["buffer fresh beside"]
    assert (project / "a.py").read_text() == "old\n"


def test_links_of_the_project_are_not_followed_into_the_copy(project, tool):
    (project.parent / "secret.py").write_text("secret\n")
    (project / "link.py").symlink_to(project.parent / "secret.py")
    said = tool('echo "a.py:1:1:error:x:$(cat link.py 2>&1)"')
    (finding,) = checked(project, said, overlay={"a.py": b"x\n"}).findings
    assert "secret\n" not in finding.message
    assert "No such file" in finding.message


def test_mypy_sees_an_open_buffer_through_an_import(project):
    (project / "a.py").write_text("def f(x: str) -> None: ...\n")
    (project / "b.py").write_text("from a import f\nf(1)\n")
    only = {"only": ["mypy"], "environment": Environment.find(project)}
    assert [f.rule for f in checks.run(project, ["b.py"], **only).findings] == ["arg-type"]
    overlay = {"a.py": b"def f(x: int) -> None: ...\n"}
    assert checks.run(project, ["a.py", "b.py"], overlay=overlay, **only).findings == ()


@pytest.mark.parametrize("trusted", [True, False])
def test_mypys_plugins_are_loaded_in_a_trusted_workspace_only(project, trusted):
    (project / "plug.py").write_text("raise RuntimeError('plugin ran')\n")
    (project / "mypy.ini").write_text("[mypy]\nplugins = plug.py\n")
    (project / "a.py").write_text("x: int = 'a'\n")
    feedback = checked(project, "mypy", trusted=trusted)
    assert bool(feedback.broken) is trusted
    assert [f.rule for f in feedback.findings] == ([] if trusted else ["assignment"])


def test_mypy_says_that_it_gave_up(project):
    (project / "a.py").write_text("def f(:\n")
    (project / "b.py").write_text("x: int = 'a'\n")
    feedback = checks.run(project, ["a.py", "b.py"], only=["mypy", "compiler"])
    assert [(f.tool, f.path) for f in feedback.findings] == [("compiler", "a.py")]
    (said,) = feedback.problems
    assert said.startswith("mypy: it checks nothing while a file does not parse: a.py:1: ")


def test_code_of_the_project_runs_only_in_a_trusted_workspace(project, tool):
    said = tool("echo a.py:1:1:error:x:ran", runs_code=True)
    overlay = {"a.py": b"x\n"}
    refused = checked(project, said, overlay=overlay)
    assert refused.broken == ("grumble",)
    assert "not trusted" in refused.problems[0]
    assert [f.message for f in checked(project, said, overlay=overlay, trusted=True).findings] == ["ran"]


def test_a_program_of_the_project_needs_trust_or_a_sandbox(project, tool, sandbox):
    inside = project / "node_modules" / ".bin"
    inside.mkdir(parents=True)
    program(inside, "whisper", "echo a.py:1:1:error:x:inside")
    said = tool("echo a.py:1:1:error:x:outside", name="whisper", places=(Place.NODE_MODULES, Place.PATH))
    (project / "a.py").write_text("x\n")

    class Weak:
        name, warnings = "weak", ()
        where, run = sandbox.where, sandbox.run

        def promises(self):
            return frozenset()

    found = [
        checked(project, said, sandbox=box, trusted=trust).findings[0].message
        for box, trust in ((sandbox, False), (Weak(), False), (Weak(), True))
    ]
    assert found == ["inside", "outside", "inside"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("echo oops >&2; exit 3", "it broke: oops"),
        ("echo oops >&2; exit 1", "it broke: oops"),
        ("echo not what was agreed", "its output cannot be read: not what was agreed"),
    ],
)
def test_a_tool_that_breaks_is_told(project, tool, text, why):
    def strict(printed):
        if printed.stdout:
            raise ValueError
        return []

    feedback = checked(project, tool(text, read=strict), overlay={"a.py": b"x\n"})
    assert (feedback.broken, feedback.problems) == (("grumble",), (f"grumble: {why}",))


def test_a_tool_that_is_not_there_says_how_to_get_it(project, tool):
    absent = replace(tool("true").adapter, programs=("no-such-program",))
    asked = checked(project, External(absent), overlay={"a.py": b"x\n"})
    assert (asked.broken, asked.problems) == (("grumble",), ("grumble: it is not installed here: get grumble",))
    by_itself = checked(project, External(absent, may_lack=True), overlay={"a.py": b"x\n"})
    assert by_itself.broken == ()
    assert by_itself.problems == ("grumble: the project uses it, and it is not installed here: get grumble",)


def test_a_tool_runs_in_each_folder_that_says_how(project, tool):
    said = tool('for f in "$@"; do echo "$f:1:1:error:x:$(basename "$PWD")"; done', anchor="pack.toml")
    for folder in ("one", "two/deep", "none"):
        (project / folder).mkdir(parents=True)
        (project / folder / "a.py").write_text("x\n")
    (project / "one" / "pack.toml").touch()
    (project / "two" / "pack.toml").touch()
    feedback = checked(project, said, "one/a.py", "two/deep/a.py", "none/a.py")
    assert [(f.path, f.message) for f in feedback.findings] == [("one/a.py", "one"), ("two/deep/a.py", "two")]
    assert feedback.problems == ("grumble: none/a.py: no pack.toml in a folder above",)


# -- which tools a project uses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "text", "used"),
    [
        ("mypy.ini", "", {"mypy"}),
        ("pyproject.toml", "[tool.mypy]\nstrict = true\n", {"mypy"}),
        ("pyproject.toml", "[tool.mypyc]\n", set()),
        ("setup.cfg", "[mypy]\n", {"mypy"}),
        ("setup.cfg", "[metadata]\n", set()),
        ("pyproject.toml", "[tool.pyright]\n", {"pyright"}),
        ("pyrightconfig.json", "{}", {"pyright"}),
        ("pyproject.toml", '[dependency-groups]\ndev = ["ty>=0.1", "pyrefly"]\n', {"ty", "pyrefly"}),
        ("requirements-dev.txt", "mypy[d]==1.9\n", {"mypy"}),
        ("requirements-dev.txt", "mypy-extensions\nparty\n", set()),
        ("package.json", '{"devDependencies": {"pyright": "1"}}', {"pyright"}),
        (".pre-commit-config.yaml", "- repo: https://example.org/mirrors-mypy\n  hooks: [{id: mypy}]\n", {"mypy"}),
        (".github/workflows/ci.yml", "run: uvx ty check src\n", {"ty"}),
        (".github/workflows/ci.yml", "run: pyright-action\n", {"pyright"}),
        ("tox.ini", "commands = mypy src\n", {"mypy"}),
        ("README.md", "we like mypy", set()),
    ],
)
def test_what_a_project_uses_is_what_its_files_say(tmp_path, file, text, used):
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text)
    assert {a.name for a in in_project(tmp_path, PYTHON)} == used


def test_tools_go_by_language(project):
    (project / "mypy.ini").touch()
    names = lambda *paths: {t.name for t in checks.in_use(project, paths)}  # noqa: E731
    assert names("a.py") == {"mypy"}
    assert names("a.ts") == {"tsc"}
    assert names("a.rs", "a.py") == {"mypy"}  # its Cargo.toml is not at the top


def test_what_other_tools_name_is_not_mypys(project):
    (project / "pyproject.toml").write_text('[tool.mypy]\nstrict = true\n\n[tool.setuptools]\npackages = ["a"]\n')
    (project / "a.py").write_text("x: int = 'a'\n")
    feedback = checks.run(project, ["a.py"], only=["mypy"], trusted=True)
    assert (feedback.problems, [f.rule for f in feedback.findings]) == ((), ["assignment"])


def test_what_the_configuration_names_is_left_to_it(project):
    (project / "mypy.ini").write_text("[mypy]\nfiles = a.py\n")
    (project / "a.py").write_text("x: int = 'a'\n")
    (project / "left_out.py").write_text("x: int = 'a'\n")
    found = checks.run(project, ["a.py", "left_out.py"], only=["mypy"], trusted=True).findings
    assert [f.path for f in found] == ["a.py"]


# -- more than one ------------------------------------------------------------------------------------------------------


def test_what_several_tools_say_is_shown_once(project, tool):
    one = tool(
        "echo a.py:1:7:error:undef:gone; echo a.py:1:13:error:undef:gone too",
        name="one",
        meanings={"undef": "undefined-name"},
    )
    two = tool("echo a.py:1:1:error:nope:gone", name="two", meanings={"nope": "undefined-name"})
    registered = {"one": one.adapter, "two": two.adapter}
    overlay = {"a.py": b"print(gone, gone_too)\n"}
    from fixbot_repair.checks.merging import merged

    findings = checks.run(project, ["a.py"], only=["ruff", one, two], overlay=overlay).findings
    meanings = {n: a.meanings for n, a in registered.items()} | {"ruff": {"F821": "undefined-name"}}
    shown = list(merged(findings, meanings, {"ruff": 0, "one": 1, "two": 2}))
    assert [(f.tool, f.rule, f.column, f.also) for f in shown] == [
        ("ruff", "F821", 7, ("one undef", "two nope")),
        ("ruff", "F821", 13, ("one undef",)),
    ]


def test_mypy_and_ruff_say_it_once(project):
    overlay = {"a.py": b"print(nowhere)\n"}
    (finding,) = checks.run(project, ["a.py"], only=["ruff", "mypy"], overlay=overlay).findings
    assert (finding.tool, finding.also) == ("ruff", ("mypy name-defined",))


# -- from outside -------------------------------------------------------------------------------------------------------

PLUGIN = """
import re
from fixbot_repair.checks.adapters import Adapter, Lines, Place, Usage

TOOL = Adapter(
    name="gossip",
    languages=frozenset({"python"}),
    programs=("gossip",),
    places=(Place.PATH,),
    install="get gossip",
    usage=Usage(configuration=("gossip.ini",)),
    arguments=("{files}",),
    read=Lines(re.compile(r"(?P<path>[^:]+):(?P<line>[0-9]+): (?P<message>.*)"), rule="heard"),
)
"""


def test_an_outside_package_adds_a_tool(tmp_path, project, tool):
    tool('for f in "$@"; do echo "$f:1: they say things"; done', name="gossip")
    info = tmp_path / "site" / "fixbot_gossip-1.0.dist-info"
    info.mkdir(parents=True)
    (tmp_path / "site" / "fixbot_gossip.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fixbot-gossip\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[fixbot.checks]\ngossip = fixbot_gossip:TOOL\nbroken = nowhere:TOOL\n")
    (project / "gossip.ini").touch()
    top = Path(__file__).parents[2]
    paths = [str(tmp_path / "site"), *(str(top / f) for f in ("analysis", "repair", "agent", "lsp", "bench"))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-m", "fixbot_agent.cli", "check", "sample.py"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=project, check=False)
    assert done.returncode == 1
    assert "error    they say things  (gossip heard)" in done.stdout
    assert "Traceback" not in done.stderr


def test_bad_plugins_are_left_out_with_a_word(caplog):
    entries = [EntryPoint("odd", "os:name", "fixbot.checks"), EntryPoint("none", "nowhere:T", "fixbot.checks")]
    assert load(entries) == adapters()
    assert "odd left out: expected Adapter objects" in caplog.text
    assert "none left out" in caplog.text
