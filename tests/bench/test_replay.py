"""``fixbot bench replay``: keystrokes that lead from one text to another, and what a server makes of them."""

import json
import random
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_bench.editor import Spot
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.replay import command
from fixbot_bench.eyes.replay_edits import edits

LINES = st.lists(st.text("ab é😀(\t", max_size=6), max_size=8).map("\n".join)


def splice(text: str, start: Spot, end: Spot, new: str) -> str:
    """As a server does it: lines, and UTF-16 units in them."""
    lines = text.split("\n")

    def offset(spot: Spot) -> int:
        units = lines[spot.line].encode("utf-16-le")[: 2 * spot.character]
        return sum(len(line) + 1 for line in lines[: spot.line]) + len(units.decode("utf-16-le"))

    return text[: offset(start)] + new + text[offset(end) :]


@settings(max_examples=60, deadline=None)
@given(LINES, LINES, st.integers(0, 1000))
def test_edits_lead_from_one_text_to_the_other(old: str, new: str, seed: int) -> None:
    text = old
    for edit in edits(old, new, random.Random(seed)):
        text = splice(text, edit.start, edit.end, edit.new)
        assert text == edit.whole
    assert text == new


def test_slips_are_made_and_mended() -> None:
    new = "def total(order):\n    return order.net\n" * 20
    made = list(edits("", new, random.Random(2)))
    assert made[-1].whole == new
    assert len(made) > len(new) + 20
    assert {edit.new for edit in made if not edit.new}
    assert [edit.whole for edit in edits(new, new + "x = 1\n", random.Random(1))][-1] == new + "x = 1\n"


# Offers the word before the cursor, as an edit; "forgets" every seventh change where it is told to, leaks where it is told to.
SERVER = """
import json, re, subprocess, sys
forgets, leaks = "--forget" in sys.argv, "--leak" in sys.argv
if leaks:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdout=subprocess.DEVNULL)
texts, changes = {}, 0
def read():
    length = 0
    while (line := sys.stdin.buffer.readline().strip()):
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return json.loads(sys.stdin.buffer.read(length)) if length else None
def offset(text, place):
    lines = text.split("\\n")
    units = lines[place["line"]].encode("utf-16-le")[: 2 * place["character"]] if place["line"] < len(lines) else b""
    return sum(len(l) + 1 for l in lines[: place["line"]]) + len(units.decode("utf-16-le", "ignore"))
while (message := read()) is not None:
    method, given, result = message.get("method"), message.get("params") or {}, None
    if method == "initialize":
        result = {"capabilities": {"textDocumentSync": 2}}
    elif method == "textDocument/didOpen":
        texts[given["textDocument"]["uri"]] = given["textDocument"]["text"]
    elif method == "textDocument/didChange":
        changes += 1
        uri, change = given["textDocument"]["uri"], given["contentChanges"][0]
        start, end = (offset(texts[uri], change["range"][each]) for each in ("start", "end"))
        if not (forgets and changes % 7 == 0):
            texts[uri] = texts[uri][:start] + change["text"] + texts[uri][end:]
    elif method == "textDocument/completion":
        place = given["position"]
        text = texts[given["textDocument"]["uri"]]
        word = re.search(r"\\w*$", text[: offset(text, place)])[0]
        begin = {"line": place["line"], "character": place["character"] - len(word.encode("utf-16-le")) // 2}
        result = [{"label": "x", "textEdit": {"range": {"start": begin, "end": place}, "newText": "x"}}]
    if "id" in message:
        answer = {"error": {"code": -32603, "message": "broken"}} if forgets and method == "textDocument/inlineCompletion" else {"result": result}
        body = json.dumps({"jsonrpc": "2.0", "id": message["id"], **answer}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
        sys.stdout.buffer.flush()
"""


@pytest.fixture
def past(tmp_path: Path, commit: Callable[[Path, Mapping[str, str], str], None]) -> Path:
    root = tmp_path / "shop"
    texts = ["".join(f"value{n} = part{n}(order, {n * m})\n" for n in range(m, 12)) for m in range(4)]
    for number, text in enumerate(texts):
        commit(root, {"shop.py": text, "notes.md": f"{number}\n"}, f"Change {number}")
    return root


def replayed(past: Path, server: str, count: int) -> Mapping[str, object]:
    asked = [str(past), "--edits", str(count), "--server", server, "--settle", "0", "--json"]
    done = CliRunner().invoke(command, asked, standalone_mode=False)
    assert done.exit_code == 0, done.output
    found: Mapping[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at through /proc")
def test_a_good_server_passes_and_a_bad_one_is_found_out(past: Path, tmp_path: Path) -> None:
    server = tmp_path / "server.py"
    server.write_text(SERVER)
    good = replayed(past, f"{sys.executable} {server}", 150)
    assert (good["edits"], good["errors"], good["probes_wrong"], good["orphans"]) == (150, 0, 0, 0)
    assert good["asked"] == good["answered"]
    assert good["probes"] > 0  # type: ignore[operator]
    assert len(good["memory_mib"]) == 10  # type: ignore[arg-type]
    bad = replayed(past, f"{sys.executable} {server} --forget --leak", 150)
    assert bad["errors"] > 0  # type: ignore[operator]
    assert bad["error_texts"][0] == "-32603: broken"  # type: ignore[index]
    assert bad["probes_wrong"] > 0  # type: ignore[operator]
    assert bad["orphans"] == 1


def test_a_folder_without_a_past_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        CliRunner().invoke(command, [str(tmp_path)], standalone_mode=False, catch_exceptions=False)
