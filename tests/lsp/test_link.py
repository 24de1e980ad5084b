"""The engine's process is kept running, whatever becomes of it."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixbot_lsp.engine.link import Link, Notice, Stopped
from fixbot_lsp.engine.wire import Begin, Opened, Ready, ToEngine

# Dies at once, until it was started as often as DEATHS says; then it says that it is ready and waits for its end.
MORTAL = """
import sys
from pathlib import Path
from fixbot_lsp.engine.wire import Ready, encode
lives = Path(sys.argv[1])
lives.write_text(lives.read_text() + "x")
if len(lives.read_text()) > 6:
    sys.stdout.buffer.write(encode(Ready("/a", 1, 0.0)))
    sys.stdout.flush()
    sys.stdin.read()
"""


class Nothing:
    def folders(self) -> Iterator[ToEngine]:
        return iter(())

    def documents(self) -> Iterator[Opened]:
        return iter(())

    def document(self, uri: str) -> Opened | None:
        return None


async def test_an_engine_that_dies_again_and_again_is_started_once_more_after_a_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fixbot_lsp.engine.link._REST", 0.1)
    lives = tmp_path / "lives"
    lives.write_text("")
    heard: list[Notice] = []
    link = Link(Begin(str(tmp_path)), Nothing(), heard.append, (sys.executable, "-c", MORTAL, str(lives)))
    link.start()
    for _ in range(600):
        if any(isinstance(each, Ready) for each in heard):
            break
        await asyncio.sleep(0.1)
    await link.stop()
    assert [type(each) for each in heard if isinstance(each, Stopped | Ready)] == [Stopped, Ready], "said once"
    assert link.ready("/a") is False, "it was stopped"
