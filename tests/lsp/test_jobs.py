"""Commands on a leash: they end when the server cancels them or dies, with everything they started."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fixbot_lsp.errors import ChildFailed
from fixbot_lsp.jobs import run_json

# Stands for a command of ours: says who it is, starts a grandchild that heeds no signal, and waits.
STUBBORN = """
import os, subprocess, sys, time, signal
sys.argv = ["fixbot"]
child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(2, signal.SIG_IGN); time.sleep(600)"])
open(os.environ["NOTE"], "w").write(f"{os.getpid()} {child.pid} {os.nice(0)}")
while True:
    try:
        time.sleep(600)
    except KeyboardInterrupt:
        pass
"""
LEASHED = f"""
import fixbot_lsp.lowly as lowly, fixbot_agent.cli.app as app, fixbot_agent.watching.leash as leash
leash.GRACE = 0.2
app.run = lambda argv: exec({STUBBORN!r})
lowly.main()
"""


async def note(path: Path) -> list[int]:
    for _ in range(3000):
        with contextlib.suppress(OSError):
            if numbers := path.read_text().split():  # noqa: ASYNC240 - a file of three numbers
                return [int(n) for n in numbers]
        await asyncio.sleep(0.01)
    raise AssertionError("the command did not start")


async def test_cancelling_ends_a_stubborn_command_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: Callable[[int], bool]
) -> None:
    monkeypatch.setenv("NOTE", str(tmp_path / "note"))
    task = asyncio.create_task(run_json(["solve"], tmp_path, [sys.executable, "-c", LEASHED]))
    command, grandchild, niceness = await note(tmp_path / "note")
    assert niceness >= min(19, os.nice(0) + 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert gone(command)
    assert gone(grandchild)


async def test_a_command_ends_when_the_one_who_started_it_dies(tmp_path: Path, gone: Callable[[int], bool]) -> None:
    env = {**os.environ, "NOTE": str(tmp_path / "note")}
    parent = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {LEASHED!r}], stdin=subprocess.PIPE); time.sleep(600)"
    starter = subprocess.Popen([sys.executable, "-c", parent], env=env)  # noqa: ASYNC220 - it must be killed bluntly
    command, grandchild, _ = await note(tmp_path / "note")
    starter.kill()
    starter.wait()
    assert gone(command)
    assert gone(grandchild)


async def test_the_report_of_a_real_command_is_read(tmp_path: Path) -> None:
    report = await run_json(["check", "--json", "no-such-file.py"], tmp_path)
    assert report["status"] == "error"
    assert json.dumps(report)


@pytest.mark.parametrize("output", ["", "no json", "[1]", "[" * 100_000])
async def test_what_is_no_report_is_an_error_of_ours(tmp_path: Path, output: str) -> None:
    (tmp_path / "output").write_text(output)
    code = f"import pathlib, sys; sys.stdout.write(pathlib.Path({str(tmp_path / 'output')!r}).read_text())"
    with pytest.raises(ChildFailed):
        await run_json(["solve"], tmp_path, [sys.executable, "-c", code])
