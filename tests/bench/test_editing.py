"""``fixbot bench editing``: a server's start, keystrokes, memory and silence, seen from outside."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixbot_bench.editor import Editor, Spot
from fixbot_bench.errors import DatasetError, ServerFailed
from fixbot_bench.eyes.editing import command, large_file
from fixbot_bench.eyes.processes import cpu_of, memory_shared, ran, silent_after, tree_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at through /proc")

# Keeps the text of what is open, takes single edits, and offers the last line; "burn" computes for a while after its answer.
SERVER = """
import json, sys, time
texts = {}
def read():
    length = 0
    while (line := sys.stdin.buffer.readline().strip()):
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return json.loads(sys.stdin.buffer.read(length)) if length else None
def send(message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
    sys.stdout.buffer.flush()
def offset(text, place):
    lines = text.split("\\n")
    return sum(len(l) + 1 for l in lines[: place["line"]]) + place["character"]
while (message := read()) is not None:
    method, given = message.get("method"), message.get("params") or {}
    if method == "initialize":
        send({"id": "a", "method": "workspace/configuration", "params": {"items": [{"section": "ty"}, {"section": "no"}]}})
        send({"id": message["id"], "result": {"capabilities": {"textDocumentSync": {"change": 2}}}})
    elif method == "textDocument/didOpen":
        texts[given["textDocument"]["uri"]] = given["textDocument"]["text"]
    elif method == "textDocument/didChange":
        uri, change = given["textDocument"]["uri"], given["contentChanges"][0]
        start, end = (offset(texts[uri], change["range"][each]) for each in ("start", "end"))
        texts[uri] = texts[uri][:start] + change["text"] + texts[uri][end:]
    elif method == "textDocument/completion":
        uri = given["textDocument"]["uri"]
        end = offset(texts[uri], given["position"])
        send({"id": message["id"], "result": [{"label": texts[uri][:end].rpartition("\\n")[2] or "nothing"}]})
    elif method == "settings":
        send({"id": message["id"], "result": settings})
    elif method == "die":
        sys.exit()
    elif method is None and message.get("id") == "a":
        settings = message["result"]
    elif "id" in message:
        send({"id": message["id"], "result": None})
"""


@pytest.fixture
def server(tmp_path: Path) -> str:
    file = tmp_path / "server.py"
    file.write_text(SERVER)
    return f"{sys.executable} {file}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    body = "".join(f"def part{n}(order):\n    return order.lines[{n}].net\n\n\n" for n in range(40))
    (root / "parts.py").write_text(body)
    return root


def test_a_client_answers_what_it_is_asked_and_notices_the_end(server: str, project: Path) -> None:
    with Editor(server.split(), project, {"ty": {"on": True}}) as editor:
        editor.initialize()
        assert editor.request("settings", {})["result"] == [{"on": True}, None]
        uri = editor.open(project / "parts.py", "a = '😀'\nb")
        editor.change(uri, Spot(1, 1), Spot(1, 1), "cd", "a = '😀'\nbcd")
        first = editor.send("other", {})
        place = {"textDocument": {"uri": uri}, "position": Spot.end_of("a = '😀'\nbcd").message()}
        assert editor.request("textDocument/completion", place)["result"] == [{"label": "bcd"}]
        assert editor.answered(first)
        with pytest.raises(ServerFailed, match="ended without an answer"):
            editor.request("die", {})
    assert Spot.end_of("x\n😀y").message() == {"line": 1, "character": 3}


def test_the_command_says_what_typing_costs(server: str, project: Path) -> None:
    asked = [str(project), "--positions", "4", "--settle", "0", "--large", "20", "--server", server, "--json"]
    done = CliRunner().invoke(command, asked, standalone_mode=False)
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)["rows"][0]["figures"]
    assert {
        "cold start to first list",
        "warm list, p95",
        "warm inline, median",
        "peak memory of all processes",
    } <= figures.keys()
    assert figures["peak memory of all processes"] > 3
    assert 0 < figures["warm list, median"] <= figures["warm list, p95"]
    assert not (project / "very_large_module.py").exists()
    with pytest.raises(DatasetError, match="does not start"):
        CliRunner().invoke(
            command, [str(project), "--peer", "no-such-server"], standalone_mode=False, catch_exceptions=False
        )


def test_a_large_file_is_code_of_the_project(project: Path, tmp_path: Path) -> None:
    file = large_file(project, 20_000)
    assert 20_000 <= file.stat().st_size < 25_000
    compile(file.read_text(), "large", "exec")
    with pytest.raises(DatasetError, match="no Python code"):
        large_file(tmp_path / "shop" / "nothing", 10)


@pytest.fixture
def family() -> Iterator[subprocess.Popen[bytes]]:
    """A process whose child computes for a moment when it is told to."""
    child = "import sys, time\nfor _ in sys.stdin:\n    end = time.process_time() + .05\n    while time.process_time() < end: pass\n"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", parent], stdin=subprocess.PIPE) as process:
        until = time.monotonic() + 30
        while len(tree_of(process.pid)) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        yield process
        process.communicate()


def test_children_are_seen_at_work_and_at_rest(family: subprocess.Popen[bytes]) -> None:
    assert family.stdin is not None
    silent_after(family.pid, time.perf_counter(), 0.2, 30)  # it starts
    before, held, used = ran(family.pid)[0], memory_shared(family.pid), cpu_of(family.pid)
    family.stdin.write(b"go\n")
    family.stdin.flush()
    assert silent_after(family.pid, time.perf_counter(), 0.2, 30) >= 0.04
    assert ran(family.pid)[0] - before >= 40_000_000
    assert cpu_of(family.pid) > used
    assert held > 5
    assert silent_after(family.pid, time.perf_counter(), 0.1, 30) < 0.04


def test_the_memory_of_a_child_that_has_not_begun_its_program_is_its_parents(tmp_path: Path) -> None:
    held_up = tmp_path / "pipe"  # whoever opens it waits for the other end: the child never gets to its program before
    os.mkfifo(held_up)
    actions = f"[(os.POSIX_SPAWN_OPEN, 5, {str(held_up)!r}, os.O_RDONLY, 0)]"
    parent = f"import os; x = bytes(range(250)) * 200_000; os.posix_spawn('/bin/true', ['true'], {{}}, file_actions={actions})"
    with subprocess.Popen([sys.executable, "-c", parent]) as process:
        until = time.monotonic() + 30
        while len(tree_of(process.pid)) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        assert len(tree_of(process.pid)) == 2
        assert 45 < memory_shared(process.pid) < 90
        os.close(os.open(held_up, os.O_WRONLY))
