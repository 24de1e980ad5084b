"""``fixbot bench imports`` and ``fixbot bench references`` on small projects."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fixbot_analysis.errors import FixbotError
from fixbot_bench.eyes.imports import command as imports
from fixbot_bench.eyes.references import command as references

# A language server that knows one answer: the last line of the file that is asked about, from column 0.
SERVER = """
import json, sys
def read():
    length = 0
    while line := sys.stdin.buffer.readline().strip():
        length = int(line.split(b":")[1]) if line.lower().startswith(b"content-length") else length
    return json.loads(sys.stdin.buffer.read(length)) if length else None
lines = {}
while message := read():
    if message["method"] == "exit":
        break
    parameters = message.get("params") or {}
    if message["method"] == "textDocument/didOpen":
        document = parameters["textDocument"]
        lines[document["uri"]] = document["text"].count("\\n") - 1
    if "id" in message:
        result = None
        if message["method"] == "textDocument/references":
            uri = parameters["textDocument"]["uri"]
            start = {"line": lines[uri], "character": 0}
            result = [{"uri": uri, "range": {"start": start, "end": start}}]
        body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
        sys.stdout.buffer.flush()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    package = tmp_path / "project" / "pkg"
    (package / "space").mkdir(parents=True)
    (package / "__init__.py").write_text("from . import a\n")
    (package / "a.py").write_text("def go():\n    pass\ngo(); 'go'\n")
    (package / "space" / "b.py").write_text("from pkg.a import go\n")
    return package.parent


def run(command: object, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, standalone_mode=False)  # type: ignore[arg-type]


def test_import_edges_stand_beside_grimps_with_the_cause_of_each_difference(project: Path) -> None:
    pytest.importorskip("grimp")
    (row,) = json.loads(run(imports, str(project), "--json").output)["packages"]
    assert (row["package"], row["ours"], row["grimp"], row["only_grimp"]) == ("pkg", 2, 1, 0)
    (difference,) = row["differences"]
    assert (difference["importer"], difference["imported"]) == ("pkg.space.b", "pkg.a")
    assert "__init__.py" in difference["cause"]
    assert "pkg.space.b -> pkg.a" in run(imports, str(project)).output


def test_a_folder_without_a_package_is_a_clear_error(tmp_path: Path) -> None:
    pytest.importorskip("grimp")
    error = run(imports, str(tmp_path)).exception
    assert isinstance(error, FixbotError)
    assert error.hint


def test_references_are_counted_against_those_of_a_server(project: Path, tmp_path: Path) -> None:
    server = tmp_path / "server.py"
    server.write_text(SERVER)
    peer = f"{sys.executable} {server}"
    result = run(references, str(project), "--peer", peer, "--settle", "0.05", "--json")
    document = json.loads(result.output)
    # Ours: the call and the import; theirs: the call.
    assert {k: document[k] for k in ("symbols", "ours", "theirs", "both", "precision", "recall")} == {
        "symbols": 1, "ours": 2, "theirs": 1, "both": 1, "precision": 0.5, "recall": 1.0,
    }  # fmt: skip
    shown = run(references, str(project), "--peer", peer, "--settle", "0.05", "--show").output
    assert "extra pkg/a.py::go (1): pkg/space/b.py:1:18: from pkg.a import go" in shown


def test_a_server_that_is_not_there_is_a_clear_error(project: Path) -> None:
    error = run(references, str(project), "--peer", "no-such-server --stdio").exception
    assert isinstance(error, FixbotError)
    assert "--peer" in error.hint
