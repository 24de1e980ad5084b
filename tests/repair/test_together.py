"""Tools side by side: one that is slow holds back no other, an interrupt ends all, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from fixbot_repair import checks
from fixbot_repair.checks import Feedback, Finding, Severity

PYTHON = frozenset({"python"})


class Made:
    """A tool whose answer is made by a function."""

    languages = PYTHON

    def __init__(self, name, answer):
        self.name, self._answer = name, answer

    def check(self, request):
        return self._answer()


def said(name):
    return Feedback((Finding("a.py", 1, 1, 1, 2, name, "r", Severity.ERROR, "m"),))


def test_a_slow_tool_holds_back_no_other(tmp_path):
    go_on = threading.Event()
    slow = Made("slow", lambda: (go_on.wait(60), said("slow"))[1])
    heard = []

    class Listener:
        def step(self, what, done, total):
            pass

        def heard(self, feedback):
            heard.append([f.tool for f in feedback.findings])
            go_on.set()

    overlay = {"a.py": b"x = 1\n"}
    found = checks.run(
        tmp_path, ["a.py"], only=[slow, Made("fast", lambda: said("fast"))], overlay=overlay, progress=Listener()
    )
    assert heard[0] == ["fast"]
    assert [f.tool for f in found.findings] == ["slow", "fast"]


def test_answers_stand_in_the_order_of_the_tools(tmp_path):
    overlay = {"a.py": b"x = 1\n"}
    tools = [Made(name, lambda name=name: said(name)) for name in "cab"]
    for _ in range(5):
        assert [f.tool for f in checks.run(tmp_path, ["a.py"], only=tools, overlay=overlay).findings] == list("cab")


def test_who_has_enough_waits_for_no_tool_and_is_told_which(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")
    ended = []

    def endless():
        try:
            while True:
                time.sleep(0.01)
        except KeyboardInterrupt:
            ended.append(True)
            raise

    class Enough:
        def step(self, what, done, total):
            pass

        def enough(self):
            return True

    tools = [Made("endless", endless), Made("quick", lambda: said("quick"))]
    feedback = checks.run(tmp_path, ["a.py"], only=tools, progress=Enough())
    assert [f.tool for f in feedback.findings] == ["quick"]
    assert feedback.broken == ("endless",)
    assert feedback.problems == ("endless: the time was over before it had an answer",)
    assert ended


def test_a_mistake_of_ours_is_not_swallowed(tmp_path):
    def broken():
        raise RuntimeError("ours")

    with pytest.raises(RuntimeError, match="ours"):
        checks.run(tmp_path, ["a.py"], only=[Made("odd", broken)], overlay={"a.py": b"x\n"})


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_an_interrupt_ends_every_tool_and_leaves_nothing(tmp_path):
    tools, project, scratch = tmp_path / "bin", tmp_path / "project", tmp_path / "scratch"
    for folder in (tools, project, scratch):
        folder.mkdir()
    for name in ("ty", "pyrefly"):
        (tools / name).write_text("#!/bin/sh\nexec sleep 4321\n")
        (tools / name).chmod(0o755)
    (project / "a.py").write_text("x = 1\n")
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "TMPDIR": str(scratch)}
    top = Path(__file__).parents[2]
    environment["PYTHONPATH"] = os.pathsep.join(str(top / f) for f in ("analysis", "repair", "agent", "lsp", "bench"))
    command = [sys.executable, "-m", "fixbot_agent.cli", "check", "--only", "ty,pyrefly", "a.py"]
    process = subprocess.Popen(command, cwd=project, env=environment, stderr=subprocess.PIPE)
    until = time.monotonic() + 60
    while len(_sleeping()) < 2 and time.monotonic() < until and process.poll() is None:
        time.sleep(0.1)
    assert len(_sleeping()) == 2
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"interrupted" in error
    assert b"Traceback" not in error
    assert _sleeping() == []
    assert list(scratch.iterdir()) == []
    assert sorted(p.name for p in project.iterdir()) == ["a.py"]


def _sleeping():
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if place.read_bytes() == b"sleep\x004321\x00":
                found.append(place.parent.name)
        except OSError:
            continue
    return found
