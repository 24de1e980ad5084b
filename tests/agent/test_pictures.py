"""Pictures of an issue or a question: a model that sees is sent them, one that does not is not, and what nobody saw is said."""

import base64
import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from fixbot_agent.cli.app import run
from fixbot_agent.cli.issue_text import issue_of, unseen
from fixbot_agent.models import Image
from fixbot_agent.models.images import pictures, shortened
from fixbot_agent.recording.pictures import keep, kept_in
from fixbot_agent.runs import Redactor, Run, Trail


def png(shade: int) -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes((0, shade))))
        + chunk(b"IEND", b"")
    )


SHOT, INLINE = png(3), png(200)
DATA = f"data:image/png;base64,{base64.b64encode(INLINE).decode()}"
ISSUE = f"scale(1, 2) should be 'plugh', see ![shot](shots/a.png) and ![]({DATA}) and ![](https://x.example/b.png) ![](gone.png)\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    top = tmp_path / "project"
    (top / "shots").mkdir(parents=True)
    (top / "shots" / "a.png").write_bytes(SHOT)
    (top / "calc.py").write_text("def scale(a, b):\n    return a - b\n")
    (top / "test_calc.py").write_text(
        "from calc import scale\n\n\ndef test_scale():\n    assert scale(1, 2) == 'plugh'\n"
    )
    who = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "start"]):
        subprocess.run(["git", *who, *arguments], cwd=top, check=True)
    return top.resolve()


def configure(**urls: str) -> None:
    """Models by name; those whose name begins with "eye" see."""
    home = Path(os.environ["FIXBOT_HOME"]) / "config"
    home.mkdir(parents=True, exist_ok=True)
    tables = [
        f'[models.{name}]\nbase_url = "{url}"\nmodel = "x"\nretries = 0\nabilities = {["tools", "vision"] if name.startswith("eye") else ["tools"]}\n'
        for name, url in urls.items()
    ]
    roles = f"[roles]\nask = {list(urls)}\nsolve = {list(urls)}\n"
    (home / "config.toml").write_text("".join(tables) + roles)


def sent(served: Any, number: int = 0) -> list[bytes]:
    """The pictures of a request."""
    body = json.loads(b"{" + served.raw[number].partition(b"\n{")[2])
    parts = [p for m in body["messages"] if isinstance(m["content"], list) for p in m["content"]]
    urls = [p["image_url"]["url"] for p in parts if p["type"] == "image_url"]
    return [base64.b64decode(url.partition(",")[2]) for url in urls]


ANSWER = {"tool": "answer", "with": {"sentences": [{"text": "`scale` subtracts.", "places": ["calc.py:2"]}]}}


def asked(root: Path, capsys: pytest.CaptureFixture[str], *given: str) -> Mapping[str, Any]:
    assert run(["ask", *given, "--repo", str(root), "--json"]) == 0
    document: Mapping[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_a_model_that_sees_is_sent_the_pictures_of_a_question_in_the_next_one_too(
    root: Path, endpoint: Callable[[Sequence[Any]], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    configure(eye=(served := endpoint([ANSWER])).url)
    told = asked(root, capsys, "why is ![](shots/a.png) so? And ![](https://x.example/b.png)")
    assert sent(served) == [SHOT]
    assert told["notes"] == ["an image was not read (nothing is fetched; save them beside the issue): b.png"]
    asked(root, capsys, "--continue", "and then?")
    asked(root, capsys, "--continue", "and in the end?")
    assert sent(served, 1) == sent(served, 2) == [SHOT]


def test_a_model_that_does_not_see_gets_the_text_and_that_is_said(
    root: Path, endpoint: Callable[[Sequence[Any]], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    configure(mole=(served := endpoint([ANSWER])).url)
    told = asked(root, capsys, "why is ![](shots/a.png) so?")
    assert sent(served) == []
    assert told["notes"] == ["the model 'mole' does not see: it was given the text without its pictures"]


def test_a_blind_model_that_takes_over_is_not_sent_them_and_that_is_said(
    root: Path, endpoint: Callable[[Sequence[Any]], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    eye, mole = endpoint([{"tool": "view", "with": {"path": "calc.py"}}]), endpoint([{}, ANSWER])
    first = eye.answer
    eye.answer = lambda request: first(request) if len(eye.raw) == 1 else {"error": {"message": "gone", "code": 400}}
    configure(eye=eye.url, mole=mole.url)
    told = asked(root, capsys, "why is ![](shots/a.png) so?")
    assert told["by"]["model"] == "mole"
    assert sent(eye) == [SHOT]
    assert sent(mole) == []
    assert any("'mole' does not see" in note for note in told["notes"])


def test_a_solve_sends_them_and_is_gone_through_again_without_anybody(
    root: Path, tmp_path: Path, endpoint: Callable[[Sequence[Any]], Any]
) -> None:
    edit = {"tool": "edit", "with": {"path": "calc.py", "search": "return a - b", "replace": "return 'plugh'"}}
    configure(eye=(served := endpoint([edit, {"tool": "finish", "with": {"summary": "it says plugh"}}])).url)
    (root / "issue.md").write_text(ISSUE)

    def fixbot(*given: str) -> Any:
        command = [sys.executable, "-m", "fixbot_agent.cli", *given, "--json"]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    report = fixbot("solve", "issue.md", "--strategy", "agent", "--timeout", "90")
    assert report["status"] == "plausible"
    assert sent(served) == sent(served, 1) == [SHOT, INLINE]
    assert served.raw[0].count(b"base64") == 2, "in the text they are named only"
    warned = " ".join(report["warnings"])
    assert "nothing is fetched" in warned
    assert "gone.png" in warned
    again = fixbot("runs", "replay", "last")
    assert (again["same"], again["divergence"], len(served.raw)) == (True, None, 2)
    (kept,) = Trail(Path(os.environ["FIXBOT_HOME"]) / "state" / "runs").listed()
    assert [i.data for i in kept_in(kept)] == [SHOT, INLINE], "for a run that is gone on with"


def test_what_stands_in_a_text_is_read_and_named(tmp_path: Path) -> None:
    (tmp_path / "issue.md").write_text(ISSUE)
    read = issue_of(str(tmp_path / "issue.md"), None, offline=True)
    assert read.text is not None
    assert "base64" not in read.text
    assert "![](data:picture-1)" in read.text
    assert [i.data for i in read.pictures.read] == [INLINE]
    assert read.pictures.remote == ("b.png",)
    assert "no model was asked" in unseen(read.pictures, asked=False)[0]
    assert pictures("![](data:image/png;base64,AAAA) ![](http://[x/y.png)", tmp_path).read == ()
    assert len(shortened("![](data:image/png;base64," + "A" * 500_000)) < 60


def test_pictures_are_kept_by_their_digests(tmp_path: Path) -> None:
    run_ = Run.start(tmp_path, Redactor(), print)
    keep(run_, [Image(SHOT, "image/png", "a.png"), Image(b"\x89PNG AKIAABCDEFGHIJKLMNOP", "image/png", "b.png")])
    run_.close()
    (kept,) = Trail(tmp_path).listed()
    assert [i.name for i in kept_in(kept)] == ["a.png", "b.png"]
    blobs = tmp_path / run_.id / "blobs.jsonl"
    blobs.write_text(blobs.read_text().replace(base64.b64encode(SHOT).decode()[:30], "AAAA" * 7 + "AA"))
    assert [i.name for i in kept_in(kept)] == ["b.png"], "what is not what it was is left out"
